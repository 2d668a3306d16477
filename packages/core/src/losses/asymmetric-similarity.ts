/** Asymmetric similarity. @module */

import type { LossDefinition } from "../definition.ts";
import { type ClassScoreOptions, classScoreFields, smoothingOf } from "../families/overlap-options.ts";
import { scoreTerm } from "../families/overlap-score.ts";
import type { Loss } from "../loss.ts";
import { tverskyScore } from "../reference/overlap-scores.ts";
import { defineLoss } from "../single-loss.ts";

export interface AsymmetricSimilarityOptions extends ClassScoreOptions {
  /** How many times as much recall counts as precision, at least 0; 1.5 by default. */
  readonly beta?: number;
}

export const asymmetricSimilarityDefinition: LossDefinition = {
  id: "asymmetric-similarity",
  formula:
    "L = mean over classes of 1 - (tp + s) / (tp + b fn + (1 - b) fp + s), b = beta^2 / (1 + beta^2): 1 - F_beta of soft " +
    "counts over the batch",
  source:
    "Hashemi et al., Asymmetric Loss Functions and Deep Densely-Connected Networks for Highly-Imbalanced Medical Image " +
    "Segmentation, IEEE Access 2018; SegLossOdyssey AsymLoss, which is the negative of the similarity (form " +
    "negative).",
  coupling: "sums",
  kernel: "simd",
  fields: {
    beta: { kind: "number", min: 0, default: 1.5, doc: "How many times as much recall counts as precision." },
    ...classScoreFields(1),
  },
  resolve(checked, classes) {
    const options = checked as AsymmetricSimilarityOptions;
    const { beta = 1.5 } = options;
    const smoothing = smoothingOf(options, 1);
    const falseNegative = beta ** 2 / (1 + beta ** 2);
    const weights = { falseNegative, falsePositive: 1 - falseNegative };
    return scoreTerm({
      id: this.id,
      options,
      classes,
      kernel: "simd",
      scoreOf: (sums) => tverskyScore(sums, weights, smoothing),
    });
  },
};

/**
 * Asymmetric similarity loss, 1 - F_beta: `[N, C, ...spatial]` logits against labels `[N, ...spatial]` (softmax) or dense
 * targets in [0, 1].
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`, and at the first call `OPTION_CONFLICT`.
 */
export function asymmetricSimilarity(options: AsymmetricSimilarityOptions = {}): Loss {
  return defineLoss(asymmetricSimilarityDefinition, options);
}
