/**
 * Targets of a tile in the form the kernels take, int32 labels or float32 rows: anything negative is ignored.
 * Tiles are padded to a multiple of eight pixels with ignored ones, so no other kernel has a tail.
 */
import { addTo, flush, one, zero } from "./math";

/** Types of arrays, as src/engine/element-type.ts numbers them. */
const I8 = 0;
const U8 = 1;
const I16 = 2;
const U16 = 3;
const I32 = 4;
const U32 = 5;
const I64 = 6;
const U64 = 7;
const F32 = 8;

const LARGEST_LABEL: i64 = 2147483647;
const SMALLEST_LABEL: i64 = -2147483648;

// @ts-ignore: decorator
@inline
function labelsOf<T>(from: usize, n: i32, to: usize): void {
  for (let i = 0; i < n; i++) {
    const label = load<T>(from + <usize>i * sizeof<T>());
    let wide: i32;
    if (isFloat<T>()) {
      // What is no integer is no label either.
      wide = label == floor<T>(label) && label >= -2147483648.0 && label < 2147483648.0 ? <i32>label : i32.MIN_VALUE;
    } else if (sizeof<T>() < 4 || (sizeof<T>() == 4 && isSigned<T>())) {
      wide = <i32>label;
    } else if (isSigned<T>()) {
      // Must not wrap around onto a class.
      wide = <i32>max<i64>(SMALLEST_LABEL, min<i64>(LARGEST_LABEL, <i64>label));
    } else {
      wide = <i32>min<u64>(<u64>LARGEST_LABEL, <u64>label);
    }
    store<i32>(to + (<usize>i << 2), wide);
  }
}

/** Labels of any type as int32; what int32 cannot hold becomes its least or largest number. */
export function widenLabels(from: usize, type: i32, n: i32, to: usize): void {
  if (type == U8) {
    const whole = n & ~15;
    for (let i = 0; i < whole; i += 16) {
      const bytes = v128.load(from + <usize>i);
      const low = i16x8.extend_low_i8x16_u(bytes);
      const high = i16x8.extend_high_i8x16_u(bytes);
      const at = to + (<usize>i << 2);
      v128.store(at, i32x4.extend_low_i16x8_u(low));
      v128.store(at, i32x4.extend_high_i16x8_u(low), 16);
      v128.store(at, i32x4.extend_low_i16x8_u(high), 32);
      v128.store(at, i32x4.extend_high_i16x8_u(high), 48);
    }
    labelsOf<u8>(from + <usize>whole, n - whole, to + (<usize>whole << 2));
  } else if (type == I8) labelsOf<i8>(from, n, to);
  else if (type == I16) labelsOf<i16>(from, n, to);
  else if (type == U16) labelsOf<u16>(from, n, to);
  else if (type == I32) labelsOf<i32>(from, n, to);
  else if (type == U32) labelsOf<u32>(from, n, to);
  else if (type == I64) labelsOf<i64>(from, n, to);
  else if (type == U64) labelsOf<u64>(from, n, to);
  else if (type == F32) labelsOf<f32>(from, n, to);
  else labelsOf<f64>(from, n, to);
}

/**
 * Turns ignored labels into -1, in place, and pads to `padded` with such. With `lenient` those that are no class are
 * ignored too.
 * @returns how many are not ignored; -1 when a label is neither a class nor ignored.
 */
export function canonicalLabels(
  labels: usize, n: i32, padded: i32, classes: i32, ignored: usize, ignoredCount: i32, lenient: bool,
): i32 {
  // Until they are padding they must be valid.
  for (let i = n; i < padded; i++) store<i32>(labels + (<usize>i << 2), 0);
  const limit = i32x4.splat(classes);
  let bad = zero();
  let skips = zero();
  for (let i = 0; i < padded; i += 4) {
    const at = labels + (<usize>i << 2);
    const y = v128.load(at);
    let skip = zero();
    for (let k = 0; k < ignoredCount; k++) {
      skip = v128.or(skip, i32x4.eq(y, v128.load32_splat(ignored + (<usize>k << 2))));
    }
    if (lenient) skip = v128.or(skip, i32x4.ge_u(y, limit));
    else bad = v128.or(bad, v128.andnot(i32x4.ge_u(y, limit), skip));
    skips = i32x4.sub(skips, skip);
    if (ignoredCount > 0 || lenient) v128.store(at, v128.or(y, skip));
  }
  if (v128.any_true(bad)) return -1;
  let counted = n - lanesOf(skips);
  for (let i = n; i < padded; i++) {
    const at = labels + (<usize>i << 2);
    if (load<i32>(at) < 0) counted++;
    store<i32>(at, -1);
  }
  return counted;
}

// @ts-ignore: decorator
@inline
function lanesOf(v: v128): i32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3);
}

/** The first label, as {@link widenLabels} left it, that is neither a class nor ignored; -1 when there is none. */
export function firstBadLabel(labels: usize, n: i32, classes: i32, ignored: usize, ignoredCount: i32): i32 {
  for (let i = 0; i < n; i++) {
    const label = load<i32>(labels + (<usize>i << 2));
    let skip = false;
    for (let k = 0; k < ignoredCount; k++) skip = skip || load<i32>(ignored + (<usize>k << 2)) == label;
    if (!skip && <u32>label >= <u32>classes) return i;
  }
  return -1;
}

