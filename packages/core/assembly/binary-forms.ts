/**
 * Losses of one sigmoid channel: n logits or probabilities of a row of a tile, and their targets in [0, 1].
 *
 *   sided     a Lp + b Lq,  a = t A + A', b = (1 - t) B + B'
 *   poly      t Lp + (1 - t) Lq + e (t q + (1 - t) p)
 *   quality   |t - p|^g (t Lp + (1 - t) Lq)
 *   penalty   t >= T: q^g Lp;  else (1 - t)^h p^g Lq
 *   focal     f u^g b,  b = t' Lp + s' Lq,  f = t' A + s' B,  t' = t k + k', s' = (1 - t) k + k'; four readings of u
 *             linear t' q + s' p;  exp 1 - exp(-b);  logit s(-(t' - s') x);  split: t' A q^g Lp + s' B p^g Lq
 *
 *   of a logit        p = s(x), q = s(-x), Lp = softplus(-x), Lq = softplus(x); slopes dLp = -q, dLq = p, dp = p q
 *   of a probability  p, q = 1 - p, kept in [low, high]; Lp = -max(log(p + e), floor), and so Lq
 *
 * Both probabilities and both losses come of e = exp(-|x|), so that a pixel that is confidently right keeps its digits.
 */
import { clampedLoss } from "./clamp";
import { addTo, exactExp4, exp4, flush, log1pOfUnit4, one, oneMinusExpNeg4, zero } from "./math";
import { pow4 } from "./pow";

const SIGN: usize = memory.data<i32>([0x80000000]);
const LEAST_SLOPE: usize = memory.data<f32>([5e-31]);
const STRETCH: usize = 256;

export const SIDED = 0;
export const POLY = 1;
export const QUALITY = 2;
export const PENALTY = 3;
export const LINEAR_FOCAL = 4;
export const EXP_FOCAL = 5;
export const LOGIT_FOCAL = 6;
export const SPLIT_FOCAL = 7;

/** Where the clamp of probabilities lies behind the seven numbers of a form: low, high, e, -floor, least divisor. */
const CLAMP: usize = 28;
/** Where what the first number is rounded by lies behind it. */
const MORE: usize = 24;

// @ts-ignore: decorator
@inline
function arg(args: usize, i: usize): v128 {
  return v128.load32_splat(args + (i << 2));
}

/** The sigmoid of four numbers. */
// @ts-ignore: decorator
@inline
function sigmoid4(z: v128): v128 {
  const e = exactExp4(v128.or(z, v128.load32_splat(SIGN)));
  const far = f32x4.div(one(), f32x4.add(one(), e));
  return v128.bitselect(far, f32x4.mul(e, far), f32x4.ge(z, zero()));
}

/** u^g, g the number at `gamma`. */
// @ts-ignore: decorator
@inline
function modulator(u: v128, gamma: usize, isSquare: bool): v128 {
  return isSquare ? pow2(u) : pow4(u, v128.load32_splat(gamma), v128.load32_splat(gamma, MORE));
}

const LEAST_Q: usize = memory.data<f32>([3e-13]);

/** As pow4, for 2. */
// @ts-ignore: decorator
@inline
function pow2(u: v128): v128 {
  return v128.and(f32x4.mul(u, u), f32x4.gt(u, v128.load32_splat(LEAST_Q)));
}

/** b / a, 0 where a is 0. */
// @ts-ignore: decorator
@inline
function over(b: v128, a: v128): v128 {
  return v128.and(f32x4.div(b, a), f32x4.ne(a, zero()));
}

