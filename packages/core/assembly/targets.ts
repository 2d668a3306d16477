/**
 * Targets of a tile in the form the kernels take: anything negative is ignored.
 * Tiles are padded to a multiple of four pixels with ignored ones, so no other kernel has a tail.
 */
import { addTo, flush } from "./math";

/**
 * Turns ignored labels into -1, in place.
 * @returns the first offset whose label is neither a class nor ignored; -1 when there is none.
 */
export function canonicalLabels(labels: usize, n: i32, classes: i32, ignored: usize, ignoredCount: i32): i32 {
  for (let i = 0; i < n; i++) {
    const at = labels + (<usize>i << 2);
    const label = load<i32>(at);
    let skip = false;
    for (let k = 0; k < ignoredCount; k++) skip = skip || load<i32>(ignored + (<usize>k << 2)) == label;
    if (skip) store<i32>(at, -1);
    else if (<u32>label >= <u32>classes) return i;
  }
  return -1;
}

/**
 * Turns ignored targets into -1, in place.
 * @returns the first offset whose target is neither in [0, 1] nor ignored; -1 when there is none.
 */
export function canonicalTargets(targets: usize, n: i32, ignored: usize, ignoredCount: i32): i32 {
  for (let i = 0; i < n; i++) {
    const at = targets + (<usize>i << 2);
    const t = load<f32>(at);
    let skip = false;
    for (let k = 0; k < ignoredCount; k++) skip = skip || <f32>load<i32>(ignored + (<usize>k << 2)) == t;
    if (skip) store<f32>(at, -1.0);
    else if (!(t >= 0.0 && t <= 1.0)) return i;
  }
  return -1;
}

/** sums[0], sums[1] += counted pixels, sums[2] += sum of the class weights of their labels. */
export function countLabels(labels: usize, n: i32, weights: usize, sums: usize): void {
  let counted = 0;
  let weight: f64 = 0;
  for (let i = 0; i < n; i++) {
    const label = load<i32>(labels + (<usize>i << 2));
    if (label < 0) continue;
    counted++;
    weight += <f64>load<f32>(weights + (<usize>label << 2));
  }
  store<f64>(sums, load<f64>(sums) + <f64>counted);
  store<f64>(sums + 8, load<f64>(sums + 8) + <f64>counted);
  store<f64>(sums + 16, load<f64>(sums + 16) + weight);
}

/** sums[0] += pixels with a counted channel; sums[1], sums[2] += counted elements. */
export function countTargets(targets: usize, stride: i32, channels: i32, n: i32, sums: usize): void {
  let elements = i32x4.splat(0);
  let pixels = i32x4.splat(0);
  for (let i = 0; i < n; i += 4) {
    let any = i32x4.splat(0);
    for (let c = 0; c < channels; c++) {
      const t = v128.load(targets + (<usize>(c * stride + i) << 2));
      const counted = f32x4.ge(t, i32x4.splat(0));
      any = v128.or(any, counted);
      elements = i32x4.sub(elements, counted);
    }
    pixels = i32x4.sub(pixels, any);
  }
  flush(sums, addTo(i32x4.splat(0), f32x4.convert_i32x4_s(pixels)));
  const counted = addTo(i32x4.splat(0), f32x4.convert_i32x4_s(elements));
  flush(sums + 8, counted);
  flush(sums + 16, counted);
}

/** The first of `n` float32 that is NaN or infinite; -1 when all are finite. */
export function firstNonFinite(x: usize, n: i32): i32 {
  const exponent = i32x4.splat(0x7f800000);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const bits = v128.and(v128.load(x + (<usize>i << 2)), exponent);
    if (v128.any_true(i32x4.eq(bits, exponent))) break;
  }
  for (; i < n; i++) {
    if ((load<i32>(x + (<usize>i << 2)) & 0x7f800000) == 0x7f800000) return i;
  }
  return -1;
}

/** The first of `n` float32 outside [0, 1], NaN included; -1 when there is none. */
export function firstOutsideUnit(x: usize, n: i32): i32 {
  for (let i = 0; i < n; i++) {
    const v = load<f32>(x + (<usize>i << 2));
    if (!(v >= 0.0 && v <= 1.0)) return i;
  }
  return -1;
}
