/** What weights and upstream gradients of pixels make of counts, elements and gradients. */
import { addTo, flush, one, zero } from "./math";

/**
 * sums[0] += weights of the labels that count, sums[2] += how many of those are not 0; a weight is that of the pixel
 * times that of its class. `pixelWeights` and `classWeights` are 0 where all are 1.
 */
export function countLabelWeights(
  labels: usize, n: i32, pixelWeights: usize, classWeights: usize, sums: usize,
): void {
  let weight: f64 = 0;
  let nonzero: f64 = 0;
  for (let i = 0; i < n; i++) {
    const label = load<i32>(labels + (<usize>i << 2));
    if (label < 0) continue;
    let w: f64 = pixelWeights == 0 ? 1 : <f64>load<f32>(pixelWeights + (<usize>i << 2));
    if (classWeights != 0) w *= <f64>load<f32>(classWeights + (<usize>label << 2));
    weight += w;
    if (w != 0) nonzero += 1;
  }
  store<f64>(sums, load<f64>(sums) + weight);
  store<f64>(sums + 16, load<f64>(sums + 16) + nonzero);
}

/**
 * Of a row of targets that count: sums[0] += their weights, sums[2] += how many of those are not 0. `pixelWeights` is 0
 * where all are 1.
 */
export function countTargetWeights(targets: usize, n: i32, pixelWeights: usize, weight: f32, sums: usize): void {
  const bytes = <usize>n << 2;
  let nonzero = zero();
  let total = zero();
  for (let i: usize = 0; i < bytes; i += 16) {
    const counted = f32x4.ge(v128.load(targets + i), zero());
    const w = v128.and(pixelWeights == 0 ? one() : v128.load(pixelWeights + i), counted);
    nonzero = i32x4.sub(nonzero, f32x4.ne(w, zero()));
    total = addTo(total, w);
  }
  flush(sums, f64x2.mul(total, f64x2.splat(weight)));
  if (weight != 0) flush(sums + 16, addTo(zero(), f32x4.convert_i32x4_s(nonzero)));
}

/**
 * Of a row of targets that count: `*positive` += weight t, `*negative` += weight (1 - t). `pixelWeights` is 0 where all
 * are 1.
 */
export function sumTargets(targets: usize, n: i32, pixelWeights: usize, positive: usize, negative: usize): void {
  const bytes = <usize>n << 2;
  let is = zero();
  let not = zero();
  for (let i: usize = 0; i < bytes; i += 16) {
    const t = v128.load(targets + i);
    const w = v128.and(pixelWeights == 0 ? one() : v128.load(pixelWeights + i), f32x4.ge(t, zero()));
    is = addTo(is, f32x4.mul(w, t));
    not = addTo(not, f32x4.mul(w, f32x4.sub(one(), t)));
  }
  flush(positive, is);
  flush(negative, not);
}

/** sum += weights of the targets that are at least `threshold`, which is above 0. */
export function sumPeaks(targets: usize, n: i32, pixelWeights: usize, threshold: f32, sum: usize): void {
  const bytes = <usize>n << 2;
  let total = zero();
  for (let i: usize = 0; i < bytes; i += 16) {
    const isPeak = f32x4.ge(v128.load(targets + i), f32x4.splat(threshold));
    total = addTo(total, v128.and(pixelWeights == 0 ? one() : v128.load(pixelWeights + i), isPeak));
  }
  flush(sum, total);
}

/** sums[0], sums[1] += pixels all of whose targets count, sums[2] += their weights, sums[4] += those not of weight 0. */
export function countWholePixels(
  targets: usize, stride: i32, channels: i32, n: i32, pixelWeights: usize, sums: usize,
): void {
  let pixels = zero();
  let nonzero = zero();
  let total = zero();
  for (let i = 0; i < n; i += 4) {
    let lowest = one();
    for (let c = 0; c < channels; c++) {
      lowest = f32x4.pmin(lowest, v128.load(targets + (<usize>(c * stride + i) << 2)));
    }
    const counted = f32x4.ge(lowest, zero());
    const w = v128.and(pixelWeights == 0 ? one() : v128.load(pixelWeights + (<usize>i << 2)), counted);
    pixels = i32x4.sub(pixels, counted);
    nonzero = i32x4.sub(nonzero, f32x4.ne(w, zero()));
    total = addTo(total, w);
  }
  const counted = addTo(zero(), f32x4.convert_i32x4_s(pixels));
  flush(sums, counted);
  flush(sums + 8, counted);
  flush(sums + 16, total);
  flush(sums + 32, addTo(zero(), f32x4.convert_i32x4_s(nonzero)));
}

/** Multiplies rows of elements by the weight of each pixel, in place; `sums[0]` += all of them. */
export function weighElements(
  elements: usize, stride: i32, rows: i32, n: i32, weights: usize, sums: usize,
): void {
  const bytes = <usize>n << 2;
  let sum = zero();
  for (let k = 0; k < rows; k++) {
    const row = elements + (<usize>(k * stride) << 2);
    for (let i: usize = 0; i < bytes; i += 16) {
      const v = f32x4.mul(v128.load(row + i), v128.load(weights + i));
      v128.store(row + i, v);
      sum = addTo(sum, v);
    }
  }
  flush(sums, sum);
}

/**
 * Writes rows of a gradient times `factors`, rows of those `factorStride` apart (0: one for all), to `to`; with `adds`
 * they are added. `from` may be `to`.
 */
export function weighRows(
  from: usize, fromStride: i32, factors: usize, factorStride: i32, rows: i32, n: i32, to: usize, toStride: i32,
  adds: bool,
): void {
  const bytes = <usize>n << 2;
  for (let k = 0; k < rows; k++) {
    const source = from + (<usize>(k * fromStride) << 2);
    const factor = factors + (<usize>(k * factorStride) << 2);
    const target = to + (<usize>(k * toStride) << 2);
    for (let i: usize = 0; i < bytes; i += 16) {
      const v = f32x4.mul(v128.load(source + i), v128.load(factor + i));
      v128.store(target + i, adds ? f32x4.add(v128.load(target + i), v) : v);
    }
  }
}

/** Labels as rows of targets: 1 in the row of the label and 0 elsewhere; -1 everywhere where it is ignored. */
export function oneHotRows(labels: usize, n: i32, channels: i32, to: usize, stride: i32): void {
  const bytes = <usize>n << 2;
  for (let k = 0; k < channels; k++) {
    const row = to + (<usize>(k * stride) << 2);
    const own = i32x4.splat(k);
    for (let i: usize = 0; i < bytes; i += 16) {
      const y = v128.load(labels + i);
      const t = v128.and(one(), i32x4.eq(y, own));
      v128.store(row + i, v128.bitselect(f32x4.neg(one()), t, i32x4.lt_s(y, zero())));
    }
  }
}
