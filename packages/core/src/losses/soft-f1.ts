/** Soft F1. @module */

import type { LossDefinition } from "../definition.ts";
import { type ClassScoreOptions, classScoreFields, smoothingOf } from "../families/overlap-options.ts";
import { scoreTerm } from "../families/overlap-score.ts";
import type { Loss } from "../loss.ts";
import { diceScore } from "../reference/overlap-scores.ts";
import { defineLoss } from "../single-loss.ts";

export type SoftF1Options = ClassScoreOptions;

export const softF1Definition: LossDefinition = {
  id: "soft-f1",
  formula:
    "L = mean over classes of 1 - 2 tp / (2 tp + fn + fp + s), tp = sum p g, fp = sum p (1 - g), fn = sum (1 - p) g over the batch",
  source:
    "pytorch-toolbelt soft_micro_f1, s = 1e-6: the Dice loss smoothed in its denominator only, so that a class without " +
    "ground truth costs 1.",
  coupling: "sums",
  kernel: "simd",
  fields: classScoreFields(0, 1e-6),
  resolve(checked, classes) {
    const options = checked as SoftF1Options;
    const smoothing = smoothingOf(options, 0, 1e-6);
    return scoreTerm({
      id: this.id,
      options,
      classes,
      kernel: "simd",
      scoreOf: (sums) => diceScore(sums, smoothing),
    });
  },
};

/**
 * Soft F1 loss: `[N, C, ...spatial]` logits against labels `[N, ...spatial]` (softmax) or dense targets in [0, 1].
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`, and at the first call `OPTION_CONFLICT`.
 */
export function softF1(options: SoftF1Options = {}): Loss {
  return defineLoss(softF1Definition, options);
}
