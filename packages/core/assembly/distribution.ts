/**
 * Rows of a distribution over classes in the form that divergences compare: p per class, log p as a_k - l, l per pixel,
 * and the rest u, 1 - p of the classes whose a is 0.
 *
 *   of logits             a_k = x_k - max x, l = log(1 + r), u = r / (1 + r)
 *   of the others         a_k = log p_k, l = 0, u = 0
 *
 * Differences of logarithms are then differences of logits, which are exact where the logarithms themselves are not.
 */
import { clampedLoss } from "./clamp";
import { largestOf } from "./labels";
import { exp4, log4, one, zero } from "./math";

const INFINITY: usize = memory.data<i32>([0x7f800000]);

/** Of logits after their softmax. `to` has 2 C rows, p then a; `l` and `u` a row each. */
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

/** to[k][i] = x[k][i] / divisor. */
export function divideRows(
  x: usize, xStride: i32, divisor: f32, channels: i32, n: i32, to: usize, toStride: i32,
): void {
  const bytes = <usize>n << 2;
  for (let k = 0; k < channels; k++) {
    const from = x + (<usize>(k * xStride) << 2);
    const row = to + (<usize>(k * toStride) << 2);
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(row + i, f32x4.div(v128.load(from + i), f32x4.splat(divisor)));
    }
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
