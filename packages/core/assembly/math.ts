/**
 * exp, log and their relatives on four float32 lanes.
 *
 * Constants are read from a data segment: V8 rebuilds every `v128.const` inside a loop, a splatting load is
 * several times cheaper. There are no mutable statics, because instances on different threads share one memory.
 */

const LOG2E: usize = memory.data<f32>([1.44269504088896341]);
/** 1.5 * 2^23: adding it to |x| < 2^22 leaves round(x) in the low mantissa bits. */
const ROUND: usize = memory.data<f32>([12582912.0]);
/** ln 2 as float32 happens to be off by 2e-9 only. */
const LN2: usize = memory.data<f32>([0.693147182464599609375]);
const LN2_HIGH: usize = memory.data<f32>([0.693359375]);
const LN2_LOW: usize = memory.data<f32>([-2.12194440e-4]);
/** Below it exp and its products with a share or a divisor would turn denormal, and slow. */
const EXP_LOWEST: usize = memory.data<f32>([-80.0]);
const EXP_HIGHEST: usize = memory.data<f32>([88.0]);
/** exp(r) = 1 + r + r^2 (E2 + E3 r + E4 r^2 + E5 r^3) for |r| <= ln 2 / 2, minimax, relative error 1.1e-7. */
const E2: usize = memory.data<f32>([0.499992311]);
const E3: usize = memory.data<f32>([0.166671157]);
const E4: usize = memory.data<f32>([0.0418903306]);
const E5: usize = memory.data<f32>([0.00831250101]);
/** 1 / 3!, ..., 1 / 6!, the last widened for what follows it. */
const T3: usize = memory.data<f32>([0.16666667]);
const T4: usize = memory.data<f32>([0.041666668]);
const T5: usize = memory.data<f32>([0.008333334]);
const T6: usize = memory.data<f32>([0.0013949]);
/** log(1 + e) = e (1 + P1 e + ... + P8 e^8) for e in [0, 1], minimax, relative error 3.3e-8. */
const P1: usize = memory.data<f32>([-0.499996483]);
const P2: usize = memory.data<f32>([0.33321324]);
const P3: usize = memory.data<f32>([-0.248571634]);
const P4: usize = memory.data<f32>([0.191536546]);
const P5: usize = memory.data<f32>([-0.137538031]);
const P6: usize = memory.data<f32>([0.079204537]);
const P7: usize = memory.data<f32>([-0.0300657917]);
const P8: usize = memory.data<f32>([0.00536482455]);
/** Below it e^4 would turn denormal; 1 + P1 e + ... is then 1 to 4e-9. */
const P_LOWEST: usize = memory.data<f32>([1e-8]);
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

/** a b + c, rounded once where the processor has such an operation: most do, and results are then the same on all. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return f32x4.relaxed_madd(a, b, c);
}

/** c - a b, rounded as {@link madd} is. */
// @ts-ignore: decorator
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  return f32x4.relaxed_nmadd(a, b, c);
}

/** a b and the constant at `c`. */
// @ts-ignore: decorator
@inline
function maddTo(a: v128, b: v128, c: usize): v128 {
  return madd(a, b, v128.load32_splat(c));
}

/** exp(x), as exact as {@link expWithin4}; arguments are clamped to [-80, 88]. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  return expNeg4(f32x4.pmin(x, v128.load32_splat(EXP_HIGHEST)));
}

/** exp(x) for x <= 88, as exact as {@link expWithin4}; arguments below -80 are taken for -80. */
// @ts-ignore: decorator
@inline
export function expNeg4(x: v128): v128 {
  return expWithin4(f32x4.pmax(x, v128.load32_splat(EXP_LOWEST)));
}

/**
 * exp(x) for x in [-80, 88], relative error below 4e-7 (2e-7 for |x| < 10); of processors that round a product before they
 * add, 1e-7 |x| more. Of other numbers it makes nothing of use, in the same time.
 */
