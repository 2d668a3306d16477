/** Powers of numbers from 0 to 1. */
import { exactExp4, logNearOne4, one, zero } from "./math";

const SQRT_HALF: usize = memory.data<f32>([0.707106781186547524]);
const EXPONENT_BITS: usize = memory.data<i32>([0xff800000]);
/** Of the 24 bits of an exponent, the first 12: their product with a power of two's exponent is exact. */
const HIGH_BITS: usize = memory.data<i32>([0xfffff000]);
const ROUND: usize = memory.data<f32>([12582912.0]);
/** Probabilities from here down may be the clamp of exp. */
const SMALLEST_EXACT: usize = memory.data<f32>([1e-33]);
const LN2: usize = memory.data<f32>([0.693147180559945309]);
const LOG2E: usize = memory.data<f32>([1.44269504088896341]);
const SMALLEST_NORMAL: usize = memory.data<f32>([1.17549435e-38]);
/** log2 of the least power, 1e-25: the products of smaller ones with what they modulate turn denormal, and slow. */
const LEAST: usize = memory.data<f32>([-83.0]);

/**
 * x^(g + more) for x in [0, 1] and g at least 0, relative error below (3 + g) 1e-7 however small x is; below 1e-25 it is
 * 0. `more` is what g is rounded by: times log x, it shows.
 *
 * x = m 2^e: x^g = 2^n exp(f ln 2 + g log m), where n + f = g e and n is whole. As exp(g log x) it would lose the digits
 * that g log x has before the point.
 */
// @ts-ignore: decorator
@inline
export function pow4(x: v128, g: v128, more: v128): v128 {
  const v = f32x4.pmax(x, v128.load32_splat(SMALLEST_NORMAL));
  const shifted = i32x4.sub(v, v128.load32_splat(SQRT_HALF));
  const e = f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23));
  const m = i32x4.sub(v, v128.and(shifted, v128.load32_splat(EXPONENT_BITS)));
  const logm = logNearOne4(f32x4.sub(m, one()));
  const high = v128.and(g, v128.load32_splat(HIGH_BITS));
  const whole = f32x4.mul(high, e);
  const t = f32x4.add(whole, v128.load32_splat(ROUND));
  const n = f32x4.sub(t, v128.load32_splat(ROUND));
  const rest = f32x4.add(f32x4.sub(whole, n), f32x4.mul(f32x4.add(f32x4.sub(g, high), more), e));
  const z = f32x4.add(f32x4.mul(rest, v128.load32_splat(LN2)), f32x4.mul(g, logm));
  const power = i32x4.add(exactExp4(z), i32x4.shl(t, 23));
  const size = f32x4.add(n, f32x4.mul(z, v128.load32_splat(LOG2E)));
  const isSome = v128.or(v128.and(f32x4.gt(size, v128.load32_splat(LEAST)), f32x4.gt(x, zero())), f32x4.eq(g, zero()));
  return v128.and(power, isSome);
}

/** p^(q + more), from p and b = -(q + more) log p: exp(-b) keeps the digits of p near 1, and knows p that are too small for float32. */
// @ts-ignore: decorator
@inline
export function powerOf(p: v128, q: v128, more: v128, b: v128): v128 {
  const byExp = v128.or(f32x4.lt(b, one()), f32x4.lt(p, v128.load32_splat(SMALLEST_EXACT)));
  return v128.bitselect(exactExp4(f32x4.neg(b)), pow4(p, q, more), byExp);
}
