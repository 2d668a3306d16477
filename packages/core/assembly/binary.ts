/**
 * Binary cross-entropy and focal loss of one row of a tile: n logits or probabilities and their targets.
 *
 *   b(x) = (1 - t) softplus(x) + w t softplus(-x)        db/dx = (1 - t) s(x) - w t s(-x),   s = sigmoid
 *   b(p) = -w t max(log p, -100) - (1 - t) max(log(1 - p), -100)
 *   focal = a q^g b,  q = 1 - exp(-b),  w = 1            dfocal/db = a q^g (1 + g exp(-b) b / q)
 *
 * s and softplus of x and -x are all taken from exp(-|x|), and q from a series near 0: no difference of near-equal
 * numbers, so a pixel that is confidently right keeps its small loss.
 */
import { addTo, exp4, flush, log1p4, log4, one, oneMinusExpNeg4, zero } from "./math";

const SMALLEST_NORMAL: usize = memory.data<f32>([1.17549435e-38]);
const LOG_FLOOR: usize = memory.data<f32>([-100.0]);
const SLOPE_FLOOR: usize = memory.data<f32>([1e-12]);

/** b(x) of four logits; the loss of an ignored target is meaningless and masked by the caller. */
// @ts-ignore: decorator
@inline
function crossEntropyOfLogits(x: v128, t: v128, posWeight: v128, e: v128): v128 {
  const l = log1p4(e);
  const up = f32x4.add(f32x4.pmax(zero(), x), l);
  const down = f32x4.add(f32x4.pmax(zero(), f32x4.neg(x)), l);
  return f32x4.add(f32x4.mul(f32x4.sub(one(), t), up), f32x4.mul(f32x4.mul(posWeight, t), down));
}

/** db/dx of four logits, from e = exp(-|x|). */
// @ts-ignore: decorator
@inline
function slopeOfLogits(x: v128, t: v128, posWeight: v128, e: v128): v128 {
  const far = f32x4.div(one(), f32x4.add(one(), e));
  const near = f32x4.mul(e, far);
  const positive = f32x4.ge(x, zero());
  const up = v128.bitselect(far, near, positive);
  const down = v128.bitselect(near, far, positive);
  return f32x4.sub(f32x4.mul(f32x4.sub(one(), t), up), f32x4.mul(f32x4.mul(posWeight, t), down));
}

/** max(log p, -100), the clamp of PyTorch's BCELoss. */
// @ts-ignore: decorator
@inline
function clampedLog(p: v128, correction: v128): v128 {
  const tiny = v128.load32_splat(SMALLEST_NORMAL);
  const log = f32x4.add(log4(f32x4.pmax(p, tiny)), correction);
  return v128.bitselect(v128.load32_splat(LOG_FLOOR), log, f32x4.lt(p, tiny));
}

// @ts-ignore: decorator
@inline
function crossEntropyOfProbabilities(p: v128, t: v128, posWeight: v128): v128 {
  const q = f32x4.sub(one(), p);
  // What 1 - p rounded away, so that log(1 - p) stays relative for small p.
  const lost = f32x4.sub(f32x4.sub(one(), q), p);
  const positive = f32x4.mul(f32x4.mul(posWeight, t), clampedLog(p, zero()));
  const negative = f32x4.mul(f32x4.sub(one(), t), clampedLog(q, f32x4.div(lost, q)));
  return f32x4.neg(f32x4.add(positive, negative));
}

/** ((1 - t) p - w t (1 - p)) / max(p (1 - p), 1e-12), PyTorch's backward of BCELoss. */
// @ts-ignore: decorator
@inline
function slopeOfProbabilities(p: v128, t: v128, posWeight: v128): v128 {
  const q = f32x4.sub(one(), p);
  const top = f32x4.sub(f32x4.mul(f32x4.sub(one(), t), p), f32x4.mul(f32x4.mul(posWeight, t), q));
  return f32x4.div(top, f32x4.pmax(f32x4.mul(p, q), v128.load32_splat(SLOPE_FLOOR)));
}

