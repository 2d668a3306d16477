/**
 * Hard mining: the mean loss of the pixels that are hardest, ranked over an image or over the batch. Members differ in
 * how many they keep.
 *
 *   L = sum of l_i over what is kept / its number,  dL/dl_i = 1 / the number where kept, else 0
 *
 * What is kept has no gradient of its own. Pixels of the same loss rank in pixel order.
 *
 * @module
 */
import type { OptionFields } from "../options.ts";
import { binaryCrossEntropyRow, crossEntropyRow, type RowLoss } from "../reference/hard-pixel.ts";
import type { Term } from "../term.ts";
import { classWeightsField } from "./class-options.ts";
import type { CommonOptions } from "./common-options.ts";
import { hardPixelKernel } from "./hard-pixel-kernel.ts";
import { type HardestRule, rankHardest } from "./hardest.ts";
import { type InputOptions, inputField, LOGARITHMS_FLOORED } from "./input-options.ts";
import { rankedTerm } from "./ranked.ts";

export interface HardPixelOptions extends CommonOptions, InputOptions {
  /** One weight per class, at least 0, which multiplies the loss and does not enter the divisor; all 1 by default. */
  readonly classWeights?: readonly number[];
}

export const hardPixelFields: OptionFields = {
  ...inputField(LOGARITHMS_FLOORED),
  ...classWeightsField(", which multiplies the loss and does not enter the divisor"),
};

export interface HardPixelLoss extends HardestRule {
  readonly id: string;
  readonly options: HardPixelOptions;
  readonly classes: number;
  readonly scope: "image" | "batch";
  readonly targets: Term["targets"];
}

export function hardPixelTerm(loss: HardPixelLoss): Term {
  const { id, options, classes, base, scope, targets, classWeights, rankedBy } = loss;
  const { input = "logits" } = options;
  const weighted = rankedBy === "weighted-loss";
  const weights = weighted ? classWeights : classWeights.map(() => 1);
  const lossOf: RowLoss =
    base === "cross-entropy" ? crossEntropyRow(input, weights) : binaryCrossEntropyRow(input, weights);
  return rankedTerm({
    id,
    options,
    classes,
    rows: base === "cross-entropy" ? 1 : classes,
    scope,
    activation: base === "cross-entropy" ? "softmax" : "sigmoid",
    input,
    targets,
    slope: "input",
    measure: (pixel, row) => (weighted ? pixel.weight : 1) * lossOf(pixel, row, 0),
    rank: (unit) => rankHardest(loss, unit),
    addGrad: (pixel, row, scale) => lossOf(pixel, row, (weighted ? pixel.weight : 1) * scale),
    ...(input === "logits" && { kernel: hardPixelKernel(loss) }),
  });
}

/** How many pixels `percent` of `length` are, rounded down, but at least one: a mean of nothing says nothing. */
export function pixelsIn(length: number, percent: number): number {
  return Math.max(1, Math.floor((length * percent) / 100));
}
