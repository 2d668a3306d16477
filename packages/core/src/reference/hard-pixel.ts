/**
 * The losses that hard pixels are chosen by, of one pixel or one of its channels, float64.
 *
 *   cross-entropy         l = -sum_k w_k t_k log p_k over the open classes
 *   binary cross-entropy  l_c = w_c b(x_c, t_c) of each channel (binary.ts)
 *
 * Of probabilities, logarithms are clamped at -100 and the divisor of the gradient at 1e-12, as for binary cross-entropy.
 */
import { binaryCrossEntropyOfLogit, binaryCrossEntropyOfProbability } from "./binary.ts";
import { crossEntropyOfPixel } from "./cross-entropy.ts";
import type { Pixel } from "./pixel.ts";

/** The loss of a pixel that counts, in row `row`; adds `scale` times its gradient with respect to the input to `grad`. */
export type RowLoss = (pixel: Pixel, row: number, scale: number) => number;

/** The cross-entropy of a pixel, its one row. */
export function crossEntropyRow(input: "logits" | "probabilities", weights: readonly number[]): RowLoss {
  return input === "logits"
    ? (pixel, _, scale) => crossEntropyOfPixel(pixel, weights, 0, scale)
    : (pixel, _, scale) => crossEntropyOfProbabilities(pixel, weights, scale);
}

/** The binary cross-entropy of a channel. */
export function binaryCrossEntropyRow(
  input: "logits" | "probabilities",
  weights: readonly number[],
): RowLoss {
  const element = input === "logits" ? binaryCrossEntropyOfLogit : binaryCrossEntropyOfProbability;
  return ({ x, t, grad }, c, scale) => {
    const { value, slope } = element(x[c], t[c], 1);
    grad[c] += scale * weights[c] * slope;
    return weights[c] * value;
  };
}

function crossEntropyOfProbabilities(
  { t, p, logp, open, grad, classes }: Pixel,
  weights: readonly number[],
  scale: number,
): number {
  let loss = 0;
  for (let k = 0; k < classes; k++) {
    const wt = weights[k] * t[k];
    if (open[k] === 0 || wt === 0) continue;
    loss -= wt * Math.max(logp[k], -100);
    grad[k] -= (scale * wt) / Math.max(p[k], 1e-12);
  }
  return loss;
}
