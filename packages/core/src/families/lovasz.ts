/**
 * The Lovász extension of the Jaccard loss over the errors of one class.
 *
 *   errors descending, e_1 >= e_2 >= ...;  J_k = 1 - I_k / U_k, the Jaccard loss when the first k pixels are wrong
 *   I_k = G - sum_{i <= k} w_i g_i,  U_k = G + sum_{i <= k} w_i (1 - g_i),  G = sum w g
 *   L = sum_k max(e_k, 0) (J_k - J_{k-1}),  dL/de_k = J_k - J_{k-1} where e_k > 0
 *
 * w is the pixel's weight: a pixel of weight 2 is worth two pixels, one of weight 0 is not there.
 * Berman, Triki, Blaschko, The Lovász-Softmax loss, CVPR 2018, algorithm 1.
 *
 * @module
 */
import type { FieldUnit } from "../field.ts";
import type { OptionFields } from "../options.ts";
import type { Pixel } from "../reference/pixel.ts";
import { type AccumulateOptions, accumulateField } from "./accumulate-option.ts";
import { classWeightsField } from "./class-options.ts";
import type { CommonOptions } from "./common-options.ts";
import { descendingOrder } from "./descending-order.ts";
import { countedPixels } from "./ranked.ts";

export interface LovaszOptions extends CommonOptions, AccumulateOptions {
  /** One weight per class, at least 0; all 1 by default. */
  readonly classWeights?: readonly number[];
  /** The mean over classes: `plain` (default) divides by their number, `normalized` by the sum of their weights. */
  readonly weighting?: "plain" | "normalized";
}

export const lovaszFields: OptionFields = {
  ...accumulateField("batch", "pixels are ranked"),
  ...classWeightsField(),
  weighting: {
    kind: "choice",
    values: ["plain", "normalized"],
    default: "plain",
    doc: "The mean over classes divides by their number, or by the sum of their weights.",
  },
};

/** Whether a pixel that counts is there for its weight too. */
export function isThere({ weight }: Pixel): boolean {
  return weight !== 0;
}

/** Whether a pixel makes a class present: it is there, and has some of the class. */
export function isPresent(pixel: Pixel, row: number): boolean {
  return isThere(pixel) && pixel.t[row] > 0;
}

/** The loss of a unit of errors; overwrites them with dL/de. Equal errors rank in pixel order. */
export function lovaszExtension({ values, target, weights }: FieldUnit): number {
  const order = descendingOrder(values, countedPixels(target, weights));
  const errors = values.slice();
  values.fill(0);
  const weightOf = (i: number) => weights?.[i] ?? 1;
  let intersection = 0;
  for (const i of order) intersection += weightOf(i) * target[i];
  let union = intersection;
  let loss = 0;
  for (const i of order) {
    const error = errors[i];
    if (error <= 0) break;
    const inside = weightOf(i) * target[i];
    const outside = weightOf(i) - inside;
    // I / U - (I - inside) / (U + outside) without its cancellation; of nothing and nothing, I / U is 1.
    const share = union === 0 ? 1 : (intersection * outside + inside * union) / (union * (union + outside));
    loss += share * error;
    values[i] = share;
    // Weights need not add up exactly.
    intersection = Math.max(0, intersection - inside);
    union += outside;
  }
  return loss;
}
