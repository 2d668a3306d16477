/**
 * exp and log on two float64 lanes, to 1e-11 or better: for what is left of nearly equal numbers when float32 takes their
 * difference.
 */
const LOG2E: usize = memory.data<f64>([1.4426950408889634]);
/** 1.5 * 2^52: adding it to |x| < 2^50 leaves round(x) in the low mantissa bits. */
const ROUND: usize = memory.data<f64>([6755399441055744.0]);
const LN2_HIGH: usize = memory.data<f64>([0.693147180369123816490]);
const LN2_LOW: usize = memory.data<f64>([1.90821492927058770002e-10]);
const LOWEST: usize = memory.data<f64>([-700.0]);
const ONE: usize = memory.data<f64>([1.0]);
const SQRT_HALF: usize = memory.data<f64>([0.7071067811865476]);
const EXPONENT_BITS: usize = memory.data<i64>([-4503599627370496]);
/** 2^52 + 2^51, and its bits: an integer of 51 bits added to these is one added to the number. */
const INTEGER: usize = memory.data<f64>([6755399441055744.0]);
/** 1 / k!, k from 2 to 11. */
const E: usize = memory.data<f64>([
  0.5, 0.16666666666666666, 0.041666666666666664, 0.008333333333333333, 0.001388888888888889, 0.0001984126984126984,
  0.0000248015873015873, 0.0000027557319223985893, 2.755731922398589e-7, 2.505210838544172e-8,
]);
/** 1 / (2 k + 1), k from 1 to 7. */
const L: usize = memory.data<f64>([
  0.3333333333333333, 0.2, 0.14285714285714285, 0.1111111111111111, 0.09090909090909091, 0.07692307692307693,
  0.06666666666666667,
]);

// @ts-ignore: decorator
@inline
export function one64(): v128 {
  return v128.load64_splat(ONE);
}

// @ts-ignore: decorator
@inline
function fma(a: v128, b: v128, c: usize): v128 {
  return f64x2.add(f64x2.mul(a, b), v128.load64_splat(c));
}

/** exp(x) - 1 where x is near 0, exp(x) / 2^n - 1 elsewhere, for the r = x - n log 2 of {@link exp64} and {@link expm164}. */
// @ts-ignore: decorator
@inline
function expm1Near(r: v128): v128 {
  let q = v128.load64_splat(E, 72);
  for (let k: usize = 72; k > 0; k -= 8) q = fma(q, r, E + k - 8);
  return f64x2.add(r, f64x2.mul(f64x2.mul(r, r), q));
}

/** exp(x) for x <= 700; arguments below -700 are taken for -700. */
// @ts-ignore: decorator
@inline
export function exp64(x: v128): v128 {
  const clamped = f64x2.pmax(x, v128.load64_splat(LOWEST));
  const t = fma(clamped, v128.load64_splat(LOG2E), ROUND);
  const n = f64x2.sub(t, v128.load64_splat(ROUND));
  let r = f64x2.sub(clamped, f64x2.mul(n, v128.load64_splat(LN2_HIGH)));
  r = f64x2.sub(r, f64x2.mul(n, v128.load64_splat(LN2_LOW)));
  return i64x2.add(f64x2.add(one64(), expm1Near(r)), i64x2.shl(t, 52));
}

/** exp(x) - 1 for x <= 700, relative however small x is. */
// @ts-ignore: decorator
@inline
export function expm164(x: v128): v128 {
  const isNear = f64x2.lt(f64x2.abs(x), v128.load64_splat(E));
  return v128.bitselect(expm1Near(v128.and(x, isNear)), f64x2.sub(exp64(x), one64()), isNear);
}

/** log(1 + a) for a >= 0, relative however small a is. */
// @ts-ignore: decorator
@inline
export function log1p64(a: v128): v128 {
  const y = f64x2.add(one64(), a);
  // What 1 + a rounds away.
  const lost = f64x2.sub(a, f64x2.sub(y, one64()));
  return f64x2.add(log64(y), f64x2.div(lost, y));
}

/** log(x) for normal positive x, relative near 1. */
// @ts-ignore: decorator
@inline
export function log64(x: v128): v128 {
  const shifted = i64x2.sub(x, v128.load64_splat(SQRT_HALF));
  const e = f64x2.sub(
    i64x2.add(i64x2.shr_s(shifted, 52), v128.load64_splat(INTEGER)), v128.load64_splat(INTEGER),
  );
  const m = i64x2.sub(x, v128.and(shifted, v128.load64_splat(EXPONENT_BITS)));
  const f = f64x2.sub(m, one64());
  const s = f64x2.div(f, f64x2.add(f, f64x2.splat(2)));
  const z = f64x2.mul(s, s);
  let q = v128.load64_splat(L, 48);
  for (let k: usize = 48; k > 0; k -= 8) q = fma(q, z, L + k - 8);
  const near = f64x2.mul(f64x2.add(s, s), f64x2.add(one64(), f64x2.mul(z, q)));
  return f64x2.add(f64x2.mul(e, v128.load64_splat(LN2_HIGH)), f64x2.add(near, f64x2.mul(e, v128.load64_splat(LN2_LOW))));
}

/** The lower, or upper, two of four float32 lanes. */
// @ts-ignore: decorator
@inline
export function low(v: v128): v128 {
  return f64x2.promote_low_f32x4(v);
}

// @ts-ignore: decorator
@inline
export function high(v: v128): v128 {
  return f64x2.promote_low_f32x4(i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15));
}

/** Four float32 of two and two float64. */
// @ts-ignore: decorator
@inline
export function pack(low: v128, high: v128): v128 {
  return i8x16.shuffle(
    f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high),
    0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23,
  );
}
