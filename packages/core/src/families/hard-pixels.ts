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
import type { FieldUnit } from "../field.ts";
import type { OptionFields } from "../options.ts";
import { binaryCrossEntropyRow, crossEntropyRow, type RowLoss } from "../reference/hard-pixel.ts";
import type { Term } from "../term.ts";
import { classWeightsField } from "./class-options.ts";
import type { CommonOptions } from "./common-options.ts";
import { descendingOrder } from "./descending-order.ts";
import { hardPixelKernel } from "./hard-pixel-kernel.ts";
import { type InputOptions, inputField, LOGARITHMS_FLOORED } from "./input-options.ts";
import { countedPixels, rankedTerm } from "./ranked.ts";
import { type Ranking, rankingOf } from "./ranking.ts";

export interface HardPixelOptions extends CommonOptions, InputOptions {
  /** One weight per class, at least 0, which multiplies the loss and does not enter the divisor; all 1 by default. */
  readonly classWeights?: readonly number[];
}

export const hardPixelFields: OptionFields = {
  ...inputField(LOGARITHMS_FLOORED),
  ...classWeightsField(", which multiplies the loss and does not enter the divisor"),
};

export interface HardPixelLoss {
  readonly id: string;
  readonly options: HardPixelOptions;
  readonly classes: number;
  readonly base: "cross-entropy" | "binary-cross-entropy";
  readonly scope: "image" | "batch";
  readonly targets: Term["targets"];
  readonly classWeights: readonly number[];
  /** Whether pixels rank by their loss with all weights on it, or by -log p_y, to be weighed when kept (labels only). */
  readonly rankedBy: "weighted-loss" | "log-probability";
  /** Whether ignored pixels rank too, with a loss of 0. */
  readonly among: "valid" | "all";
  /** How many of the hardest are kept. */
  keep(ranking: Ranking): number;
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

export function rankHardest(
  { rankedBy, among, classWeights, keep }: HardPixelLoss,
  { values, target, weights }: FieldUnit,
): number {
  const members = among === "all" ? Uint32Array.from(values.keys()) : countedPixels(target);
  const order = descendingOrder(values, members);
  const ranked = Float64Array.from(order, (i) => values[i]);
  const factorOf = (i: number) =>
    rankedBy === "weighted-loss" ? 1 : (weights?.[i] ?? 1) * classWeights[target[i]];
  const count = keep(rankingOf(ranked));
  let sum = 0;
  values.fill(0);
  for (let k = 0; k < count; k++) {
    const i = order[k];
    sum += factorOf(i) * ranked[k];
    values[i] = factorOf(i) / count;
  }
  return count === 0 ? 0 : sum / count;
}

/** How many pixels `percent` of `length` are, rounded down, but at least one: a mean of nothing says nothing. */
export function pixelsIn(length: number, percent: number): number {
  return Math.max(1, Math.floor((length * percent) / 100));
}
