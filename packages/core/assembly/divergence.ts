/**
 * Divergences of a student p and a teacher t, as distribution.ts leaves them, with w = log p - log t:
 *
 *   forward          E(t, -w, p) + m (sum t - P)             by log p: c p - t  by p: -t / p + c
 *   reverse          E(p, w, t) + m (sum t - P)              by log p: p w      by p: w + 1 - c
 *   Jensen-Shannon   (t log(t / m) + p log(p / m)) / 2       by log p: p v / 2  by p: v / 2,   v = log(p / m)
 *
 * E(a, w, b) = a w - a + b, which is at least 0, is a w^2 (1/2 - w/6 + ...) for small w. m says how often the mass of the
 * teacher over that of the student is added, P = sum p, or 1 for logits; c is 1 where masses are counted, and of logits,
 * whose slopes may all be more by the same. p - t comes of w: near each other, both have lost its digits. With m = (p + t)
 * / 2 and d = (p - t) / (p + t), Jensen-Shannon adds m ((1 + d) log(1 + d) + (1 - d) log(1 - d)) / 2, for small d
 * m (d^2 / 2 + d^4 / 12 + d^6 / 30 + ...).
 */
import { addTo, exp4, flush, log1pOfUnit4, logNearOne4, one, oneMinusExpNeg4, zero } from "./math";

export const FORWARD = 0;
export const REVERSE = 1;
export const JENSEN_SHANNON = 2;

const HALF: usize = memory.data<f32>([0.5]);
const LN2: usize = memory.data<f32>([0.693147180559945309]);
const QUARTER: usize = memory.data<f32>([0.25]);
/** (-1)^k / (k + 2)!. */
const E: usize = memory.data<f32>([
  0.5, -0.16666667, 0.041666668, -0.008333334, 0.0013888889, -0.0001984127, 2.4801588e-5, -2.7557319e-6,
  2.7557319e-7, -2.5052108e-8, 2.0876757e-9,
]);
/** 1 / ((k + 1) (2 k + 1)). */
const J: usize = memory.data<f32>([
  1, 0.16666667, 0.06666667, 0.035714287, 0.022222223, 0.015151516, 0.010989011, 0.008333334, 0.0065359477, 0.005263158,
  0.004329004,
]);

/** The polynomial of 11 coefficients at `list`, of four numbers. */
// @ts-ignore: decorator
@inline
function series(list: usize, x: v128): v128 {
  let y = v128.load32_splat(list, 40);
  for (let k: usize = 40; k > 0; k -= 4) y = f32x4.add(f32x4.mul(y, x), v128.load32_splat(list + k - 4));
  return y;
}

/** E(a, w, b); b where a is 0. */
// @ts-ignore: decorator
@inline
function excess(a: v128, w: v128, b: v128): v128 {
  const near = f32x4.mul(f32x4.mul(a, f32x4.mul(w, w)), series(E, w));
  const far = f32x4.add(f32x4.sub(f32x4.mul(a, w), a), b);
  const e = v128.bitselect(near, far, f32x4.lt(f32x4.abs(w), one()));
  return v128.bitselect(e, b, f32x4.gt(a, zero()));
}

/** a w, 0 where a is 0. */
// @ts-ignore: decorator
@inline
function timesLog(a: v128, w: v128): v128 {
  return v128.and(f32x4.mul(a, w), f32x4.gt(a, zero()));
}

/** p - t, from w = log(p / t). */
// @ts-ignore: decorator
@inline
function differenceOf(p: v128, t: v128, w: v128): v128 {
  const size = f32x4.mul(f32x4.pmax(p, t), oneMinusExpNeg4(f32x4.abs(w)));
  return v128.bitselect(f32x4.neg(size), size, f32x4.lt(w, zero()));
}

