/**
 * exp and log1p on two float64 lanes: for numbers that are ranked, counted against a threshold, or subtracted from each
 * other later, where a float32 rounding would change more than the last digit of the result.
 */

const LOG2E: usize = memory.data<f64>([1.4426950408889634]);
/** 1.5 * 2^52: adding it to |x| < 2^51 leaves round(x) in the low mantissa bits. */
const ROUND: usize = memory.data<f64>([6755399441055744.0]);
const LN2_HIGH: usize = memory.data<f64>([6.93147180369123816490e-1]);
const LN2_LOW: usize = memory.data<f64>([1.90821492927058770002e-10]);
/** Below it exp would turn denormal. */
const EXP_LOWEST: usize = memory.data<f64>([-700.0]);
const ONE: usize = memory.data<f64>([1.0]);
const SIGN: usize = memory.data<i64>([i64.MIN_VALUE]);
/** exp(r) = 1 + r + r^2 (E0 + E1 r + ... + E9 r^9) for |r| <= ln 2 / 2, at Chebyshev nodes, relative error 2e-17. */
const E: usize = memory.data<f64>([
  0.5000000000000001, 0.16666666666666669, 0.04166666666662399, 0.008333333333330051, 0.0013888888917281794,
  0.00019841269863105968, 2.480152119021773e-5, 2.7557268378684192e-6, 2.7620138719733994e-7, 2.5100424157005067e-8,
]);
const SQRT_HALF: usize = memory.data<f64>([0.70710678118654752440]);
const EXPONENT: usize = memory.data<i64>([<i64>0xfff0000000000000]);
/** The bits of ROUND, which turn a small integer into a float64. */
const INTEGER: usize = memory.data<i64>([0x4338000000000000]);
const HALF: usize = memory.data<f64>([0.5]);
const TWO: usize = memory.data<f64>([2.0]);
/** log((1 + s) / (1 - s)) = 2 s + s (L0 z + L1 z^2 + ...), z = s^2, odd series fitted on [0, 0.1716]. */
const L: usize = memory.data<f64>([
  6.666666666666735130e-1, 3.999999999940941908e-1, 2.857142874366239149e-1, 2.222219843214978396e-1,
  1.818357216161805012e-1, 1.531383769920937332e-1, 1.479819860511658591e-1,
]);

// @ts-ignore: decorator
@inline
function at(table: usize, i: usize): v128 {
  return v128.load64_splat(table + (i << 3));
}

/** a b + c, rounded once or twice. */
// @ts-ignore: decorator
@inline
function fma(a: v128, b: v128, c: v128): v128 {
  return f64x2.relaxed_madd(a, b, c);
}

/** c - a b, rounded once or twice. */
// @ts-ignore: decorator
@inline
function fnma(a: v128, b: v128, c: v128): v128 {
  return f64x2.relaxed_nmadd(a, b, c);
}

// @ts-ignore: decorator
@inline
export function one2(): v128 {
  return v128.load64_splat(ONE);
}

// @ts-ignore: decorator
@inline
export function signs2(): v128 {
  return v128.load64_splat(SIGN);
}

/** Two float32 at `address` as float64. */
// @ts-ignore: decorator
@inline
export function loadPair(address: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(address));
}

/** exp(x) for x <= 0, relative error below 3e-16; arguments below -700 are taken for -700. */
// @ts-ignore: decorator
@inline
export function expNeg2(x: v128): v128 {
  const clamped = f64x2.pmax(x, v128.load64_splat(EXP_LOWEST));
  const t = fma(clamped, v128.load64_splat(LOG2E), v128.load64_splat(ROUND));
  const n = f64x2.sub(t, v128.load64_splat(ROUND));
  const r = fnma(n, v128.load64_splat(LN2_LOW), fnma(n, v128.load64_splat(LN2_HIGH), clamped));
  const r2 = f64x2.mul(r, r);
  let q = fma(at(E, 8), r2, at(E, 6));
  let p = fma(at(E, 9), r2, at(E, 7));
  q = fma(q, r2, at(E, 4));
  p = fma(p, r2, at(E, 5));
  q = fma(q, r2, at(E, 2));
  p = fma(p, r2, at(E, 3));
  q = fma(q, r2, at(E, 0));
  p = fma(p, r2, at(E, 1));
  q = fma(p, r, q);
  const y = f64x2.add(one2(), fma(r2, q, r));
  return i64x2.add(y, i64x2.shl(t, 52));
}

/** exp(x) for x <= 700; see {@link expNeg2}. */
// @ts-ignore: decorator
@inline
export function expDouble2(x: v128): v128 {
  return expNeg2(f64x2.pmin(x, f64x2.neg(v128.load64_splat(EXP_LOWEST))));
}

/** log(1 + r) for 0 <= r < 2^51, relative error below 3e-16 however small r is. */
// @ts-ignore: decorator
@inline
export function log1p2(r: v128): v128 {
  const u = f64x2.add(one2(), r);
  // What 1 + r rounded away.
  return logOf(u, f64x2.div(f64x2.sub(r, f64x2.sub(u, one2())), u));
}

/** log(x) for normal positive x. */
// @ts-ignore: decorator
@inline
export function logDouble2(x: v128): v128 {
  return logOf(x, i64x2.splat(0));
}

/** log(u) + lost. */
// @ts-ignore: decorator
@inline
function logOf(u: v128, lost: v128): v128 {
  // u = m * 2^k with m in [sqrt(1/2), sqrt(2)): subtracting the bits of sqrt(1/2) moves the cut there.
  const shifted = i64x2.sub(u, v128.load64_splat(SQRT_HALF));
  const integer = v128.load64_splat(INTEGER);
  const k = f64x2.sub(i64x2.add(i64x2.shr_s(shifted, 52), integer), integer);
  const m = i64x2.sub(u, v128.and(shifted, v128.load64_splat(EXPONENT)));
  const f = f64x2.sub(m, one2());
  const s = f64x2.div(f, f64x2.add(v128.load64_splat(TWO), f));
  const z = f64x2.mul(s, s);
  let series = at(L, 6);
  for (let i = 5; i >= 0; i--) series = fma(series, z, at(L, i));
  series = f64x2.mul(series, z);
  const half = f64x2.mul(v128.load64_splat(HALF), f64x2.mul(f, f));
  const small = fma(k, v128.load64_splat(LN2_LOW), lost);
  const inner = f64x2.sub(half, fma(s, f64x2.add(half, series), small));
  return f64x2.add(f64x2.mul(k, v128.load64_splat(LN2_HIGH)), f64x2.sub(f, inner));
}
