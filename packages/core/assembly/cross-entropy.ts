/**
 * Cross-entropy of a tile after its softmax, with class weights and label smoothing.
 *
 *   l = (1 - s) w_y (-log p_y) + s/C sum_k w_k (-log p_k),   -log p_k = log(1 + r) + (m - x_k)
 *   dl/dx_k = (1 - s) w_y (p_k - [k = y]) + s/C (p_k W - w_k),   W = sum_k w_k
 *
 * p_y - 1 is taken as -r / (1 + r) where y is the largest class, so that it does not cancel.
 */
import { addTo, flush, log1p4, one, zero } from "./math";

/** -log p_y + smoothing, added to sum[0]; also written to `elements` unless 0. */
export function crossEntropyValue(
  x: usize, xStride: i32, labels: usize, m: usize, r: usize, weights: usize,
  smoothing: f32, channels: i32, n: i32, elements: usize, sums: usize,
): void {
  let sum = zero();
  const keep = f32x4.splat(1 - smoothing);
  const share = f32x4.splat(smoothing / <f32>channels);
  for (let i = 0; i < n; i += 4) {
    const offset = <usize>i << 2;
    const y = v128.load(labels + offset);
    const counted = i32x4.ge_s(y, zero());
    if (!v128.any_true(counted)) {
      if (elements != 0) v128.store(elements + offset, zero());
      continue;
    }
    const largest = v128.load(m + offset);
    const base = log1p4(v128.load(r + offset));
    const own = gatherLogits(x + offset, xStride, y);
    let loss = f32x4.mul(f32x4.mul(keep, gatherWeights(weights, y)), f32x4.add(base, f32x4.sub(largest, own)));
    if (smoothing > 0) {
      let all = zero();
      for (let k = 0; k < channels; k++) {
        const surprise = f32x4.add(base, f32x4.sub(largest, v128.load(x + offset + (<usize>(k * xStride) << 2))));
        all = f32x4.add(all, f32x4.mul(v128.load32_splat(weights + (<usize>k << 2)), surprise));
      }
      loss = f32x4.add(loss, f32x4.mul(share, all));
    }
    loss = v128.and(loss, counted);
    if (elements != 0) v128.store(elements + offset, loss);
    sum = addTo(sum, loss);
  }
  flush(sums, sum);
}

/** scale * dl/dx into `grad` (overwritten; may be `p`). */
export function crossEntropyGrad(
  p: usize, pStride: i32, labels: usize, r: usize, a: usize, weights: usize,
  smoothing: f32, channels: i32, n: i32, scale: f32, grad: usize, gradStride: i32,
): void {
  const share = f32x4.splat((scale * smoothing) / <f32>channels);
  const keep = f32x4.splat(scale * (1 - smoothing));
  let total: f32 = 0;
  for (let k = 0; k < channels; k++) total += load<f32>(weights + (<usize>k << 2));
  for (let i = 0; i < n; i += 4) {
    const offset = <usize>i << 2;
    const y = v128.load(labels + offset);
    const counted = i32x4.ge_s(y, zero());
    const factor = v128.and(f32x4.mul(keep, gatherWeights(weights, y)), counted);
    const rest = v128.load(r + offset);
    const certain = f32x4.neg(f32x4.div(rest, f32x4.add(one(), rest)));
    const isLargest = i32x4.eq(y, v128.load(a + offset));
    for (let k = 0; k < channels; k++) {
      const pk = v128.load(p + offset + (<usize>(k * pStride) << 2));
      const own = v128.bitselect(certain, f32x4.sub(pk, one()), isLargest);
      let g = f32x4.mul(factor, v128.bitselect(own, pk, i32x4.eq(y, i32x4.splat(k))));
      if (smoothing > 0) {
        const wk = v128.load32_splat(weights + (<usize>k << 2));
        const pull = f32x4.mul(share, f32x4.sub(f32x4.mul(pk, f32x4.splat(total)), wk));
        g = f32x4.add(g, v128.and(pull, counted));
      }
      v128.store(grad + offset + (<usize>(k * gradStride) << 2), g);
    }
  }
}

/** x[y] of four neighbouring pixels; channel 0 where y is ignored. */
// @ts-ignore: decorator
@inline
function gatherLogits(x: usize, stride: i32, y: v128): v128 {
  const clipped = i32x4.max_s(y, zero());
  const step = <usize>stride << 2;
  let v = f32x4.splat(load<f32>(x + <usize>i32x4.extract_lane(clipped, 0) * step));
  v = f32x4.replace_lane(v, 1, load<f32>(x + 4 + <usize>i32x4.extract_lane(clipped, 1) * step));
  v = f32x4.replace_lane(v, 2, load<f32>(x + 8 + <usize>i32x4.extract_lane(clipped, 2) * step));
  return f32x4.replace_lane(v, 3, load<f32>(x + 12 + <usize>i32x4.extract_lane(clipped, 3) * step));
}

/** w[y] of four pixels; w[0] where y is ignored. */
// @ts-ignore: decorator
@inline
export function gatherWeights(weights: usize, y: v128): v128 {
  const clipped = i32x4.max_s(y, zero());
  let v = f32x4.splat(load<f32>(weights + (<usize>i32x4.extract_lane(clipped, 0) << 2)));
  v = f32x4.replace_lane(v, 1, load<f32>(weights + (<usize>i32x4.extract_lane(clipped, 1) << 2)));
  v = f32x4.replace_lane(v, 2, load<f32>(weights + (<usize>i32x4.extract_lane(clipped, 2) << 2)));
  return f32x4.replace_lane(v, 3, load<f32>(weights + (<usize>i32x4.extract_lane(clipped, 3) << 2)));
}