/** Adds to `sums[0]`; elements unless 0 and slopes are written. `mask` says which pixels count; see above for the rest. */
// @ts-ignore: decorator
@inline
export function divergence(
  form: i32, byProbability: bool, p: usize, l: usize, t: usize, tl: usize, stride: i32, mask: usize, channels: i32,
  n: i32, temperature: f32, factor: f32, counts: f32, mass: f32, sumsToOne: bool, least: f32,
  x: usize, xStride: i32, elements: usize, slopes: usize, sums: usize,
): void {
  const bytes = <usize>n << 2;
  const step = <usize>stride << 2;
  const xStep = <usize>xStride << 2;
  const logs = p + <usize>channels * step;
  const teacherLogs = t + <usize>channels * step;
  // Exponentials of log-probabilities are not exact, and neither are sums of them.
  const direct = !byProbability && !sumsToOne && mass != 0;
  let sum = zero();
  for (let i: usize = 0; i < bytes; i += 16) {
    const counted = v128.load(mask + i);
    const offset = f32x4.sub(v128.load(tl + i), v128.load(l + i));
    let loss = zero();
    // Where the largest class is far above its teacher, what all slopes have in common is that of t = 0.
    let ofTop = zero();
    if (form == JENSEN_SHANNON && sumsToOne) {
      for (let k = 0; k < channels; k++) {
        const at = i + <usize>k * step;
        const a = v128.load(logs + at);
        const w = f32x4.add(f32x4.div(f32x4.sub(a, v128.load(teacherLogs + at)), f32x4.splat(temperature)), offset);
        ofTop = v128.bitselect(w, ofTop, f32x4.eq(a, zero()));
      }
    }
    const isFarAbove = f32x4.gt(ofTop, one());
    let over = f64x2.splat(sumsToOne ? -1 : 0);
    let overHigh = over;
    for (let k = 0; k < channels; k++) {
      const at = i + <usize>k * step;
      const pk = v128.load(p + at);
      const tk = v128.load(t + at);
      const a = v128.load(logs + at);
      const b = v128.load(teacherLogs + at);
      const nothing = v128.and(f32x4.eq(pk, zero()), f32x4.eq(tk, zero()));
      let slope: v128;
      const w = f32x4.add(f32x4.div(f32x4.sub(a, b), f32x4.splat(temperature)), offset);
      if (form == JENSEN_SHANNON) {
        const m = f32x4.mul(v128.load32_splat(HALF), f32x4.add(pk, tk));
        const size = f32x4.abs(w);
        const less = oneMinusExpNeg4(size);
        const d = f32x4.div(less, f32x4.sub(f32x4.add(one(), one()), less));
        const square = f32x4.mul(d, d);
        // log of the larger and of the smaller one over m.
        const isClose = f32x4.lt(d, v128.load32_splat(QUARTER));
        const spread = log1pOfUnit4(exp4(f32x4.neg(size)));
        const rest = f32x4.sub(v128.load32_splat(LN2), spread);
        const large = v128.bitselect(logNearOne4(d), rest, isClose);
        const small = v128.bitselect(logNearOne4(f32x4.neg(d)), f32x4.sub(rest, size), isClose);
        const isMore = f32x4.gt(w, zero());
        const v = v128.bitselect(large, small, isMore);
        const ofTeacher = v128.bitselect(small, large, isMore);
        const far = f32x4.add(
          v128.and(f32x4.mul(pk, v), f32x4.gt(pk, zero())), v128.and(f32x4.mul(tk, ofTeacher), f32x4.gt(tk, zero())),
        );
        const near = f32x4.mul(m, f32x4.mul(square, series(J, square)));
        const isNear = f32x4.lt(d, v128.load32_splat(HALF));
        const part = v128.andnot(v128.bitselect(near, far, isNear), nothing);
        loss = f32x4.add(loss, f32x4.mul(v128.load32_splat(HALF), part));
        const belowTop = f32x4.sub(v128.andnot(f32x4.neg(size), isMore), spread);
        const half = f32x4.mul(v128.load32_splat(HALF), v128.bitselect(belowTop, v, isFarAbove));
        slope = byProbability ? half : v128.and(f32x4.mul(pk, half), f32x4.gt(pk, zero()));
      } else {
        over = f64x2.add(over, f64x2.promote_low_f32x4(tk));
        overHigh = f64x2.add(overHigh, f64x2.promote_low_f32x4(i8x16.shuffle(
          tk, tk, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15,
        )));
        if (!sumsToOne) {
          over = f64x2.sub(over, f64x2.promote_low_f32x4(pk));
          overHigh = f64x2.sub(overHigh, f64x2.promote_low_f32x4(i8x16.shuffle(
            pk, pk, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15,
          )));
        }
        if (form == FORWARD) {
          loss = f32x4.add(loss, direct ? timesLog(tk, f32x4.neg(w)) : excess(tk, f32x4.neg(w), pk));
          slope = byProbability
            ? f32x4.sub(f32x4.splat(counts), v128.and(f32x4.div(tk, pk), f32x4.gt(tk, zero())))
            : counts != 0 || sumsToOne ? differenceOf(pk, tk, w) : f32x4.neg(tk);
        } else {
          loss = f32x4.add(loss, direct ? timesLog(pk, w) : excess(pk, w, tk));
          const bent = f32x4.add(w, f32x4.splat(sumsToOne ? 0 : 1 - counts));
          slope = byProbability
            ? v128.bitselect(f32x4.splat(1 - counts), bent, nothing)
            : v128.and(f32x4.mul(pk, bent), f32x4.gt(pk, zero()));
        }
      }
      if (byProbability) {
        slope = v128.andnot(slope, f32x4.lt(v128.load(x + i + <usize>k * xStep), f32x4.splat(least)));
        if (form == JENSEN_SHANNON) slope = v128.andnot(slope, nothing);
      }
      v128.store(slopes + at, v128.and(slope, counted));
    }
    if (mass != 0 && !direct) {
      const low = f32x4.demote_f64x2_zero(over);
      const high = f32x4.demote_f64x2_zero(overHigh);
      const both = i8x16.shuffle(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
      loss = f32x4.add(loss, f32x4.mul(f32x4.splat(mass), both));
    }
    loss = v128.and(f32x4.mul(f32x4.splat(factor), loss), counted);
    if (elements != 0) v128.store(elements + i, loss);
    sum = addTo(sum, loss);
  }
  flush(sums, sum);
}
