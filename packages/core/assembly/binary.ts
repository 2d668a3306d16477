/**
 * Binary cross-entropy and focal loss of one row of a tile: n logits or probabilities and their targets.
 *
 *   b(x) = (1 - t) softplus(x) + w t softplus(-x)        db/dx = (1 - t) s(x) - w t s(-x),   s = sigmoid
 *   b(p) = -w t max(log p, -100) - (1 - t) max(log(1 - p), -100)
 *   focal = a q^g b,  q = 1 - exp(-b),  w = 1            dfocal/db = a q^g (1 + g exp(-b) b / q)
 *
 * s and softplus of x and -x are all taken from e = exp(-|x|): with A = 1 - t where x >= 0 and w t elsewhere,
 *
 *   b = (1 - t + w t) log(1 + e) + |x| A,   db/dx = sign(x) (A - (1 - t + w t) e / (1 + e)),
 *
 * so that a pixel that is confidently right keeps its small loss. On targets of 0 and 1, q is the sigmoid of -x or x.
 */
import {
  addTo, exp4, expNeg4, flush, log1pOfUnit4, log4, one, oneMinusExpNeg4, zero,
} from "./math";

const SMALLEST_NORMAL: usize = memory.data<f32>([1.17549435e-38]);
const LOG_FLOOR: usize = memory.data<f32>([-100.0]);
const SLOPE_FLOOR: usize = memory.data<f32>([1e-12]);
/** Powers of q and slopes from here down count as 0: their products would turn denormal, and slow. */
const LEAST_POWER: usize = memory.data<f32>([1e-25]);
const LEAST_Q: usize = memory.data<f32>([1e-16]);
const LEAST_SLOPE: usize = memory.data<f32>([5e-31]);
const SIGN: usize = memory.data<i32>([0x80000000]);

/** Bytes of a row after which float32 partial sums are added to float64; rows are whole multiples of 32 bytes. */
const STRETCH: usize = 256;

/** 1 - t + w t. */
// @ts-ignore: decorator
@inline
function massOf(t: v128, posWeight: v128, weighs: bool): v128 {
  return weighs ? f32x4.add(f32x4.sub(one(), t), f32x4.mul(posWeight, t)) : one();
}

/** A of four logits and their targets. */
// @ts-ignore: decorator
@inline
function wrongMass(t: v128, posWeight: v128, positive: v128, weighs: bool): v128 {
  if (!weighs) return v128.andnot(f32x4.sub(v128.and(one(), positive), t), v128.load32_splat(SIGN));
  return v128.bitselect(f32x4.sub(one(), t), f32x4.mul(posWeight, t), positive);
}

/** b(x) of four logits, from e = exp(-|x|). */
// @ts-ignore: decorator
@inline
function crossEntropyOfLogits(x: v128, e: v128, wrong: v128, mass: v128, weighs: bool): v128 {
  const spread = log1pOfUnit4(e);
  return f32x4.add(weighs ? f32x4.mul(mass, spread) : spread, f32x4.mul(v128.andnot(x, v128.load32_splat(SIGN)), wrong));
}

