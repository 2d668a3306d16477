/** Log-cosh Dice. @module */

import type { LossDefinition } from "../definition.ts";
import { overlapTerm } from "../families/overlap.ts";
import { type ClassScoreOptions, classScoreFields, smoothingOf } from "../families/overlap-options.ts";
import type { Bent } from "../families/overlap-parts.ts";
import { type FocusOptions, focusedRule, focusField } from "../families/overlap-score.ts";
import type { Loss } from "../loss.ts";
import { diceScore } from "../reference/overlap-scores.ts";
import { defineLoss } from "../single-loss.ts";

export interface LogCoshDiceOptions extends ClassScoreOptions, FocusOptions {}

export const logCoshDiceDefinition: LossDefinition = {
  id: "log-cosh-dice",
  formula:
    "L = log(cosh(d)), d = mean over classes of 1 - (2 I + s) / (P + G + s), sums over the batch; dL/dd = tanh(d)",
  source: "Jadon, A survey of loss functions for semantic segmentation, CIBCB 2020.",
  coupling: "sums",
  kernel: "simd",
  fields: { ...focusField("mean"), ...classScoreFields(1) },
  resolve(checked, classes) {
    const options = checked as LogCoshDiceOptions;
    const { focus = "mean" } = options;
    const smoothing = smoothingOf(options, 1);
    const { id } = this;
    const rule = focusedRule(
      { id, options, classes, scoreOf: (sums) => diceScore(sums, smoothing) },
      focus,
      logCosh,
    );
    return overlapTerm({ id, options, classes, rule, kernel: "exact" });
  },
};

/**
 * Logarithm of the hyperbolic cosine of the Dice loss: `[N, C, ...spatial]` logits against labels `[N, ...spatial]`
 * (softmax) or dense targets in [0, 1]. Its gradient falls to 0 with the loss.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`, and at the first call `OPTION_CONFLICT`.
 */
export function logCoshDice(options: LogCoshDiceOptions = {}): Loss {
  return defineLoss(logCoshDiceDefinition, options);
}

/** log(cosh u) = log(1 + sinh(u)^2) / 2, exact near 0. */
function logCosh(loss: number): Bent {
  return { value: Math.log1p(Math.sinh(loss) ** 2) / 2, slope: Math.tanh(loss) };
}