// @ts-ignore: decorator
@inline
export function expWithin4(x: v128): v128 {
  const t = maddTo(x, v128.load32_splat(LOG2E), ROUND);
  // The product is exact within the operation, so that ln 2 need not be taken in two parts.
  const r = nmadd(f32x4.sub(t, v128.load32_splat(ROUND)), v128.load32_splat(LN2), x);
  let q = maddTo(v128.load32_splat(E5), r, E4);
  q = maddTo(q, r, E3);
  q = maddTo(q, r, E2);
  q = maddTo(q, r, ONE);
  q = maddTo(q, r, ONE);
  return i32x4.add(q, i32x4.shl(t, 23));
}

/** exp(x), relative error below 1e-7; arguments are clamped to [-80, 88]. For where it is raised to a power. */
// @ts-ignore: decorator
@inline
export function exactExp4(x: v128): v128 {
  const least = v128.load32_splat(EXP_LOWEST);
  const clamped = f32x4.pmax(f32x4.pmin(x, v128.load32_splat(EXP_HIGHEST)), least);
  const t = maddTo(clamped, v128.load32_splat(LOG2E), ROUND);
  const n = f32x4.sub(t, v128.load32_splat(ROUND));
  let r = nmadd(n, v128.load32_splat(LN2_HIGH), clamped);
  r = nmadd(n, v128.load32_splat(LN2_LOW), r);
  let q = maddTo(v128.load32_splat(T6), r, T5);
  q = maddTo(q, r, T4);
  q = maddTo(q, r, T3);
  q = maddTo(q, r, HALF);
  const y = f32x4.add(one(), madd(f32x4.mul(r, r), q, r));
  return i32x4.add(y, i32x4.shl(t, 23));
}

/** log(1 + f) - f + z / 2 for 1 + f in [sqrt(1/2), sqrt(2)), z = f^2. */
// @ts-ignore: decorator
@inline
function cubicPart(f: v128, z: v128): v128 {
  let y = maddTo(v128.load32_splat(L0), f, L1);
  y = maddTo(y, f, L2);
  y = maddTo(y, f, L3);
  y = maddTo(y, f, L4);
  y = maddTo(y, f, L5);
  y = maddTo(y, f, L6);
  y = maddTo(y, f, L7);
  y = maddTo(y, f, L8);
  return f32x4.mul(f32x4.mul(y, f), z);
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
  let y = cubicPart(f, z);
  y = madd(e, v128.load32_splat(LN2_LOW), y);
  y = nmadd(v128.load32_splat(HALF), z, y);
  return madd(e, v128.load32_splat(LN2_HIGH), f32x4.add(f, y));
}

/** log(1 + f) for 1 + f in [sqrt(1/2), sqrt(2)), relative error below 1e-7. */
// @ts-ignore: decorator
@inline
export function logNearOne4(f: v128): v128 {
  const z = f32x4.mul(f, f);
  return f32x4.add(f, nmadd(v128.load32_splat(HALF), z, cubicPart(f, z)));
}

/** log(1 + e) for e in [0, 1], relative error below 2e-7 however small e is. */
// @ts-ignore: decorator
@inline
export function log1pOfUnit4(e: v128): v128 {
  const u = f32x4.pmax(e, v128.load32_splat(P_LOWEST));
  const e2 = f32x4.mul(u, u);
  const e4 = f32x4.mul(e2, e2);
  const a = maddTo(v128.load32_splat(P1), u, ONE);
  const b = maddTo(v128.load32_splat(P3), u, P2);
  const c = maddTo(v128.load32_splat(P5), u, P4);
  const d = maddTo(v128.load32_splat(P7), u, P6);
  const ab = madd(e2, b, a);
  const cd = madd(e2, d, c);
  const high = madd(e4, v128.load32_splat(P8), cd);
  return f32x4.mul(e, madd(e4, high, ab));
}

/** 1 - exp(-b) for b >= 0, relative error below 3e-7 however small b is. */
// @ts-ignore: decorator
@inline
export function oneMinusExpNeg4(b: v128): v128 {
  let s = maddTo(v128.load32_splat(M6), b, M5);
  s = maddTo(s, b, M4);
  s = maddTo(s, b, M3);
  s = maddTo(s, b, M2);
  s = maddTo(s, b, M1);
  s = maddTo(s, b, ONE);
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
