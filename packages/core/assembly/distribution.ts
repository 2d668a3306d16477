/**
 * Rows of a distribution over classes in the form that divergences compare: p per class, log p as a_k / T - l, l per
 * pixel, T the temperature, and the rest u, 1 - p of the classes whose a is 0.
 *
 *   of logits             a_k = x_k - max x, l = log(1 + r), u = r / (1 + r)
 *   of the others         a_k = log p_k, l = 0, u = 0, T = 1
 *
 * Differences of logarithms are then differences of logits, which are exact where the logarithms themselves are not.
 */
import { clampedLoss } from "./clamp";
import { largestOf } from "./labels";
import { exactExp4, exp4, log4, one, zero } from "./math";

const HIGH_BITS: usize = memory.data<i32>([0xfffff000]);
const LOWEST: usize = memory.data<f32>([-80.0]);
const INFINITY: usize = memory.data<i32>([0x7f800000]);

/** Of logits, and the softmax of them over the temperature. `to` has 2 C rows, p then a; `l` and `u` a row each. */
export function distributionOfLogits(
  x: usize, xStride: i32, e: usize, eStride: i32, r: usize, channels: i32, n: i32, to: usize, toStride: i32,
  l: usize, u: usize,
): void {
  const bytes = <usize>n << 2;
  const xStep = <usize>xStride << 2;
  const eStep = <usize>eStride << 2;
  const step = <usize>toStride << 2;
  const logs = to + <usize>channels * step;
  for (let i: usize = 0; i < bytes; i += 16) {
    const rest = v128.load(r + i);
    const whole = f32x4.add(one(), rest);
    const inverse = f32x4.div(one(), whole);
    const lost = f32x4.mul(f32x4.sub(rest, f32x4.sub(whole, one())), inverse);
    v128.store(l + i, f32x4.add(log4(whole), lost));
    v128.store(u + i, f32x4.mul(rest, inverse));
    const largest = largestOf(x + i, xStep, channels);
    for (let k = 0; k < channels; k++) {
      v128.store(to + i + <usize>k * step, f32x4.mul(v128.load(e + i + <usize>k * eStep), inverse));
      v128.store(logs + i + <usize>k * step, f32x4.sub(v128.load(x + i + <usize>k * xStep), largest));
    }
  }
}

/** Of probabilities, at least `least`; those below 0 count as 0. `x` may be `to`. */
export function distributionOfProbabilities(
  x: usize, xStride: i32, least: f32, channels: i32, n: i32, to: usize, toStride: i32, l: usize, u: usize,
): void {
  const bytes = <usize>n << 2;
  const step = <usize>toStride << 2;
  const most = v128.load32_splat(INFINITY);
  for (let k = 0; k < channels; k++) {
    const from = x + (<usize>(k * xStride) << 2);
    const row = to + <usize>k * step;
    const logs = row + <usize>channels * step;
    for (let i: usize = 0; i < bytes; i += 16) {
      const p = f32x4.pmin(one(), f32x4.pmax(v128.load(from + i), f32x4.splat(least)));
      v128.store(row + i, p);
      v128.store(logs + i, f32x4.neg(clampedLoss(p, zero(), zero(), most)));
    }
  }
  memory.fill(l, 0, bytes);
  memory.fill(u, 0, bytes);
}

/** Of log-probabilities, which may be any numbers. */
export function distributionOfLogProbabilities(
  x: usize, xStride: i32, channels: i32, n: i32, to: usize, toStride: i32, l: usize, u: usize,
): void {
  const bytes = <usize>n << 2;
  const step = <usize>toStride << 2;
  for (let k = 0; k < channels; k++) {
    const from = x + (<usize>(k * xStride) << 2);
    const row = to + <usize>k * step;
    const logs = row + <usize>channels * step;
    for (let i: usize = 0; i < bytes; i += 16) {
      const v = v128.load(from + i);
      v128.store(logs + i, v);
      v128.store(row + i, exp4(v));
    }
  }
  memory.fill(l, 0, bytes);
  memory.fill(u, 0, bytes);
}

/** What a / b rounded to q has lost: a = q b + lost. */
// @ts-ignore: decorator
@inline
function lostBy(a: v128, q: v128, b: v128): v128 {
  const mask = v128.load32_splat(HIGH_BITS);
  const qHigh = v128.and(q, mask);
  const qLow = f32x4.sub(q, qHigh);
  const bHigh = v128.and(b, mask);
  const bLow = f32x4.sub(b, bHigh);
  let lost = f32x4.sub(a, f32x4.mul(qHigh, bHigh));
  lost = f32x4.sub(lost, f32x4.mul(qHigh, bLow));
  lost = f32x4.sub(lost, f32x4.mul(qLow, bHigh));
  return f32x4.sub(lost, f32x4.mul(qLow, bLow));
}