/** Four pixels: writes gradient and elements, and gives their losses. */
// @ts-ignore: decorator
@inline
function step(
  form: i32, fromLogits: bool, x: usize, targets: usize, args: usize, isSquare: bool, scale: v128,
  elements: usize, grad: usize, adds: bool,
): v128 {
  const v = v128.load(x);
  const t = v128.load(targets);
  const counted = f32x4.ge(t, zero());
  const s = f32x4.sub(one(), t);
  let p: v128;
  let q: v128;
  let lp: v128;
  let lq: v128;
  let dlp: v128;
  let dlq: v128;
  let dp: v128;
  if (fromLogits) {
    const e = exactExp4(v128.or(v, v128.load32_splat(SIGN)));
    const far = f32x4.div(one(), f32x4.add(one(), e));
    const near = f32x4.mul(e, far);
    const positive = f32x4.ge(v, zero());
    const spread = log1pOfUnit4(e);
    p = v128.bitselect(far, near, positive);
    q = v128.bitselect(near, far, positive);
    lp = f32x4.add(spread, f32x4.pmax(f32x4.neg(v), zero()));
    lq = f32x4.add(spread, f32x4.pmax(v, zero()));
    dlp = f32x4.neg(q);
    dlq = p;
    dp = f32x4.mul(p, q);
  } else {
    const shift = v128.load32_splat(args + CLAMP, 8);
    const most = v128.load32_splat(args + CLAMP, 12);
    p = f32x4.pmin(f32x4.pmax(v, v128.load32_splat(args + CLAMP)), v128.load32_splat(args + CLAMP, 4));
    q = f32x4.sub(one(), p);
    lp = clampedLoss(p, shift, zero(), most);
    lq = clampedLoss(q, shift, f32x4.sub(f32x4.sub(one(), q), p), most);
    const ps = f32x4.add(p, shift);
    const qs = f32x4.add(q, shift);
    const divisor = f32x4.pmax(f32x4.mul(ps, qs), v128.load32_splat(args + CLAMP, 16));
    dp = v128.and(one(), f32x4.eq(v, p));
    dlp = f32x4.mul(dp, f32x4.neg(f32x4.div(qs, divisor)));
    dlq = f32x4.mul(dp, f32x4.div(ps, divisor));
  }
  let loss: v128;
  let slope: v128;
  if (form == SIDED) {
    const a = f32x4.add(f32x4.mul(t, arg(args, 0)), arg(args, 1));
    const b = f32x4.add(f32x4.mul(s, arg(args, 2)), arg(args, 3));
    loss = f32x4.add(f32x4.mul(a, lp), f32x4.mul(b, lq));
    slope = f32x4.add(f32x4.mul(a, dlp), f32x4.mul(b, dlq));
  } else if (form == POLY) {
    const miss = f32x4.add(f32x4.mul(t, q), f32x4.mul(s, p));
    loss = f32x4.add(f32x4.mul(t, lp), f32x4.mul(s, lq));
    loss = f32x4.add(loss, f32x4.mul(arg(args, 0), miss));
    slope = f32x4.add(f32x4.mul(t, dlp), f32x4.mul(s, dlq));
    slope = f32x4.add(slope, f32x4.mul(f32x4.mul(arg(args, 0), f32x4.sub(s, t)), dp));
  } else if (form == QUALITY) {
    const b = f32x4.add(f32x4.mul(t, lp), f32x4.mul(s, lq));
    const db = f32x4.add(f32x4.mul(t, dlp), f32x4.mul(s, dlq));
    const d = v128.bitselect(f32x4.neg(q), f32x4.sub(p, t), f32x4.eq(t, one()));
    const m = modulator(f32x4.abs(d), args, isSquare);
    const dm = f32x4.mul(m, f32x4.mul(arg(args, 0), over(dp, d)));
    loss = f32x4.mul(m, b);
    slope = f32x4.add(f32x4.mul(m, db), f32x4.mul(dm, b));
  } else if (form == PENALTY) {
    const isPeak = f32x4.ge(t, arg(args, 2));
    const u = v128.bitselect(q, p, isPeak);
    const b = v128.bitselect(lp, lq, isPeak);
    const db = v128.bitselect(dlp, dlq, isPeak);
    const du = v128.bitselect(f32x4.neg(dp), dp, isPeak);
    const share = v128.bitselect(one(), pow4(f32x4.pmin(one(), s), arg(args, 1), arg(args, 5)), isPeak);
    const m = f32x4.mul(share, modulator(u, args, isSquare));
    loss = f32x4.mul(m, b);
    const dm = f32x4.mul(m, f32x4.mul(arg(args, 0), over(du, u)));
    slope = f32x4.add(f32x4.mul(m, db), f32x4.mul(dm, b));
  } else {
    const keep = arg(args, 4);
    const share = arg(args, 5);
    const is = f32x4.add(f32x4.mul(t, keep), share);
    const not = f32x4.add(f32x4.mul(s, keep), share);
    const pull = f32x4.mul(arg(args, 0), arg(args, 3));
    if (form == SPLIT_FOCAL) {
      const m1 = f32x4.mul(f32x4.mul(is, arg(args, 1)), modulator(q, args, isSquare));
      const m0 = f32x4.mul(f32x4.mul(not, arg(args, 2)), modulator(p, args, isSquare));
      loss = f32x4.add(f32x4.mul(m1, lp), f32x4.mul(m0, lq));
      const slope1 = f32x4.sub(dlp, f32x4.mul(f32x4.mul(pull, over(dp, q)), lp));
      const slope0 = f32x4.add(dlq, f32x4.mul(f32x4.mul(pull, over(dp, p)), lq));
      slope = f32x4.add(f32x4.mul(m1, slope1), f32x4.mul(m0, slope0));
    } else {
      const b = f32x4.add(f32x4.mul(is, lp), f32x4.mul(not, lq));
      const db = f32x4.add(f32x4.mul(is, dlp), f32x4.mul(not, dlq));
      let u = f32x4.add(f32x4.mul(is, q), f32x4.mul(not, p));
      const side = f32x4.sub(is, not);
      let du = f32x4.mul(f32x4.neg(side), dp);
      if (form == EXP_FOCAL) {
        const soft = f32x4.ne(f32x4.mul(is, not), zero());
        du = v128.bitselect(f32x4.mul(exp4(f32x4.neg(b)), db), du, soft);
        u = v128.bitselect(oneMinusExpNeg4(b), u, soft);
      } else if (form == LOGIT_FOCAL) {
        const soft = f32x4.ne(f32x4.mul(is, not), zero());
        // Of probabilities; of logits see logit-focal.ts.
        const z = f32x4.mul(side, f32x4.sub(lq, lp));
        const miss = sigmoid4(f32x4.neg(z));
        const turn = f32x4.mul(f32x4.mul(miss, sigmoid4(z)), f32x4.mul(side, f32x4.sub(dlp, dlq)));
        du = v128.bitselect(turn, du, soft);
        u = v128.bitselect(miss, u, soft);
      }
      const factor = f32x4.add(f32x4.mul(is, arg(args, 1)), f32x4.mul(not, arg(args, 2)));
      const m = f32x4.mul(factor, modulator(u, args, isSquare));
      loss = f32x4.mul(m, b);
      slope = f32x4.mul(m, f32x4.add(db, f32x4.mul(f32x4.mul(pull, over(du, u)), b)));
    }
  }
  loss = v128.and(loss, counted);
  slope = v128.and(slope, f32x4.gt(f32x4.abs(slope), v128.load32_splat(LEAST_SLOPE)));
  if (elements != 0) v128.store(elements, loss);
  if (grad != 0) {
    const g = v128.and(f32x4.mul(scale, slope), counted);
    v128.store(grad, adds ? f32x4.add(v128.load(grad), g) : g);
  }
  return loss;
}

