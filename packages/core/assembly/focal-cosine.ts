/**
 * Focal cosine loss of the labels of a tile of logits, v = x / |x|, p = softmax(v):
 *
 *   l = 1 - v_y + f u^g L,  L = -log p_y,  u = 1 - p_y,  h = f u^g (1 + g p_y L / u)
 *   dl/dv_k = h p_k - [k = y] (1 + h) = d_k,   dl/dx_k = (d_k - v_k sum_j v_j d_j) / |x|
 *
 * v is too short for p to be near 0 or 1. Where v_y is near 1, 1 - v_y and 1 - v_y^2 are taken from the others.
 */
import { gatherRows, largestOf, scatterToRows } from "./labels";
import { addTo, exp4, flush, log4, one, zero } from "./math";
import { pow4 } from "./pow";

const SHORTEST: usize = memory.data<f32>([1e-12]);
const HALF: usize = memory.data<f32>([0.5]);

/**
 * `sums[0] += sum of losses`; `elements` is written unless 0. `grad`, unless 0, takes `scale` times the gradient; with
 * `adds` it is added. `factor` is f; `work` is scratch of a row per channel, `own` of one.
 */
export function focalCosine(
  x: usize, xStride: i32, labels: usize, channels: i32, n: i32, factor: f32, gamma: f32, scale: f32, elements: usize,
  grad: usize, gradStride: i32, adds: bool, work: usize, workStride: i32, own: usize, sums: usize,
): void {
  const bytes = <usize>n << 2;
  const xStep = <usize>xStride << 2;
  const step = <usize>workStride << 2;
  const gradStep = <usize>gradStride << 2;
  let sum = zero();
  for (let i: usize = 0; i < bytes; i += 16) {
    const y = v128.load(labels + i);
    const counted = i32x4.ge_s(y, zero());
    let squares = zero();
    for (let k = 0; k < channels; k++) {
      const v = v128.load(x + i + <usize>k * xStep);
      squares = f32x4.add(squares, f32x4.mul(v, v));
    }
    const inverse = f32x4.div(one(), f32x4.pmax(f32x4.sqrt(squares), v128.load32_splat(SHORTEST)));
    for (let k = 0; k < channels; k++) {
      v128.store(work + i + <usize>k * step, f32x4.mul(v128.load(x + i + <usize>k * xStep), inverse));
    }
    const vy = gatherRows(work + i, step, y);
    const largest = largestOf(work + i, step, channels);
    let mass = zero();
    let others = zero();
    for (let k = 0; k < channels; k++) {
      const v = v128.load(work + i + <usize>k * step);
      mass = f32x4.add(mass, exp4(f32x4.sub(v, largest)));
      others = f32x4.add(others, v128.andnot(f32x4.mul(v, v), i32x4.eq(y, i32x4.splat(k))));
    }
    const share = f32x4.div(one(), mass);
    const surprise = f32x4.add(f32x4.sub(largest, vy), log4(mass));
    const p = f32x4.mul(exp4(f32x4.sub(vy, largest)), share);
    const u = f32x4.sub(one(), p);
    const m = f32x4.mul(f32x4.splat(factor), pow4(u, f32x4.splat(gamma), zero()));
    const h = f32x4.mul(m, f32x4.add(one(), f32x4.div(f32x4.mul(f32x4.mul(f32x4.splat(gamma), p), surprise), u)));
    const isNear = f32x4.gt(vy, v128.load32_splat(HALF));
    const angle = v128.bitselect(f32x4.div(others, f32x4.add(one(), vy)), f32x4.sub(one(), vy), isNear);
    const loss = v128.and(f32x4.add(angle, f32x4.mul(m, surprise)), counted);
    if (elements != 0) v128.store(elements + i, loss);
    sum = addTo(sum, loss);
    if (grad == 0) continue;
    const s = v128.and(f32x4.mul(f32x4.splat(scale), inverse), counted);
    let alongOthers = zero();
    for (let k = 0; k < channels; k++) {
      const v = v128.load(work + i + <usize>k * step);
      const pk = f32x4.mul(exp4(f32x4.sub(v, largest)), share);
      const part = f32x4.mul(f32x4.mul(v, h), pk);
      alongOthers = f32x4.add(alongOthers, v128.andnot(part, i32x4.eq(y, i32x4.splat(k))));
    }
    const dy = f32x4.neg(f32x4.add(one(), f32x4.mul(h, u)));
    const along = f32x4.add(alongOthers, f32x4.mul(vy, dy));
    const across = v128.bitselect(others, f32x4.sub(one(), f32x4.mul(vy, vy)), isNear);
    let gy = f32x4.mul(s, f32x4.sub(f32x4.mul(dy, across), f32x4.mul(vy, alongOthers)));
    if (adds) gy = f32x4.add(gy, gatherRows(grad + i, gradStep, y));
    v128.store(own + i, gy);
    for (let k = 0; k < channels; k++) {
      const v = v128.load(work + i + <usize>k * step);
      const pk = f32x4.mul(exp4(f32x4.sub(v, largest)), share);
      const g = f32x4.mul(s, f32x4.sub(f32x4.mul(h, pk), f32x4.mul(along, v)));
      const to = grad + i + <usize>k * gradStep;
      v128.store(to, adds ? f32x4.add(v128.load(to), g) : g);
    }
  }
  flush(sums, sum);
  if (grad != 0) scatterToRows(own, labels, n, grad, gradStep);
}
