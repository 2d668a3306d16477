/**
 * Softmax cross-entropy of one pixel, float64.
 *
 *   q_k = (1 - s) t_k + s/C over the C open classes
 *   v_k = w_k q_k, or, where the whole pixel is weighted, (sum_j w_j t_j) q_k
 *   l = sum_k v_k (-log p_k) + z (log sum_j exp x_j)^2
 *   dl/dx_k = p_k sum_j v_j - v_k + 2 z p_k log sum_j exp x_j
 */
import { chainLogSoftmax, indexOfLargest } from "./activations.ts";
import { openCount, type Pixel } from "./pixel.ts";
import { targetSmoothing } from "./target-smoothing.ts";
import type { ValueAndSlope } from "./value-and-slope.ts";

export interface CrossEntropyForm {
  /** Whether smoothing spreads the weights of all classes (`class`), or that of the pixel's own (`pixel`). */
  readonly smoothingWeights?: "class" | "pixel";
  /** What a dense target of 0 makes of log p = -Infinity: 0 (`skip`), or NaN (`multiply`). */
  readonly zeroTargets?: "skip" | "multiply";
  /** z. */
  readonly zLoss?: number;
}

/** The loss of logits; adds `scale` times its gradient to `pixel.grad`. */
export function crossEntropyOfPixel(
  pixel: Pixel,
  weights: ArrayLike<number>,
  smoothing: number,
  scale: number,
  form: CrossEntropyForm = {},
): number {
  const { x, p, logp, open, grad, classes } = pixel;
  const v = weightedTarget(pixel, weights, smoothing, form);
  const loss = surprise(pixel, v, form, (k) => logp[k]);
  chainLogSoftmax(p, open, (k) => -v(k), scale, grad);
  const { zLoss = 0 } = form;
  if (zLoss === 0) return loss;
  const top = indexOfLargest(p, open);
  const logSum = x[top] - logp[top];
  for (let k = 0; k < classes; k++) if (open[k] !== 0) grad[k] += scale * 2 * zLoss * logSum * p[k];
  return loss + zLoss * logSum ** 2;
}

/**
 * The loss of probabilities, with `logOf` in the place of the logarithm; under `normalized` they are divided by their
 * sum S over the open classes first:
 *
 *   u_k = p_k / S,   l = -sum_k v_k log u_k
 *   dl/dp_k = (d_k - sum_j u_j d_j) / S,   d_k = -v_k log'(u_k)
 *
 * Adds `scale` times the gradient to `pixel.grad`.
 */
export function crossEntropyOfProbabilities(
  pixel: Pixel,
  weights: ArrayLike<number>,
  smoothing: number,
  scale: number,
  form: CrossEntropyForm,
  logOf: (p: number) => ValueAndSlope,
  normalized: boolean,
): number {
  const { x, open, grad, classes } = pixel;
  const v = weightedTarget(pixel, weights, smoothing, form);
  let sum = normalized ? 0 : 1;
  if (normalized) for (let k = 0; k < classes; k++) sum += open[k] === 0 ? 0 : x[k];
  // Where all are 0 there is nothing to normalize.
  if (sum === 0) sum = 1;
  const loss = surprise(pixel, v, form, (k) => logOf(x[k] / sum).value);
  // What the target does not ask for has no slope, even on a probability of 0.
  const slope = (k: number) => (v(k) === 0 ? 0 : -v(k) * logOf(x[k] / sum).slope);
  let mean = 0;
  if (normalized) for (let k = 0; k < classes; k++) mean += open[k] === 0 ? 0 : (x[k] / sum) * slope(k);
  for (let k = 0; k < classes; k++) if (open[k] !== 0) grad[k] += (scale * (slope(k) - mean)) / sum;
  return loss;
}

/** The loss of log-probabilities, which may be any numbers; adds `scale` times its gradient, -v, to `pixel.grad`. */
export function crossEntropyOfLogProbabilities(
  pixel: Pixel,
  weights: ArrayLike<number>,
  smoothing: number,
  scale: number,
  form: CrossEntropyForm = {},
): number {
  const { x, open, grad, classes } = pixel;
  const v = weightedTarget(pixel, weights, smoothing, form);
  for (let k = 0; k < classes; k++) if (open[k] !== 0) grad[k] -= scale * v(k);
  return surprise(pixel, v, form, (k) => x[k]);
}

/** sum_j w_j t_j: the weight of the pixel as a whole. */
export function weightOfPixel({ y, t, open, classes }: Pixel, weights: ArrayLike<number>): number {
  if (y >= 0) return weights[y];
  let weight = 0;
  for (let k = 0; k < classes; k++) if (open[k] !== 0) weight += weights[k] * t[k];
  return weight;
}

/** v. */
function weightedTarget(
  pixel: Pixel,
  weights: ArrayLike<number>,
  smoothing: number,
  { smoothingWeights = "class" }: CrossEntropyForm,
): (k: number) => number {
  const { t, open } = pixel;
  const soften = targetSmoothing(smoothing, "uniform");
  const channels = smoothing === 0 ? 0 : openCount(open);
  if (smoothingWeights === "class") return (k) => weights[k] * soften(t[k], channels);
  const weight = weightOfPixel(pixel, weights);
  return (k) => weight * soften(t[k], channels);
}

/** sum_k v_k (-log p_k). */
function surprise(
  { y, open, classes }: Pixel,
  v: (k: number) => number,
  { zeroTargets = "skip" }: CrossEntropyForm,
  logOf: (k: number) => number,
): number {
  const skips = zeroTargets === "skip" || y >= 0;
  let loss = 0;
  for (let k = 0; k < classes; k++) {
    if (open[k] === 0) continue;
    const target = v(k);
    if (target !== 0 || !skips) loss -= target * logOf(k);
  }
  return loss;
}