/**
 * `sums[0] += sum of losses`; `elements` and `grad` are written unless 0, `grad` times `scale`; with `adds` that is
 * added. Ignored targets (negative) give 0. `n` is a multiple of 4; `args` are the numbers of the form, in order A A'
 * B B'; e; g; g h T, what h is rounded by at 5; g A B, whether u^g has a slope, k k'; what g is rounded by at 6; then the
 * clamp.
 */
// @ts-ignore: decorator
@inline
export function row(
  form: i32, fromLogits: bool, x: usize, targets: usize, n: i32, args: usize, scale: f32, elements: usize,
  grad: usize, adds: bool, sums: usize,
): void {
  const s = f32x4.splat(scale);
  const bytes = <usize>n << 2;
  const isSquare = load<f32>(args) == 2;
  let sum = zero();
  for (let begin: usize = 0; begin < bytes; begin += STRETCH) {
    const end = min(begin + STRETCH, bytes);
    let part = zero();
    for (let i = begin; i < end; i += 16) {
      const to = elements == 0 ? <usize>0 : elements + i;
      const at = grad == 0 ? <usize>0 : grad + i;
      part = f32x4.add(part, step(form, fromLogits, x + i, targets + i, args, isSquare, s, to, at, adds));
    }
    sum = addTo(sum, part);
  }
  flush(sums, sum);
}
