/**
 * The losses that hard pixels are chosen by, of one pixel or one of its channels, float64.
 *
 *   cross-entropy         l = -sum_k w_k t_k log p_k over the open classes
 *   binary cross-entropy  l_c = w_c b(x_c, t_c) of each channel
 *
 * Of probabilities, logarithms are clamped as PyTorch's BCELoss does (clamped-log.ts).
 */
import { logsOfLogit, logsOfProbability, weighedLogs } from "./binary-logs.ts";
import { clampedLog, PYTORCH_CLAMPING } from "./clamped-log.ts";
import { crossEntropyOfPixel, crossEntropyOfProbabilities } from "./cross-entropy.ts";
import type { Pixel } from "./pixel.ts";

/** The loss of a pixel that counts, in row `row`; adds `scale` times its gradient with respect to the input to `grad`. */
export type RowLoss = (pixel: Pixel, row: number, scale: number) => number;

/** The cross-entropy of a pixel, its one row. */
export function crossEntropyRow(input: "logits" | "probabilities", weights: readonly number[]): RowLoss {
  if (input === "logits") return (pixel, _, scale) => crossEntropyOfPixel(pixel, weights, 0, scale);
  const logOf = clampedLog(PYTORCH_CLAMPING);
  return (pixel, _, scale) => crossEntropyOfProbabilities(pixel, weights, 0, scale, {}, logOf, false);
}

/** The binary cross-entropy of a channel. */
export function binaryCrossEntropyRow(
  input: "logits" | "probabilities",
  weights: readonly number[],
): RowLoss {
  const logsOf = input === "logits" ? logsOfLogit : logsOfProbability(PYTORCH_CLAMPING);
  return ({ x, t, grad }, c, scale) => {
    const { value, slope } = weighedLogs(logsOf(x[c]), t[c], 1 - t[c]);
    grad[c] += scale * weights[c] * slope;
    return weights[c] * value;
  };
}
