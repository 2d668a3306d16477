/** How Tversky losses weigh the two kinds of error. @module */
import type { OptionFields } from "../options.ts";
import type { ErrorWeights } from "../reference/overlap-scores.ts";

export interface ErrorWeightOptions {
  /** Weight of what is predicted and not there, at least 0; 0.5 by default. */
  readonly falsePositiveWeight?: number;
  /** Weight of what is there and not predicted, at least 0; 0.5 by default. */
  readonly falseNegativeWeight?: number;
}

export const errorWeightFields: OptionFields = {
  falsePositiveWeight: {
    kind: "number",
    min: 0,
    default: 0.5,
    doc: "Weight of what is predicted and not there; alpha in the paper, MONAI, smp and Keras.",
  },
  falseNegativeWeight: {
    kind: "number",
    min: 0,
    default: 0.5,
    doc: "Weight of what is there and not predicted; beta in the paper, MONAI, smp and Keras.",
  },
};

export function errorWeightsOf({
  falsePositiveWeight = 0.5,
  falseNegativeWeight = 0.5,
}: ErrorWeightOptions): ErrorWeights {
  return { falsePositive: falsePositiveWeight, falseNegative: falseNegativeWeight };
}
