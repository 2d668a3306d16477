/** Negative log-likelihood of labels, of numbers that are taken for log-probabilities: l = -w_y x_y. */
import { gather, gatherRows, scatterToRows } from "./labels";
import { addTo, flush, one, zero } from "./math";

/**
 * `sums[0] += sum of losses`; `elements` is written unless 0. `grad`, unless 0, takes `scale` times the gradient; with
 * `adds` it is added. `weights` is 0 where all are 1; `own` is scratch of a row.
 */
export function negativeLogLikelihood(
  x: usize, xStride: i32, labels: usize, weights: usize, channels: i32, n: i32, scale: f32, elements: usize,
  grad: usize, gradStride: i32, adds: bool, own: usize, sums: usize,
): void {
  const bytes = <usize>n << 2;
  const xStep = <usize>xStride << 2;
  const gradStep = <usize>gradStride << 2;
  let sum = zero();
  for (let i: usize = 0; i < bytes; i += 16) {
    const y = v128.load(labels + i);
    const counted = i32x4.ge_s(y, zero());
    const w = weights == 0 ? one() : gather(weights, y);
    const loss = v128.and(f32x4.neg(f32x4.mul(w, gatherRows(x + i, xStep, y))), counted);
    if (elements != 0) v128.store(elements + i, loss);
    sum = addTo(sum, loss);
    if (grad == 0) continue;
    let g = f32x4.mul(f32x4.splat(-scale), w);
    if (adds) g = f32x4.add(g, gatherRows(grad + i, gradStep, y));
    v128.store(own + i, g);
  }
  flush(sums, sum);
  if (grad == 0) return;
  if (!adds) {
    for (let k = 0; k < channels; k++) memory.fill(grad + <usize>k * gradStep, 0, bytes);
  }
  scatterToRows(own, labels, n, grad, gradStep);
}
