/**
 * exp, log and their relatives on four float32 lanes.
 *
 * Constants are read from a data segment: V8 rebuilds every `v128.const` inside a loop, a splatting load is
 * several times cheaper. There are no mutable statics, because instances on different threads share one memory.
 */

const LOG2E: usize = memory.data<f32>([1.44269504088896341]);
/** 1.5 * 2^23: adding it to |x| < 2^22 leaves round(x) in the low mantissa bits. */
const ROUND: usize = memory.data<f32>([12582912.0]);
const LN2_HIGH: usize = memory.data<f32>([0.693359375]);
const LN2_LOW: usize = memory.data<f32>([-2.12194440e-4]);
/** The smallest argument whose exponential is a normal float32: below it products turn denormal, and slow. */
const EXP_LOWEST: usize = memory.data<f32>([-87.0]);
const EXP_HIGHEST: usize = memory.data<f32>([88.0]);
const E0: usize = memory.data<f32>([1.9875691500e-4]);
const E1: usize = memory.data<f32>([1.3981999507e-3]);
const E2: usize = memory.data<f32>([8.3334519073e-3]);
const E3: usize = memory.data<f32>([4.1665795894e-2]);
const E4: usize = memory.data<f32>([1.6666665459e-1]);
const E5: usize = memory.data<f32>([5.0000001201e-1]);
const ONE: usize = memory.data<f32>([1.0]);
const HALF: usize = memory.data<f32>([0.5]);
const SQRT_HALF: usize = memory.data<f32>([0.707106781186547524]);
const L0: usize = memory.data<f32>([7.0376836292e-2]);
const L1: usize = memory.data<f32>([-1.1514610310e-1]);
const L2: usize = memory.data<f32>([1.1676998740e-1]);
const L3: usize = memory.data<f32>([-1.2420140846e-1]);
const L4: usize = memory.data<f32>([1.4249322787e-1]);
const L5: usize = memory.data<f32>([-1.6668057665e-1]);
const L6: usize = memory.data<f32>([2.0000714765e-1]);
const L7: usize = memory.data<f32>([-2.4999993993e-1]);
const L8: usize = memory.data<f32>([3.3333331174e-1]);
/** Series of (1 - exp(-b)) / b in b, to degree 6. */
const M1: usize = memory.data<f32>([-0.5]);
const M2: usize = memory.data<f32>([0.16666666666666666]);
const M3: usize = memory.data<f32>([-0.041666666666666664]);
const M4: usize = memory.data<f32>([0.008333333333333333]);
const M5: usize = memory.data<f32>([-0.001388888888888889]);
const M6: usize = memory.data<f32>([0.0001984126984126984]);

// @ts-ignore: decorator
@inline
export function one(): v128 {
  return v128.load32_splat(ONE);
}

// @ts-ignore: decorator
@inline
export function zero(): v128 {
  return i32x4.splat(0);
}

// @ts-ignore: decorator
@inline
function fma(a: v128, b: v128, c: usize): v128 {
  return f32x4.add(f32x4.mul(a, b), v128.load32_splat(c));
}

/** exp(x), relative error below 2e-7; arguments are clamped to [-87, 88]. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const clamped = f32x4.pmin(f32x4.pmax(x, v128.load32_splat(EXP_LOWEST)), v128.load32_splat(EXP_HIGHEST));
  const t = fma(clamped, v128.load32_splat(LOG2E), ROUND);
  const n = f32x4.sub(t, v128.load32_splat(ROUND));
  let r = f32x4.sub(clamped, f32x4.mul(n, v128.load32_splat(LN2_HIGH)));
  r = f32x4.sub(r, f32x4.mul(n, v128.load32_splat(LN2_LOW)));
  let y = fma(v128.load32_splat(E0), r, E1);
  y = fma(y, r, E2);
  y = fma(y, r, E3);
  y = fma(y, r, E4);
  y = fma(y, r, E5);
  y = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(r, r), y), r), one());
  return i32x4.add(y, i32x4.shl(t, 23));
}

/** log(x) for normal positive x, absolute error below 1e-7 of max(1, |log x|), relative near x = 1. */
// @ts-ignore: decorator
@inline
export function log4(x: v128): v128 {
  // x = m * 2^e with m in [sqrt(1/2), sqrt(2)): subtracting the bits of sqrt(1/2) moves the cut there.
  const shifted = i32x4.sub(x, v128.load32_splat(SQRT_HALF));
  const e = f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23));
  const m = i32x4.sub(x, v128.and(shifted, i32x4.splat(<i32>0xff800000)));
  const f = f32x4.sub(m, one());
  const z = f32x4.mul(f, f);
  let y = fma(v128.load32_splat(L0), f, L1);
  y = fma(y, f, L2);
  y = fma(y, f, L3);
  y = fma(y, f, L4);
  y = fma(y, f, L5);
  y = fma(y, f, L6);
  y = fma(y, f, L7);
  y = fma(y, f, L8);
  y = f32x4.mul(f32x4.mul(y, f), z);
  y = f32x4.add(y, f32x4.mul(e, v128.load32_splat(LN2_LOW)));
  y = f32x4.sub(y, f32x4.mul(v128.load32_splat(HALF), z));
  return f32x4.add(f32x4.add(f, y), f32x4.mul(e, v128.load32_splat(LN2_HIGH)));
}

/** log(1 + u) for u >= 0, relative error below 3e-7 however small u is. */
// @ts-ignore: decorator
@inline
export function log1p4(u: v128): v128 {
  const w = f32x4.add(one(), u);
  const lost = f32x4.sub(u, f32x4.sub(w, one()));
  return f32x4.add(log4(w), f32x4.div(lost, w));
}

/** 1 - exp(-b) for b >= 0, relative error below 3e-7 however small b is. */
// @ts-ignore: decorator
@inline
export function oneMinusExpNeg4(b: v128): v128 {
  let s = fma(v128.load32_splat(M6), b, M5);
  s = fma(s, b, M4);
  s = fma(s, b, M3);
  s = fma(s, b, M2);
  s = fma(s, b, M1);
  s = fma(s, b, ONE);
  const small = f32x4.mul(s, b);
  const large = f32x4.sub(one(), exp4(f32x4.neg(b)));
  return v128.bitselect(small, large, f32x4.lt(b, v128.load32_splat(HALF)));
}

/** Adds the four float32 lanes of `x` to the two float64 lanes of `sum`. */
// @ts-ignore: decorator
@inline
export function addTo(sum: v128, x: v128): v128 {
  const high = f64x2.promote_low_f32x4(i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15));
  return f64x2.add(sum, f64x2.add(f64x2.promote_low_f32x4(x), high));
}

/** Adds both lanes of `sum` to the float64 at `address`. */
// @ts-ignore: decorator
@inline
export function flush(address: usize, sum: v128): void {
  store<f64>(address, load<f64>(address) + f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
}
