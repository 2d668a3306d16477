/**
 * Cross-entropy of a tile after its softmax, with class weights and label smoothing.
 *
 *   l = (1 - s) w_y (-log p_y) + s/C sum_k w_k (-log p_k),   -log p_y = log((1 + r) / e_y)
 *   dl/dx_k = (1 - s) w_y (p_k - [k = y]) + s/C (p_k W - w_k),   W = sum_k w_k
 *
 * Where y is the largest class, e_y is 1: what 1 + r rounds away is added to the log, and p_y - 1 is taken as
 * -r / (1 + r), so that neither cancels.
 */
import { gather, gatherRows, largestOf, scaleRows, scatterToRows } from "./labels";
import { addTo, flush, log4, one, zero } from "./math";
import { surpriseOf } from "./plain-cross-entropy";

/**
 * `sums[0] += sum of losses`; `elements` is written unless 0. `grad`, unless 0, takes `scale` times the gradient; with
 * `adds` it is added. `weights` is 0 where all are 1. `own`, `factor` and `pull` are scratch of a row each.
 * `x` are the logits that e came of.
 */
export function crossEntropy(
  x: usize, xStride: i32, e: usize, eStride: i32, labels: usize, r: usize, weights: usize, smoothing: f32,
  channels: i32, n: i32, scale: f32, elements: usize, grad: usize, gradStride: i32, adds: bool,
  own: usize, factor: usize, pull: usize, sums: usize,
): void {
  const bytes = <usize>n << 2;
  const xStep = <usize>xStride << 2;
  const eStep = <usize>eStride << 2;
  const gradStep = <usize>gradStride << 2;
  const keep = f32x4.splat(1 - smoothing);
  const share = f32x4.splat(smoothing / <f32>channels);
  const s = f32x4.splat(scale);
  let total: f32 = 0;
  if (weights == 0) total = <f32>channels;
  else for (let k = 0; k < channels; k++) total += load<f32>(weights + (<usize>k << 2));
  let sum = zero();
  for (let i: usize = 0; i < bytes; i += 16) {
    const y = v128.load(labels + i);
    const counted = i32x4.ge_s(y, zero());
    const rest = v128.load(r + i);
    const whole = f32x4.add(one(), rest);
    const inverse = f32x4.div(one(), whole);
    const ey = gatherRows(e + i, eStep, y);
    const surprise = surpriseOf(x + i, xStep, e + i, eStep, y, rest, channels);
    const wy = weights == 0 ? one() : gather(weights, y);
    let loss = f32x4.mul(f32x4.mul(keep, wy), surprise);
    if (smoothing > 0) {
      const lost = f32x4.mul(f32x4.sub(rest, f32x4.sub(whole, one())), inverse);
      const base = f32x4.add(f32x4.add(log4(whole), lost), largestOf(x + i, xStep, channels));
      let all = zero();
      for (let k = 0; k < channels; k++) {
        const surpriseOfK = f32x4.sub(base, v128.load(x + i + <usize>k * xStep));
        all = f32x4.add(all, f32x4.mul(weightOf(weights, k), surpriseOfK));
      }
      loss = f32x4.add(loss, f32x4.mul(share, all));
    }
    loss = v128.and(loss, counted);
    if (elements != 0) v128.store(elements + i, loss);
    sum = addTo(sum, loss);
    if (grad == 0) continue;
    const f = v128.and(f32x4.mul(f32x4.mul(s, keep), wy), counted);
    const c = v128.and(f32x4.mul(s, share), counted);
    const isLargest = f32x4.eq(ey, one());
    const py = f32x4.mul(ey, inverse);
    const less = v128.bitselect(f32x4.neg(f32x4.mul(rest, inverse)), f32x4.sub(py, one()), isLargest);
    let g = f32x4.mul(f, less);
    if (smoothing > 0) {
      g = f32x4.add(g, f32x4.mul(c, f32x4.sub(f32x4.mul(py, f32x4.splat(total)), wy)));
      v128.store(pull + i, c);
    }
    if (adds) g = f32x4.add(g, gatherRows(grad + i, gradStep, y));
    v128.store(own + i, g);
    v128.store(factor + i, f32x4.mul(f32x4.add(f, f32x4.mul(c, f32x4.splat(total))), inverse));
  }
  flush(sums, sum);
  if (grad == 0) return;
  if (smoothing > 0) {
    for (let k = 0; k < channels; k++) {
      const from = e + <usize>k * eStep;
      const to = grad + <usize>k * gradStep;
      const wk = weightOf(weights, k);
      for (let i: usize = 0; i < bytes; i += 16) {
        const g = f32x4.mul(v128.load(from + i), v128.load(factor + i));
        storeGrad(to + i, f32x4.sub(g, f32x4.mul(wk, v128.load(pull + i))), adds);
      }
    }
  } else scaleRows(e, eStep, factor, grad, gradStep, channels, bytes, adds);
  scatterToRows(own, labels, n, grad, gradStep);
}

// @ts-ignore: decorator
@inline
function storeGrad(grad: usize, g: v128, adds: bool): void {
  v128.store(grad, adds ? f32x4.add(v128.load(grad), g) : g);
}

// @ts-ignore: decorator
@inline
function weightOf(weights: usize, k: i32): v128 {
  return weights == 0 ? one() : v128.load32_splat(weights + (<usize>k << 2));
}
