/** Whether logits and probabilities are what they must be, and where the first is that is not. */
import { one, zero } from "./math";

const INFINITY_BITS: usize = memory.data<i32>([0x7f800000]);
const ABSOLUTE_BITS: usize = memory.data<i32>([0x7fffffff]);

/** Whether any of `rows` rows of `n` float32 is NaN or infinite; `n` is a multiple of 8. */
export function anyNonFinite(x: usize, stride: i32, rows: i32, n: i32): bool {
  const bytes = <usize>n << 2;
  let largest0 = zero();
  let largest1 = zero();
  for (let k = 0; k < rows; k++) {
    const row = x + (<usize>(k * stride) << 2);
    for (let i: usize = 0; i < bytes; i += 32) {
      largest0 = i32x4.max_u(largest0, v128.and(v128.load(row + i), v128.load32_splat(ABSOLUTE_BITS)));
      largest1 = i32x4.max_u(largest1, v128.and(v128.load(row + i, 16), v128.load32_splat(ABSOLUTE_BITS)));
    }
  }
  return v128.any_true(i32x4.ge_u(i32x4.max_u(largest0, largest1), v128.load32_splat(INFINITY_BITS)));
}

/** Whether any of `rows` rows of `n` float32 is outside [0, 1]; `n` is a multiple of 8. */
export function anyOutsideUnit(x: usize, stride: i32, rows: i32, n: i32): bool {
  const bytes = <usize>n << 2;
  let outside = zero();
  for (let k = 0; k < rows; k++) {
    const row = x + (<usize>(k * stride) << 2);
    for (let i: usize = 0; i < bytes; i += 16) {
      const v = v128.load(row + i);
      outside = v128.or(outside, v128.not(v128.and(f32x4.ge(v, zero()), f32x4.le(v, one()))));
    }
  }
  return v128.any_true(outside);
}

/** The first of `n` float32 that is NaN or infinite; -1 when all are finite. */
export function firstNonFinite(x: usize, n: i32): i32 {
  for (let i = 0; i < n; i++) {
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