/** db/dx of four logits, from e = exp(-|x|). */
// @ts-ignore: decorator
@inline
function slopeOfLogits(e: v128, wrong: v128, mass: v128, positive: v128, weighs: bool): v128 {
  const near = f32x4.div(weighs ? f32x4.mul(mass, e) : e, f32x4.add(one(), e));
  return v128.xor(f32x4.sub(wrong, near), v128.andnot(v128.load32_splat(SIGN), positive));
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

/** alpha q^gamma for q in [0, 1]. */
// @ts-ignore: decorator
@inline
function modulatorOf(q: v128, gamma: f32, alpha: v128, flushes: bool): v128 {
  if (gamma == 1) return f32x4.mul(alpha, q);
  if (gamma == 0) return alpha;
  let power: v128;
  if (gamma == 2) {
    const root = flushes ? f32x4.pmax(q, v128.load32_splat(LEAST_Q)) : q;
    power = f32x4.mul(root, root);
  } else {
    power = exp4(f32x4.mul(f32x4.splat(gamma), log4(f32x4.pmax(q, v128.load32_splat(SMALLEST_NORMAL)))));
    power = v128.andnot(power, f32x4.eq(q, zero()));
  }
  if (flushes) power = v128.and(power, f32x4.gt(power, v128.load32_splat(LEAST_POWER)));
  return f32x4.mul(alpha, power);
}

/** Four pixels of {@link binaryCrossEntropy}: writes their gradient, and gives their losses. */
// @ts-ignore: decorator
@inline
function crossEntropyStep(
  x: usize, targets: usize, fromLogits: bool, weighs: bool, posWeight: v128, scale: v128,
  elements: usize, grad: usize, adds: bool,
): v128 {
  const v = v128.load(x);
  const t = v128.load(targets);
  const counted = f32x4.ge(t, zero());
  let b: v128;
  let slope: v128;
  if (fromLogits) {
    const e = expNeg4(v128.or(v, v128.load32_splat(SIGN)));
    const positive = f32x4.ge(v, zero());
    const wrong = wrongMass(t, posWeight, positive, weighs);
    const mass = massOf(t, posWeight, weighs);
    b = crossEntropyOfLogits(v, e, wrong, mass, weighs);
    slope = slopeOfLogits(e, wrong, mass, positive, weighs);
  } else {
    b = crossEntropyOfProbabilities(v, t, posWeight);
    slope = slopeOfProbabilities(v, t, posWeight);
  }
  b = v128.and(b, counted);
  if (elements != 0) v128.store(elements, b);
  if (grad != 0) storeGrad(grad, v128.and(f32x4.mul(scale, slope), counted), adds);
  return b;
}

/** Four pixels of {@link focal}. */
// @ts-ignore: decorator
@inline
function focalStep(
  x: usize, targets: usize, fromLogits: bool, gamma: f32, alpha: v128, scale: v128,
  elements: usize, grad: usize, adds: bool,
): v128 {
  const v = v128.load(x);
  const t = v128.load(targets);
  const counted = f32x4.ge(t, zero());
  let loss: v128;
  let slope: v128;
  if (fromLogits && v128.any_true(f32x4.ne(f32x4.mul(t, t), f32x4.abs(t))) == false) {
    const e = expNeg4(v128.or(v, v128.load32_splat(SIGN)));
    const far = f32x4.div(one(), f32x4.add(one(), e));
    const near = f32x4.mul(e, far);
    const isOne = f32x4.eq(t, one());
    const isWrong = v128.xor(f32x4.ge(v, zero()), isOne);
    const spread = log1pOfUnit4(e);
    const b = f32x4.add(spread, v128.andnot(v128.and(v, isWrong), v128.load32_splat(SIGN)));
    const q = v128.bitselect(far, near, isWrong);
    const p = v128.bitselect(near, far, isWrong);
    const modulator = modulatorOf(q, gamma, alpha, true);
    loss = f32x4.mul(modulator, b);
    slope = f32x4.mul(modulator, f32x4.add(q, f32x4.mul(f32x4.mul(f32x4.splat(gamma), p), b)));
    slope = v128.xor(slope, v128.and(v128.load32_splat(SIGN), isOne));
  } else {
    let b: v128;
    let inner: v128;
    if (fromLogits) {
      const e = expNeg4(v128.or(v, v128.load32_splat(SIGN)));
      const positive = f32x4.ge(v, zero());
      const wrong = wrongMass(t, one(), positive, false);
      b = crossEntropyOfLogits(v, e, wrong, one(), false);
      inner = slopeOfLogits(e, wrong, one(), positive, false);
    } else {
      b = crossEntropyOfProbabilities(v, t, one());
      inner = slopeOfProbabilities(v, t, one());
    }
    const q = oneMinusExpNeg4(b);
    const modulator = modulatorOf(q, gamma, alpha, fromLogits);
    loss = f32x4.mul(modulator, b);
    // b / q -> 1 as b -> 0.
    const ratio = v128.bitselect(f32x4.div(b, q), one(), f32x4.gt(q, zero()));
    const pull = f32x4.mul(f32x4.splat(gamma), f32x4.mul(f32x4.sub(one(), q), ratio));
    slope = f32x4.mul(f32x4.mul(modulator, f32x4.add(one(), pull)), inner);
  }
  loss = v128.and(loss, counted);
  slope = v128.and(slope, f32x4.gt(f32x4.abs(slope), v128.load32_splat(LEAST_SLOPE)));
  if (elements != 0) v128.store(elements, loss);
  if (grad != 0) storeGrad(grad, v128.and(f32x4.mul(scale, slope), counted), adds);
  return loss;
}

// @ts-ignore: decorator
@inline
function storeGrad(grad: usize, g: v128, adds: bool): void {
  v128.store(grad, adds ? f32x4.add(v128.load(grad), g) : g);
}

/**
 * `sums[0] += sum of losses`; `elements` and `grad` are written unless 0, `grad` times `scale`; with `adds` that is
 * added. Ignored targets (negative) give 0. `n` is a multiple of 8.
 *
 * Each form of a loss is an export of its own: as branches of one function the optimizer folds them into one loop.
 */
export function binaryCrossEntropy(
  x: usize, targets: usize, n: i32, scale: f32, elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  crossEntropyOfRow(x, targets, n, true, false, 1, scale, elements, grad, adds, sums);
}

/** As {@link binaryCrossEntropy}, its positive part times `posWeight`. */
export function weightedBinaryCrossEntropy(
  x: usize, targets: usize, n: i32, posWeight: f32, scale: f32, elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  crossEntropyOfRow(x, targets, n, true, true, posWeight, scale, elements, grad, adds, sums);
}

/** As {@link weightedBinaryCrossEntropy}, of probabilities. */
export function binaryCrossEntropyOfProbabilities(
  x: usize, targets: usize, n: i32, posWeight: f32, scale: f32, elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  crossEntropyOfRow(x, targets, n, false, true, posWeight, scale, elements, grad, adds, sums);
}

// @ts-ignore: decorator
@inline
function crossEntropyOfRow(
  x: usize, targets: usize, n: i32, fromLogits: bool, weighs: bool, posWeight: f32, scale: f32,
  elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  const w = f32x4.splat(posWeight);
  const s = f32x4.splat(scale);
  const bytes = <usize>n << 2;
  let sum = zero();
  for (let begin: usize = 0; begin < bytes; begin += STRETCH) {
    const end = min(begin + STRETCH, bytes);
    let part0 = zero();
    let part1 = zero();
    for (let i = begin; i < end; i += 32) {
      const to = elements == 0 ? <usize>0 : elements + i;
      const at = grad == 0 ? <usize>0 : grad + i;
      const next = elements == 0 ? <usize>0 : elements + i + 16;
      const nextAt = grad == 0 ? <usize>0 : grad + i + 16;
      part0 = f32x4.add(part0, crossEntropyStep(x + i, targets + i, fromLogits, weighs, w, s, to, at, adds));
      part1 = f32x4.add(
        part1, crossEntropyStep(x + i + 16, targets + i + 16, fromLogits, weighs, w, s, next, nextAt, adds),
      );
    }
    sum = addTo(addTo(sum, part0), part1);
  }
  flush(sums, sum);
}

/** As {@link binaryCrossEntropy}, for the focal loss with a gamma of 2. */
export function squareFocal(
  x: usize, targets: usize, n: i32, alpha: f32, scale: f32, elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  focalOfRow(x, targets, n, true, alpha, 2, scale, elements, grad, adds, sums);
}

/** As {@link squareFocal}, with any gamma. */
export function focal(
  x: usize, targets: usize, n: i32, alpha: f32, gamma: f32, scale: f32, elements: usize, grad: usize, adds: bool,
  sums: usize,
): void {
  focalOfRow(x, targets, n, true, alpha, gamma, scale, elements, grad, adds, sums);
}

/** As {@link focal}, of probabilities. */
export function focalOfProbabilities(
  x: usize, targets: usize, n: i32, alpha: f32, gamma: f32, scale: f32, elements: usize, grad: usize, adds: bool,
  sums: usize,
): void {
  focalOfRow(x, targets, n, false, alpha, gamma, scale, elements, grad, adds, sums);
}

// @ts-ignore: decorator
@inline
function focalOfRow(
  x: usize, targets: usize, n: i32, fromLogits: bool, alpha: f32, gamma: f32, scale: f32,
  elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  const factor = f32x4.splat(alpha);
  const s = f32x4.splat(scale);
  const bytes = <usize>n << 2;
  let sum = zero();
  for (let begin: usize = 0; begin < bytes; begin += STRETCH) {
    const end = min(begin + STRETCH, bytes);
    let part = zero();
    for (let i = begin; i < end; i += 16) {
      const to = elements == 0 ? <usize>0 : elements + i;
      const at = grad == 0 ? <usize>0 : grad + i;
      part = f32x4.add(part, focalStep(x + i, targets + i, fromLogits, gamma, factor, s, to, at, adds));
    }
    sum = addTo(sum, part);
  }
  flush(sums, sum);
}