/** q^gamma for q in [0, 1]. */
// @ts-ignore: decorator
@inline
function power(q: v128, gamma: f32): v128 {
  if (gamma == 2) return f32x4.mul(q, q);
  if (gamma == 1) return q;
  if (gamma == 0) return one();
  const raised = exp4(f32x4.mul(f32x4.splat(gamma), log4(f32x4.pmax(q, v128.load32_splat(SMALLEST_NORMAL)))));
  return v128.andnot(raised, f32x4.eq(q, zero()));
}

/**
 * `sums[0] += sum of losses`; `elements` and `grad` are written unless 0, `grad` times `scale`.
 * Ignored targets (negative) give 0. `n` is a multiple of 4.
 */
export function binaryCrossEntropy(
  x: usize, targets: usize, n: i32, fromLogits: bool, posWeight: f32, scale: f32,
  elements: usize, grad: usize, sums: usize,
): void {
  const w = f32x4.splat(posWeight);
  const s = f32x4.splat(scale);
  let sum = zero();
  for (let i = 0; i < n; i += 4) {
    const offset = <usize>i << 2;
    const v = v128.load(x + offset);
    const t = v128.load(targets + offset);
    const counted = f32x4.ge(t, zero());
    let b: v128;
    let slope: v128;
    if (fromLogits) {
      const e = exp4(f32x4.neg(f32x4.abs(v)));
      b = crossEntropyOfLogits(v, t, w, e);
      slope = slopeOfLogits(v, t, w, e);
    } else {
      b = crossEntropyOfProbabilities(v, t, w);
      slope = slopeOfProbabilities(v, t, w);
    }
    b = v128.and(b, counted);
    sum = addTo(sum, b);
    if (elements != 0) v128.store(elements + offset, b);
    if (grad != 0) v128.store(grad + offset, v128.and(f32x4.mul(s, slope), counted));
  }
  flush(sums, sum);
}

/** As {@link binaryCrossEntropy}, for the focal loss. */
export function focal(
  x: usize, targets: usize, n: i32, fromLogits: bool, alpha: f32, gamma: f32, scale: f32,
  elements: usize, grad: usize, sums: usize,
): void {
  const factor = f32x4.splat(alpha);
  const g = f32x4.splat(gamma);
  const s = f32x4.splat(scale);
  let sum = zero();
  for (let i = 0; i < n; i += 4) {
    const offset = <usize>i << 2;
    const v = v128.load(x + offset);
    const t = v128.load(targets + offset);
    const counted = f32x4.ge(t, zero());
    let b: v128;
    let slope: v128;
    if (fromLogits) {
      const e = exp4(f32x4.neg(f32x4.abs(v)));
      b = crossEntropyOfLogits(v, t, one(), e);
      slope = slopeOfLogits(v, t, one(), e);
    } else {
      b = crossEntropyOfProbabilities(v, t, one());
      slope = slopeOfProbabilities(v, t, one());
    }
    const q = oneMinusExpNeg4(b);
    const modulator = f32x4.mul(factor, power(q, gamma));
    const loss = v128.and(f32x4.mul(modulator, b), counted);
    sum = addTo(sum, loss);
    if (elements != 0) v128.store(elements + offset, loss);
    if (grad != 0) {
      // b / q -> 1 as b -> 0.
      const ratio = v128.bitselect(f32x4.div(b, q), one(), f32x4.gt(q, zero()));
      const pull = f32x4.mul(g, f32x4.mul(f32x4.sub(one(), q), ratio));
      const outer = f32x4.mul(modulator, f32x4.add(one(), pull));
      v128.store(grad + offset, v128.and(f32x4.mul(s, f32x4.mul(outer, slope)), counted));
    }
  }
  flush(sums, sum);
}
