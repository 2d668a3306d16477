/**
 * Second maps of losses that rank or measure whole images: the slopes d = dL/dp that wait in the field, where so named times a
 * factor per class, chained through the activation.
 *
 *   softmax: dL/dx_k = p_k (d_k - sum_j p_j d_j)    sigmoid: p (1 - p) d    none: d
 *
 * Slopes of a softmax are taken relative to that of the largest class, which keeps the chain exact when p is near 0 or 1.
 * Rows of the field are `fieldStride` float64 apart. `work` is scratch of 8 float32 per channel.
 */
import { expNeg4, madd, one, zero } from "./math";

const SIGN: usize = memory.data<i32>([0x80000000]);

/** Four float64 at `address`, times `factor` where it scales, less those of `low` and `high`. */
// @ts-ignore: decorator
@inline
function relative4(address: usize, scales: bool, factor: v128, low: v128, high: v128): v128 {
  const v0 = v128.load(address);
  const v1 = v128.load(address, 16);
  const a = f32x4.demote_f64x2_zero(f64x2.sub(scales ? f64x2.mul(v0, factor) : v0, low));
  const b = f32x4.demote_f64x2_zero(f64x2.sub(scales ? f64x2.mul(v1, factor) : v1, high));
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}

// @ts-ignore: decorator
@inline
function storeGrad(grad: usize, g: v128, adds: bool): void {
  v128.store(grad, adds ? f32x4.add(v128.load(grad), g) : g);
}

/** dL/dx of a softmax tile into `grad`, or added to it. */
export function softmaxFieldGrad(
  e: usize, eStride: i32, r: usize, channels: i32, n: i32, field: usize, fieldStride: i32,
  work: usize, grad: usize, gradStride: i32, adds: bool,
): void {
  chainSoftmax(e, eStride, r, channels, n, field, fieldStride, work, false, 0, grad, gradStride, adds);
}

/** As {@link softmaxFieldGrad}, the slopes of each class times a factor, a float64 per class. */
export function scaledSoftmaxFieldGrad(
  e: usize, eStride: i32, r: usize, channels: i32, n: i32, field: usize, fieldStride: i32,
  work: usize, factors: usize, grad: usize, gradStride: i32, adds: bool,
): void {
  chainSoftmax(e, eStride, r, channels, n, field, fieldStride, work, true, factors, grad, gradStride, adds);
}

// @ts-ignore: decorator
@inline
function factorAt(address: usize, scales: bool): v128 {
  return scales ? v128.load64_splat(address) : zero();
}

/** The slopes at an address where `isTop`, times `factor` if it `scales`, and `before` elsewhere. */
// @ts-ignore: decorator
@inline
function topSlope(address: usize, scales: bool, factor: v128, isTop: v128, before: v128): v128 {
  const v = v128.load(address);
  return v128.bitselect(scales ? f64x2.mul(v, factor) : v, before, isTop);
}

/** Eight pixels at a time: a cache line of each row of the field, which is read for the mean only. */
// @ts-ignore: decorator
@inline
function chainSoftmax(
  e: usize, eStride: i32, r: usize, channels: i32, n: i32, field: usize, fieldStride: i32, work: usize, scales: bool,
  factors: usize, grad: usize, gradStride: i32, adds: bool,
): void {
  const bytes = <usize>n << 2;
  const eStep = <usize>eStride << 2;
  const fieldStep = <usize>fieldStride << 3;
  const gradStep = <usize>gradStride << 2;
  const end = e + <usize>channels * eStep;
  for (let i: usize = 0; i < bytes; i += 32) {
    let top0 = zero();
    let top1 = zero();
    let top2 = zero();
    let top3 = zero();
    let from = field + (i << 1);
    let factor = factors;
    for (let at = e + i; at < end; at += eStep) {
      const isTop0 = f32x4.eq(v128.load(at), one());
      const isTop1 = f32x4.eq(v128.load(at, 16), one());
      if (v128.any_true(v128.or(isTop0, isTop1))) {
        const f = factorAt(factor, scales);
        top0 = topSlope(from, scales, f, i64x2.extend_low_i32x4_s(isTop0), top0);
        top1 = topSlope(from + 16, scales, f, i64x2.extend_high_i32x4_s(isTop0), top1);
        top2 = topSlope(from + 32, scales, f, i64x2.extend_low_i32x4_s(isTop1), top2);
        top3 = topSlope(from + 48, scales, f, i64x2.extend_high_i32x4_s(isTop1), top3);
      }
      from += fieldStep;
      factor += 8;
    }
    let mean0 = zero();
    let mean1 = zero();
    from = field + (i << 1);
    factor = factors;
    let kept = work;
    for (let at = e + i; at < end; at += eStep) {
      const f = factorAt(factor, scales);
      const d0 = relative4(from, scales, f, top0, top1);
      const d1 = relative4(from + 32, scales, f, top2, top3);
      mean0 = madd(v128.load(at), d0, mean0);
      mean1 = madd(v128.load(at, 16), d1, mean1);
      v128.store(kept, d0);
      v128.store(kept, d1, 16);
      kept += 32;
      from += fieldStep;
      factor += 8;
    }
    const share0 = f32x4.div(one(), f32x4.add(one(), v128.load(r + i)));
    const share1 = f32x4.div(one(), f32x4.add(one(), v128.load(r + i, 16)));
    mean0 = f32x4.mul(mean0, share0);
    mean1 = f32x4.mul(mean1, share1);
    kept = work;
    let to = grad + i;
    for (let at = e + i; at < end; at += eStep) {
      const d0 = f32x4.sub(v128.load(kept), mean0);
      const d1 = f32x4.sub(v128.load(kept, 16), mean1);
      storeGrad(to, f32x4.mul(f32x4.mul(v128.load(at), share0), d0), adds);
      storeGrad(to + 16, f32x4.mul(f32x4.mul(v128.load(at, 16), share1), d1), adds);
      kept += 32;
      to += gradStep;
    }
  }
}

/** p (1 - p) d of one sigmoid row into `grad`, or added to it. */
export function sigmoidFieldGrad(x: usize, n: i32, field: usize, factor: f64, grad: usize, adds: bool): void {
  const f = f64x2.splat(factor);
  for (let i: usize = 0; i < <usize>n << 2; i += 16) {
    const e = expNeg4(v128.or(v128.load(x + i), v128.load32_splat(SIGN)));
    const far = f32x4.div(one(), f32x4.add(one(), e));
    const d = relative4(field + (i << 1), true, f, zero(), zero());
    storeGrad(grad + i, f32x4.mul(f32x4.mul(f32x4.mul(e, far), far), d), adds);
  }
}

/** d of one row into `grad`, or added to it. */
export function plainFieldGrad(n: i32, field: usize, grad: usize, adds: bool): void {
  for (let i: usize = 0; i < <usize>n << 2; i += 16) {
    storeGrad(grad + i, relative4(field + (i << 1), false, zero(), zero(), zero()), adds);
  }
}
