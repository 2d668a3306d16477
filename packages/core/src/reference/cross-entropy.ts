/**
 * Softmax cross-entropy of one pixel, float64.
 *
 *   q_k = (1 - s) t_k + s/C over the C open classes
 *   l = sum_k w_k q_k (-log p_k)
 *   dl/dx_k = p_k sum_j w_j q_j - w_k q_k
 */
import type { Pixel } from "./pixel.ts";

/** The loss; adds `scale` times its gradient to `pixel.grad`. */
export function crossEntropyOfPixel(
  { t, p, logp, open, grad, classes }: Pixel,
  weights: ArrayLike<number>,
  smoothing: number,
  scale: number,
): number {
  const openClasses = open.reduce((sum, c) => sum + c, 0);
  const wq = (k: number) => weights[k] * ((1 - smoothing) * t[k] + smoothing / openClasses);
  let loss = 0;
  let total = 0;
  let top = 0;
  for (let k = 0; k < classes; k++) {
    if (open[k] === 0) continue;
    // 0 log 0 is 0: what the target does not ask for costs nothing.
    if (wq(k) !== 0) loss -= wq(k) * logp[k];
    total += wq(k);
    if (p[k] > p[top]) top = k;
  }
  // p_top = 1 - rest, so that a pixel which is confidently right keeps its small gradient.
  let rest = 0;
  for (let k = 0; k < classes; k++) if (k !== top) rest += p[k];
  for (let k = 0; k < classes; k++) {
    if (open[k] === 0) continue;
    grad[k] += scale * (k === top ? total - wq(k) - rest * total : p[k] * total - wq(k));
  }
  return loss;
}
