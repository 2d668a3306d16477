/**
 * Softmax cross-entropy of one pixel, float64.
 *
 *   l = (1 - s) w_y (-log p_y) + s/C sum_k w_k (-log p_k)
 *   dl/dx_k = (1 - s) w_y (p_k - [k = y]) + s/C (p_k sum_j w_j - w_k)
 */
import { logSoftmax } from "./activations.ts";
import type { ReferencePixel } from "./pixel.ts";

/** The loss; adds `scale` times its gradient to `pixel.grad`. */
export function crossEntropyOfPixel(
  pixel: ReferencePixel,
  weights: ArrayLike<number>,
  smoothing: number,
  scale: number,
): number {
  const { x, y, grad, classes } = pixel;
  if (y < 0) return 0;
  const logp = logSoftmax(x);
  let loss = -(1 - smoothing) * weights[y] * logp[y];
  let total = 0;
  for (let k = 0; k < classes; k++) {
    loss -= (smoothing / classes) * weights[k] * logp[k];
    total += weights[k];
  }
  for (let k = 0; k < classes; k++) {
    const p = Math.exp(logp[k]);
    // p - 1 = expm1(log p) does not cancel.
    const distance = k === y ? Math.expm1(logp[k]) : p;
    const pull = (smoothing / classes) * (p * total - weights[k]);
    grad[k] += scale * ((1 - smoothing) * weights[y] * distance + pull);
  }
  return loss;
}
