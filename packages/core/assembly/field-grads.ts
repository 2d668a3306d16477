/**
 * Second maps of losses that rank or measure whole images: the slopes d = dL/dp that wait in the field, where so named times a
 * factor per class, chained through the activation.
 *
 *   softmax: dL/dx_k = p_k (d_k - sum_j p_j d_j)    sigmoid: p (1 - p) d    none: d
 *
 * Slopes of a softmax are taken relative to that of the largest class, which keeps the chain exact when p is near 0 or 1.
 * Rows of the field are `fieldStride` float64 apart.
 */
import { expNeg4, one, zero } from "./math";

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
  grad: usize, gradStride: i32, adds: bool,
): void {
  chainSoftmax(e, eStride, r, channels, n, field, fieldStride, false, 0, grad, gradStride, adds);
}

/** As {@link softmaxFieldGrad}, the slopes of each class times a factor, a float64 per class. */
export function scaledSoftmaxFieldGrad(
  e: usize, eStride: i32, r: usize, channels: i32, n: i32, field: usize, fieldStride: i32, factors: usize,
  grad: usize, gradStride: i32, adds: bool,
): void {
  chainSoftmax(e, eStride, r, channels, n, field, fieldStride, true, factors, grad, gradStride, adds);
}

// @ts-ignore: decorator
@inline
function factorAt(address: usize, scales: bool): v128 {
  return scales ? v128.load64_splat(address) : zero();
}

// @ts-ignore: decorator
@inline
function chainSoftmax(
  e: usize, eStride: i32, r: usize, channels: i32, n: i32, field: usize, fieldStride: i32, scales: bool,
  factors: usize, grad: usize, gradStride: i32, adds: bool,
): void {
  const bytes = <usize>n << 2;
  const eStep = <usize>eStride << 2;
  const fieldStep = <usize>fieldStride << 3;
  const gradStep = <usize>gradStride << 2;
  const end = e + <usize>channels * eStep;
  for (let i: usize = 0; i < bytes; i += 16) {
    let low = zero();
    let high = zero();
    let from = field + (i << 1);
    let factor = factors;
    for (let at = e + i; at < end; at += eStep) {
      const isTop = f32x4.eq(v128.load(at), one());
      if (v128.any_true(isTop)) {
        const f = factorAt(factor, scales);
        const v0 = v128.load(from);
        const v1 = v128.load(from, 16);
        low = v128.bitselect(scales ? f64x2.mul(v0, f) : v0, low, i64x2.extend_low_i32x4_s(isTop));
        high = v128.bitselect(scales ? f64x2.mul(v1, f) : v1, high, i64x2.extend_high_i32x4_s(isTop));
      }
      from += fieldStep;
      factor += 8;
    }
    let mean = zero();
    from = field + (i << 1);
    factor = factors;
    for (let at = e + i; at < end; at += eStep) {
      const d = relative4(from, scales, factorAt(factor, scales), low, high);
      mean = f32x4.add(mean, f32x4.mul(v128.load(at), d));
      from += fieldStep;
      factor += 8;
    }
    const share = f32x4.div(one(), f32x4.add(one(), v128.load(r + i)));
    mean = f32x4.mul(mean, share);
    from = field + (i << 1);
    factor = factors;
    let to = grad + i;
    for (let at = e + i; at < end; at += eStep) {
      const p = f32x4.mul(v128.load(at), share);
      const d = relative4(from, scales, factorAt(factor, scales), low, high);
      storeGrad(to, f32x4.mul(p, f32x4.sub(d, mean)), adds);
      from += fieldStep;
      factor += 8;
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
