/**
 * The overlap family (Dice and its relatives): four sums per class, and a gradient affine in the target.
 *
 *   I_c = sum p g,  P_c = sum p,  G_c = sum g,  n_c = sum 1,  over what counts (first map)
 *   d_c = dL/dp_c = b_c - a_c g                                               (second map)
 *   softmax: dL/dx_k = p_k (d_k - sum_j p_j d_j)     sigmoid: dL/dx = p (1 - p) d
 *
 * The softmax chain is taken relative to the d of the largest class, which keeps it exact when p is near 0 or 1.
 */
import { addTo, exp4, flush, one, zero } from "./math";

/** sums[4c], ..., [4c + 3] += I, P, G, n of class c. */
export function overlapOfLabels(p: usize, stride: i32, labels: usize, channels: i32, n: i32, sums: usize): void {
  for (let k = 0; k < channels; k++) {
    const row = p + (<usize>(k * stride) << 2);
    const at = sums + <usize>(k * 32);
    let intersection = zero();
    let predicted = zero();
    let truth = zero();
    let all = zero();
    for (let i = 0; i < n; i += 4) {
      const y = v128.load(labels + (<usize>i << 2));
      const counted = i32x4.ge_s(y, zero());
      const pk = v128.and(v128.load(row + (<usize>i << 2)), counted);
      all = i32x4.sub(all, counted);
      const own = i32x4.eq(y, i32x4.splat(k));
      predicted = addTo(predicted, pk);
      intersection = addTo(intersection, v128.and(pk, own));
      truth = i32x4.sub(truth, own);
    }
    flush(at, intersection);
    flush(at + 8, predicted);
    flush(at + 16, addTo(zero(), f32x4.convert_i32x4_s(truth)));
    flush(at + 24, addTo(zero(), f32x4.convert_i32x4_s(all)));
  }
}

/** dL/dx of a softmax tile into `grad` (overwritten). `a`, `b`: float32 per class; `largest`: argmax per pixel. */
export function overlapOfLabelsGrad(
  p: usize, stride: i32, labels: usize, largest: usize, a: usize, b: usize,
  channels: i32, n: i32, grad: usize, gradStride: i32,
): void {
  for (let i = 0; i < n; i += 4) {
    const offset = <usize>i << 2;
    const y = v128.load(labels + offset);
    const counted = i32x4.ge_s(y, zero());
    const top = slopes(v128.load(largest + offset), y, a, b);
    let mean = zero();
    for (let k = 0; k < channels; k++) {
      const pk = v128.load(p + offset + (<usize>(k * stride) << 2));
      mean = f32x4.add(mean, f32x4.mul(pk, f32x4.sub(slope(k, y, a, b), top)));
    }
    for (let k = 0; k < channels; k++) {
      const pk = v128.load(p + offset + (<usize>(k * stride) << 2));
      const relative = f32x4.sub(f32x4.sub(slope(k, y, a, b), top), mean);
      v128.store(grad + offset + (<usize>(k * gradStride) << 2), v128.and(f32x4.mul(pk, relative), counted));
    }
  }
}

/** b_k - a_k [k = y] of four pixels. */
// @ts-ignore: decorator
@inline
function slope(k: i32, y: v128, a: usize, b: usize): v128 {
  const own = i32x4.eq(y, i32x4.splat(k));
  const at = <usize>k << 2;
  return f32x4.sub(v128.load32_splat(b + at), v128.and(v128.load32_splat(a + at), own));
}

/** The slope of a class per pixel. */
// @ts-ignore: decorator
@inline
function slopes(k: v128, y: v128, a: usize, b: usize): v128 {
  const own = i32x4.eq(k, y);
  return f32x4.sub(gather(b, k), v128.and(gather(a, k), own));
}

// @ts-ignore: decorator
@inline
function gather(from: usize, k: v128): v128 {
  let v = f32x4.splat(load<f32>(from + (<usize>i32x4.extract_lane(k, 0) << 2)));
  v = f32x4.replace_lane(v, 1, load<f32>(from + (<usize>i32x4.extract_lane(k, 1) << 2)));
  v = f32x4.replace_lane(v, 2, load<f32>(from + (<usize>i32x4.extract_lane(k, 2) << 2)));
  return f32x4.replace_lane(v, 3, load<f32>(from + (<usize>i32x4.extract_lane(k, 3) << 2)));
}

/** sums[0], ..., [3] += I, P, G, n of one sigmoid row. */
export function overlapOfTargets(x: usize, targets: usize, n: i32, sums: usize): void {
  let intersection = zero();
  let predicted = zero();
  let truth = zero();
  let all = zero();
  for (let i = 0; i < n; i += 4) {
    const t = v128.load(targets + (<usize>i << 2));
    const counted = f32x4.ge(t, zero());
    const v = v128.load(x + (<usize>i << 2));
    const e = exp4(f32x4.neg(f32x4.abs(v)));
    const far = f32x4.div(one(), f32x4.add(one(), e));
    const p = v128.and(v128.bitselect(far, f32x4.mul(e, far), f32x4.ge(v, zero())), counted);
    predicted = addTo(predicted, p);
    intersection = addTo(intersection, f32x4.mul(p, t));
    truth = addTo(truth, v128.and(t, counted));
    all = i32x4.sub(all, counted);
  }
  flush(sums, intersection);
  flush(sums + 8, predicted);
  flush(sums + 16, truth);
  flush(sums + 24, addTo(zero(), f32x4.convert_i32x4_s(all)));
}

/** p (1 - p) (b - a t) of one sigmoid row into `grad` (overwritten). */
export function overlapOfTargetsGrad(x: usize, targets: usize, n: i32, a: f32, b: f32, grad: usize): void {
  const aa = f32x4.splat(a);
  const bb = f32x4.splat(b);
  for (let i = 0; i < n; i += 4) {
    const offset = <usize>i << 2;
    const t = v128.load(targets + offset);
    const e = exp4(f32x4.neg(f32x4.abs(v128.load(x + offset))));
    const far = f32x4.div(one(), f32x4.add(one(), e));
    const chain = f32x4.mul(f32x4.mul(e, far), far);
    const g = f32x4.mul(chain, f32x4.sub(bb, f32x4.mul(aa, t)));
    v128.store(grad + offset, v128.and(g, f32x4.ge(t, zero())));
  }
}

