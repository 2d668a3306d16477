/**
 * Second maps of hard mining: the gradient of each pixel's cross-entropy times its share of the loss, which waits in
 * the field and is 0 where the pixel is not kept.
 *
 *   softmax: f_i w_y (p_k - [k = y])    sigmoid: f_i w (p - t)
 *
 * Where y is the largest class, p_y - 1 is taken as -r / (1 + r), so that it does not cancel.
 */
import { gather, gatherRows, scatterToRows } from "./labels";
import { expNeg4, one, zero } from "./math";

const SIGN: usize = memory.data<i32>([0x80000000]);

/** Four float64 at `address`. */
// @ts-ignore: decorator
@inline
function fieldOf(address: usize): v128 {
  const low = f32x4.demote_f64x2_zero(v128.load(address));
  const high = f32x4.demote_f64x2_zero(v128.load(address, 16));
  return i8x16.shuffle(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}

// @ts-ignore: decorator
@inline
function storeGrad(grad: usize, g: v128, adds: bool): void {
  v128.store(grad, adds ? f32x4.add(v128.load(grad), g) : g);
}

/** `weights`, float32, is 0 where all are 1. `own` and `factor` are scratch of a row each. */
export function hardPixelGrad(
  e: usize, eStride: i32, labels: usize, r: usize, weights: usize, channels: i32, n: i32, field: usize,
  grad: usize, gradStride: i32, adds: bool, own: usize, factor: usize,
): void {
  const bytes = <usize>n << 2;
  const eStep = <usize>eStride << 2;
  const gradStep = <usize>gradStride << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const y = v128.load(labels + i);
    const rest = v128.load(r + i);
    const inverse = f32x4.div(one(), f32x4.add(one(), rest));
    const ey = gatherRows(e + i, eStep, y);
    const wrong = v128.bitselect(rest, f32x4.sub(f32x4.add(one(), rest), ey), f32x4.eq(ey, one()));
    let f = v128.and(f32x4.mul(fieldOf(field + (i << 1)), inverse), i32x4.ge_s(y, zero()));
    if (weights != 0) f = f32x4.mul(f, gather(weights, y));
    let g = f32x4.neg(f32x4.mul(f, wrong));
    if (adds) g = f32x4.add(g, gatherRows(grad + i, gradStep, y));
    v128.store(own + i, g);
    v128.store(factor + i, f);
  }
  for (let k = 0; k < channels; k++) {
    const from = e + <usize>k * eStep;
    const to = grad + <usize>k * gradStep;
    for (let i: usize = 0; i < bytes; i += 16) {
      storeGrad(to + i, f32x4.mul(v128.load(from + i), v128.load(factor + i)), adds);
    }
  }
  scatterToRows(own, labels, n, grad, gradStep);
}

/** One sigmoid row. */
export function hardElementGrad(
  x: usize, targets: usize, n: i32, weight: f32, field: usize, grad: usize, adds: bool,
): void {
  const w = f32x4.splat(weight);
  for (let i: usize = 0; i < <usize>n << 2; i += 16) {
    const v = v128.load(x + i);
    const t = v128.load(targets + i);
    const e = expNeg4(v128.or(v, v128.load32_splat(SIGN)));
    const positive = f32x4.ge(v, zero());
    const wrong = v128.andnot(f32x4.sub(v128.and(one(), positive), t), v128.load32_splat(SIGN));
    const near = f32x4.div(e, f32x4.add(one(), e));
    const slope = v128.xor(f32x4.sub(wrong, near), v128.andnot(v128.load32_splat(SIGN), positive));
    const g = f32x4.mul(f32x4.mul(fieldOf(field + (i << 1)), w), slope);
    storeGrad(grad + i, v128.and(g, f32x4.ge(t, zero())), adds);
  }
}
