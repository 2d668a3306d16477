/** Means over pixels of functions of -log p: softmax of several channels, or one channel against the background. @module */
import {
  costOfForeground,
  costOfLogit,
  costOfPixel,
  costOfProbabilities,
  type LogLossCost,
} from "../reference/log-loss-cost.ts";
import type { Term } from "../term.ts";
import type { CompoundOptions } from "./compound-options.ts";
import { pixelMeanTerm } from "./pixel-mean.ts";
import { type LogLossForm, logLossKernel } from "./pixel-mean-kernel.ts";

/**
 * Channels of the input, one of which stands for two classes.
 * @param form - `cost` as the kernels know it.
 */
export function logLossCostTerm(
  id: string,
  options: Omit<CompoundOptions, "activation">,
  channels: number,
  cost: LogLossCost,
  form: LogLossForm,
): Term {
  const activation = channels === 1 ? "sigmoid" : "softmax";
  return pixelMeanTerm(id, { ...options, activation }, channels, {
    element: (x, t) => costOfLogit(x, t, cost),
    elementOfProbability: (p, t) => costOfForeground(p, t, cost),
    pixel: (pixel, scale) => costOfPixel(pixel, cost, scale),
    pixelOfProbabilities: (pixel, scale) => costOfProbabilities(pixel, cost, scale),
    kernel: logLossKernel(form),
  });
}
