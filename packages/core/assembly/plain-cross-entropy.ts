/**
 * Cross-entropy of a tile after its softmax, of classes that weigh the same and without smoothing:
 *
 *   l = -log p_y = log(1 + r) - log e_y,   dl/dx_k = p_k - [k = y]
 *
 * A sum of logs is the log of a product: 1 + r and e_y of a few pixels are multiplied up in float64, where 1 + r keeps
 * what float32 rounds away and no product of a stretch leaves the range.
 */
import { gatherRows, largestOf, placeInRows, scaleRows } from "./labels";
import { addTo, flush, log4, one, zero } from "./math";
import { high, log64, low, one64 } from "./math64";
import { BLOCK, copyBlock, exponentialsOfColumn, LINE } from "./softmax-columns";

/** An e from here down may be the clamp of exp, and eight of them multiply to more than the least float64. */
const LEAST: usize = memory.data<f32>([1e-30]);
/** log(1 + r) of an r from here down is r, and 1 + r could round that away. */
const TINY: usize = memory.data<f32>([1e-8]);
/** Bytes of a row whose pixels are multiplied up: eight to each lane. */
const STRETCH: usize = 64;

/**
 * `sums[0] += sum of losses`; `elements` is written unless 0. `grad`, unless 0, takes `scale` times the gradient; with
 * `adds` it is added. `own` and `factor` are scratch of a row each. `x` are the logits that e came of.
 */
export function plainCrossEntropy(
  x: usize, xStride: i32, e: usize, eStride: i32, labels: usize, r: usize, channels: i32, n: i32,
  scale: f32, elements: usize, grad: usize, gradStride: i32, adds: bool, own: usize, factor: usize, sums: usize,
): void {
  const bytes = <usize>n << 2;
  const xStep = <usize>xStride << 2;
  const eStep = <usize>eStride << 2;
  const s = f32x4.splat(scale);
  let sum = zero();
  for (let i: usize = 0; i < bytes; i += STRETCH) {
    const length = min(STRETCH, bytes - i);
    sum = lossesOf(x + i, xStep, e + i, eStep, labels + i, r + i, channels, length, s, own + i, factor + i, sum);
  }
  flush(sums, sum);
  if (elements != 0) {
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(elements + i, surpriseOf(x + i, xStep, e + i, eStep, v128.load(labels + i), v128.load(r + i), channels));
    }
  }
  if (grad == 0) return;
  const gradStep = <usize>gradStride << 2;
  if (adds) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const before = gatherRows(grad + i, gradStep, v128.load(labels + i));
      v128.store(own + i, f32x4.add(v128.load(own + i), before));
    }
  }
  scaleRows(e, eStep, factor, grad, gradStep, channels, bytes, adds);
  placeInRows(own, labels, n, grad, gradStep);
}

/**
 * As {@link plainCrossEntropy}, from the logits of a few classes (softmax-columns.ts) of any number of pixels; rows have
 * `readable` of them, with those that follow. `e` is scratch of a {@link BLOCK} of each row, rows of `eStride`; `m` and `r`
 * of a block, `own` and `factor` of a line each.
 * @returns whether a logit is NaN or infinite. From its block on no gradient is written, which may have the place of the
 * logits, and the sum is not added.
 */
export function crossEntropyOfLogits(
  x: usize, xStride: i32, labels: usize, channels: i32, n: i32, readable: i32, scale: f32, grad: usize, gradStride: i32,
  e: usize, eStride: i32, m: usize, r: usize, own: usize, factor: usize, sums: usize,
): bool {
  const bytes = <usize>n << 2;
  const xStep = <usize>xStride << 2;
  const eStep = <usize>eStride << 2;
  const gradStep = <usize>gradStride << 2;
  const end = e + <usize>channels * eStep;
  const s = f32x4.splat(scale);
  let sum = zero();
  for (let begin: usize = 0; begin < bytes; begin += BLOCK) {
    const length = min(BLOCK, bytes - begin);
    if (copyBlock(x + begin, xStep, e, eStep, end, m, length)) return true;
    const hasNext = begin + 2 * BLOCK <= <usize>readable << 2;
    const soon = hasNext ? x + begin + BLOCK : e;
    const soonStep = hasNext ? xStep : eStep;
    for (let j: usize = 0; j < length; j += LINE) {
      const i = begin + j;
      const half = length - j < LINE;
      exponentialsOfColumn(e + j, eStep, end, m + j, r, channels, half, soon + j, soonStep);
      const pixels = half ? LINE >> 1 : LINE;
      sum = lossesOf(x + i, xStep, e + j, eStep, labels + i, r, channels, pixels, s, own, factor, sum);
      if (grad == 0) continue;
      if (half) scaleHalf(e + j, eStep, end, factor, grad + i, gradStep);
      else scaleLine(e + j, eStep, end, factor, grad + i, gradStep);
      placeInRows(own, labels + i, <i32>pixels >> 2, grad + i, gradStep);
    }
  }
  flush(sums, sum);
  return false;
}

