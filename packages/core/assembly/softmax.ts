/**
 * Softmax over the channels of a tile, and what a loss needs to stay exact on confident logits.
 *
 *   m = max_k x_k,  a = the first k with x_k = m,  r = sum_{k != a} exp(x_k - m),  p_k = exp(x_k - m) / (1 + r)
 *
 * `r` leaves out the 1 of the largest class, so that log(1 + r) and 1 - p_a keep their relative precision.
 */
import { exp4, one } from "./math";

/** Writes p (rows of `pStride`), m, r and a (one each per pixel). `n` is a multiple of 4. */
export function softmax(
  x: usize, xStride: i32, p: usize, pStride: i32, m: usize, r: usize, a: usize, channels: i32, n: i32,
): void {
  const xStep = <usize>xStride << 2;
  const pStep = <usize>pStride << 2;
  for (let i = 0; i < n; i += 4) {
    const offset = <usize>i << 2;
    let largest = v128.load(x + offset);
    let arg = i32x4.splat(0);
    let at = x + offset;
    for (let k = 1; k < channels; k++) {
      at += xStep;
      const v = v128.load(at);
      const above = f32x4.gt(v, largest);
      largest = v128.bitselect(v, largest, above);
      arg = v128.bitselect(i32x4.splat(k), arg, above);
    }
    let rest = i32x4.splat(0);
    at = x + offset;
    let to = p + offset;
    for (let k = 0; k < channels; k++) {
      const e = exp4(f32x4.sub(v128.load(at), largest));
      v128.store(to, e);
      rest = f32x4.add(rest, v128.andnot(e, i32x4.eq(i32x4.splat(k), arg)));
      at += xStep;
      to += pStep;
    }
    const inverse = f32x4.div(one(), f32x4.add(one(), rest));
    to = p + offset;
    for (let k = 0; k < channels; k++) {
      v128.store(to, f32x4.mul(v128.load(to), inverse));
      to += pStep;
    }
    v128.store(m + offset, largest);
    v128.store(r + offset, rest);
    v128.store(a + offset, arg);
  }
}