// @ts-ignore: decorator
@inline
function targetsOf<T>(from: usize, step: i32, n: i32, to: usize): void {
  const bytes = <usize>step * sizeof<T>();
  for (let i = 0; i < n; i++) {
    store<f32>(to + (<usize>i << 2), <f32>load<T>(from));
    from += bytes;
  }
}

/** Targets of any type, `step` elements apart, as a row of float32. */
export function widenTargets(from: usize, type: i32, step: i32, n: i32, to: usize): void {
  if (type == U8 && step == 1) {
    const whole = n & ~15;
    for (let i = 0; i < whole; i += 16) {
      const bytes = v128.load(from + <usize>i);
      const low = i16x8.extend_low_i8x16_u(bytes);
      const high = i16x8.extend_high_i8x16_u(bytes);
      const at = to + (<usize>i << 2);
      v128.store(at, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(low)));
      v128.store(at, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(low)), 16);
      v128.store(at, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(high)), 32);
      v128.store(at, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(high)), 48);
    }
    targetsOf<u8>(from + <usize>whole, 1, n - whole, to + (<usize>whole << 2));
  } else if (type == U8) targetsOf<u8>(from, step, n, to);
  else if (type == I8) targetsOf<i8>(from, step, n, to);
  else if (type == I16) targetsOf<i16>(from, step, n, to);
  else if (type == U16) targetsOf<u16>(from, step, n, to);
  else if (type == I32) targetsOf<i32>(from, step, n, to);
  else if (type == U32) targetsOf<u32>(from, step, n, to);
  else if (type == I64) targetsOf<i64>(from, step, n, to);
  else if (type == U64) targetsOf<u64>(from, step, n, to);
  else if (type == F32) targetsOf<f32>(from, step, n, to);
  else targetsOf<f64>(from, step, n, to);
}

/**
 * Copies a row of targets, ignored ones as -1, and pads to `padded` with such. `from` may be `to`.
 * @returns whether each is in [0, 1] or ignored.
 */
export function canonicalTargets(
  from: usize, to: usize, n: i32, padded: i32, ignored: usize, ignoredCount: i32,
): bool {
  let bad = zero();
  const whole = n & ~3;
  for (let i = 0; i < whole; i += 4) {
    const offset = <usize>i << 2;
    let t = v128.load(from + offset);
    const valid = v128.and(f32x4.ge(t, zero()), f32x4.le(t, one()));
    if (ignoredCount > 0) {
      let skip = zero();
      for (let k = 0; k < ignoredCount; k++) {
        const value = f32x4.convert_i32x4_s(v128.load32_splat(ignored + (<usize>k << 2)));
        skip = v128.or(skip, f32x4.eq(t, value));
      }
      bad = v128.or(bad, v128.not(v128.or(valid, skip)));
      t = v128.bitselect(f32x4.neg(one()), t, skip);
    } else {
      bad = v128.or(bad, v128.not(valid));
    }
    v128.store(to + offset, t);
  }
  if (v128.any_true(bad)) return false;
  for (let i = whole; i < n; i++) {
    const t = load<f32>(from + (<usize>i << 2));
    const skip = isIgnored(t, ignored, ignoredCount);
    if (!skip && !(t >= 0.0 && t <= 1.0)) return false;
    store<f32>(to + (<usize>i << 2), skip ? -1.0 : t);
  }
  for (let i = n; i < padded; i++) store<f32>(to + (<usize>i << 2), -1.0);
  return true;
}

// @ts-ignore: decorator
@inline
function isIgnored(t: f32, ignored: usize, ignoredCount: i32): bool {
  for (let k = 0; k < ignoredCount; k++) if (<f32>load<i32>(ignored + (<usize>k << 2)) == t) return true;
  return false;
}

/** The first target of a row of float32 that is neither in [0, 1] nor ignored; -1 when there is none. */
export function firstBadTarget(targets: usize, n: i32, ignored: usize, ignoredCount: i32): i32 {
  for (let i = 0; i < n; i++) {
    const t = load<f32>(targets + (<usize>i << 2));
    if (!isIgnored(t, ignored, ignoredCount) && !(t >= 0.0 && t <= 1.0)) return i;
  }
  return -1;
}

/** sums[0] += pixels with a counted channel; sums[1] += counted elements. */
export function countTargets(targets: usize, stride: i32, channels: i32, n: i32, sums: usize): void {
  let elements = zero();
  let pixels = zero();
  for (let i = 0; i < n; i += 4) {
    let any = zero();
    for (let c = 0; c < channels; c++) {
      const t = v128.load(targets + (<usize>(c * stride + i) << 2));
      const counted = f32x4.ge(t, zero());
      any = v128.or(any, counted);
      elements = i32x4.sub(elements, counted);
    }
    pixels = i32x4.sub(pixels, any);
  }
  flush(sums, addTo(zero(), f32x4.convert_i32x4_s(pixels)));
  flush(sums + 8, addTo(zero(), f32x4.convert_i32x4_s(elements)));
}
