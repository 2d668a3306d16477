/** Labels of one byte each, what masks usually are: brought to the kernels' form sixteen at a time. */
import { zero } from "./math";

/**
 * Writes `n` labels as int32, ignored ones as -1, and pads to `padded` with such. With `lenient` those that are no
 * class are ignored too.
 * @returns how many are not ignored; -1 when a label is neither a class nor ignored.
 */
export function canonicalByteLabels(
  from: usize, n: i32, padded: i32, to: usize, classes: i32, ignored: usize, ignoredCount: i32, lenient: bool,
): i32 {
  const end = from + <usize>n;
  const whole = from + <usize>(n & ~15);
  const most = i8x16.splat(<i8>min(classes - 1, 255));
  let bad = zero();
  let skipped = 0;
  while (from < whole) {
    const y = v128.load(from);
    const outside = i8x16.gt_u(y, most);
    let skip = zero();
    for (let k = 0; k < ignoredCount; k++) {
      const label = load<i32>(ignored + (<usize>k << 2));
      if (<u32>label < 256) skip = v128.or(skip, i8x16.eq(y, i8x16.splat(<i8>label)));
    }
    if (lenient) skip = v128.or(skip, outside);
    else bad = v128.or(bad, v128.andnot(outside, skip));
    skipped += popcnt(i8x16.bitmask(skip));
    const low = v128.or(i16x8.extend_low_i8x16_u(y), i16x8.extend_low_i8x16_s(skip));
    const high = v128.or(i16x8.extend_high_i8x16_u(y), i16x8.extend_high_i8x16_s(skip));
    v128.store(to, i32x4.extend_low_i16x8_s(low));
    v128.store(to, i32x4.extend_high_i16x8_s(low), 16);
    v128.store(to, i32x4.extend_low_i16x8_s(high), 32);
    v128.store(to, i32x4.extend_high_i16x8_s(high), 48);
    from += 16;
    to += 64;
  }
  if (v128.any_true(bad)) return -1;
  for (; from < end; from++) {
    const y = <i32>load<u8>(from);
    let skip = false;
    for (let k = 0; k < ignoredCount; k++) skip = skip || load<i32>(ignored + (<usize>k << 2)) == y;
    if (!skip && y >= classes) {
      if (!lenient) return -1;
      skip = true;
    }
    if (skip) skipped++;
    store<i32>(to, skip ? -1 : y);
    to += 4;
  }
  for (let i = n; i < padded; i++) {
    store<i32>(to, -1);
    to += 4;
  }
  return n - skipped;
}