/**
 * `sum` and the losses of up to {@link STRETCH} bytes of pixels. Writes `scale` times the gradient of the pixels' own classes
 * to `own`, and what that of the others is of e to `factor`.
 */
// @ts-ignore: decorator
@inline
function lossesOf(
  x: usize, xStep: usize, e: usize, eStep: usize, labels: usize, r: usize, channels: i32, bytes: usize, scale: v128,
  own: usize, factor: usize, sum: v128,
): v128 {
  let wholes = one64();
  let owns = one64();
  let tinies = zero();
  for (let i: usize = 0; i < bytes; i += 16) {
    const y = v128.load(labels + i);
    const counted = i32x4.ge_s(y, zero());
    const rest = v128.load(r + i);
    const whole = f32x4.add(one(), rest);
    const f = v128.and(f32x4.div(scale, whole), counted);
    const ey = gatherRows(e + i, eStep, y);
    let multiplies = counted;
    const isFar = v128.and(f32x4.le(ey, v128.load32_splat(LEAST)), counted);
    if (v128.any_true(isFar)) {
      sum = addTo(sum, v128.and(surpriseOf(x + i, xStep, e + i, eStep, y, rest, channels), isFar));
      multiplies = v128.andnot(counted, isFar);
    }
    const isTiny = f32x4.le(rest, v128.load32_splat(TINY));
    tinies = f32x4.add(tinies, v128.and(v128.and(rest, isTiny), multiplies));
    const part = v128.and(v128.andnot(rest, isTiny), multiplies);
    wholes = f64x2.mul(wholes, f64x2.mul(f64x2.add(one64(), low(part)), f64x2.add(one64(), high(part))));
    const factors = v128.bitselect(ey, one(), multiplies);
    owns = f64x2.mul(owns, f64x2.mul(low(factors), high(factors)));
    // Where y is the largest class e_y is 1, and 1 - (1 + r) would cancel.
    const less = v128.bitselect(f32x4.neg(rest), f32x4.sub(ey, whole), f32x4.eq(ey, one()));
    v128.store(own + i, v128.and(f32x4.mul(f, less), counted));
    v128.store(factor + i, f);
  }
  return f64x2.add(addTo(sum, tinies), log64(f64x2.div(wholes, owns)));
}

/** A line of each row of e times `factor`. */
// @ts-ignore: decorator
@inline
function scaleLine(e: usize, eStep: usize, end: usize, factor: usize, to: usize, toStep: usize): void {
  const f0 = v128.load(factor);
  const f1 = v128.load(factor, 16);
  const f2 = v128.load(factor, 32);
  const f3 = v128.load(factor, 48);
  for (; e < end; e += eStep) {
    v128.store(to, f32x4.mul(v128.load(e), f0));
    v128.store(to, f32x4.mul(v128.load(e, 16), f1), 16);
    v128.store(to, f32x4.mul(v128.load(e, 32), f2), 32);
    v128.store(to, f32x4.mul(v128.load(e, 48), f3), 48);
    to += toStep;
  }
}

/** Half a line. */
function scaleHalf(e: usize, eStep: usize, end: usize, factor: usize, to: usize, toStep: usize): void {
  for (; e < end; e += eStep) {
    v128.store(to, f32x4.mul(v128.load(e), v128.load(factor)));
    v128.store(to, f32x4.mul(v128.load(e, 16), v128.load(factor, 16)), 16);
    to += toStep;
  }
}

/** -log p_y of four pixels of labels y, 0 where they are ignored. */
// @ts-ignore: decorator
@inline
export function surpriseOf(x: usize, xStep: usize, e: usize, eStep: usize, y: v128, rest: v128, channels: i32): v128 {
  const whole = f32x4.add(one(), rest);
  // What 1 + r rounds away, of its log.
  const lost = f32x4.div(f32x4.sub(rest, f32x4.sub(whole, one())), whole);
  const ey = gatherRows(e, eStep, y);
  let surprise = f32x4.add(log4(f32x4.div(whole, ey)), lost);
  const isFar = f32x4.le(ey, v128.load32_splat(LEAST));
  if (v128.any_true(isFar)) {
    const gap = f32x4.sub(largestOf(x, xStep, channels), gatherRows(x, xStep, y));
    surprise = v128.bitselect(f32x4.add(f32x4.add(log4(whole), lost), gap), surprise, isFar);
  }
  return v128.and(surprise, i32x4.ge_s(y, zero()));
}