/**
 * The softmax of logits over a temperature: e per class and r, as softmax.ts leaves them. What a quotient is rounded by is
 * a relative error of its exponential, and is put back.
 */
export function softenedSoftmax(
  x: usize, xStride: i32, temperature: f32, channels: i32, n: i32, e: usize, eStride: i32, r: usize,
): void {
  const bytes = <usize>n << 2;
  const xStep = <usize>xStride << 2;
  const eStep = <usize>eStride << 2;
  const divisor = f32x4.splat(temperature);
  for (let i: usize = 0; i < bytes; i += 16) {
    const largest = largestOf(x + i, xStep, channels);
    let rest = zero();
    let tops = zero();
    for (let k = 0; k < channels; k++) {
      const gap = f32x4.sub(v128.load(x + i + <usize>k * xStep), largest);
      const z = f32x4.div(gap, divisor);
      const own = exactExp4(z);
      const lost = f32x4.div(lostBy(gap, z, divisor), divisor);
      const isTop = f32x4.eq(gap, zero());
      // Far below, exp is clamped and the loss of digits no small number.
      const isExact = f32x4.gt(z, v128.load32_splat(LOWEST));
      const ek = f32x4.add(own, v128.and(f32x4.mul(own, lost), isExact));
      v128.store(e + i + <usize>k * eStep, ek);
      rest = f32x4.add(rest, v128.andnot(ek, isTop));
      tops = f32x4.add(tops, v128.and(one(), isTop));
    }
    v128.store(r + i, f32x4.add(rest, f32x4.sub(tops, one())));
  }
}

/** All bits of a pixel whose label counts, else 0. */
export function maskOfLabels(labels: usize, n: i32, mask: usize): void {
  const bytes = <usize>n << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(mask + i, i32x4.ge_s(v128.load(labels + i), zero()));
  }
}

/** All bits of a pixel all of whose targets count, else 0. */
export function maskOfRows(targets: usize, stride: i32, channels: i32, n: i32, mask: usize): void {
  const bytes = <usize>n << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    let lowest = one();
    for (let k = 0; k < channels; k++) {
      lowest = f32x4.pmin(lowest, v128.load(targets + i + (<usize>(k * stride) << 2)));
    }
    v128.store(mask + i, f32x4.ge(lowest, zero()));
  }
}

/**
 * Writes `scale` times dl/dx of slopes s by log p: s_k - p_k sum_j s_j, of the largest class s_k u - p_k times the others;
 * with `adds` it is added. `p` are the 2 C rows of {@link distributionOfLogits}.
 */
export function chainRows(
  slopes: usize, stride: i32, p: usize, u: usize, channels: i32, n: i32, scale: f32, grad: usize, gradStride: i32,
  adds: bool,
): void {
  const bytes = <usize>n << 2;
  const step = <usize>stride << 2;
  const gradStep = <usize>gradStride << 2;
  const logs = p + <usize>channels * step;
  for (let i: usize = 0; i < bytes; i += 16) {
    let others = zero();
    let tops = zero();
    for (let k = 0; k < channels; k++) {
      const s = v128.load(slopes + i + <usize>k * step);
      const isTop = f32x4.eq(v128.load(logs + i + <usize>k * step), zero());
      tops = f32x4.add(tops, v128.and(s, isTop));
      others = f32x4.add(others, v128.andnot(s, isTop));
    }
    const all = f32x4.add(others, tops);
    const rest = v128.load(u + i);
    for (let k = 0; k < channels; k++) {
      const s = v128.load(slopes + i + <usize>k * step);
      const pk = v128.load(p + i + <usize>k * step);
      const isTop = f32x4.eq(v128.load(logs + i + <usize>k * step), zero());
      const ofTop = f32x4.sub(f32x4.mul(s, rest), f32x4.mul(pk, f32x4.add(others, f32x4.sub(tops, s))));
      let g = v128.bitselect(ofTop, f32x4.sub(s, f32x4.mul(pk, all)), isTop);
      g = f32x4.mul(f32x4.splat(scale), g);
      const to = grad + i + <usize>k * gradStep;
      v128.store(to, adds ? f32x4.add(v128.load(to), g) : g);
    }
  }
}
