/** Exponential logarithmic. @module */

import type { LossDefinition } from "../definition.ts";
import { accumulateField } from "../families/accumulate-option.ts";
import { classWeightsField } from "../families/class-options.ts";
import type { CompoundOptions } from "../families/compound-options.ts";
import { inputField, PROBABILITIES_FLOORED } from "../families/input-options.ts";
import { logLossCostTerm } from "../families/log-loss-cost.ts";
import { overlapTerm } from "../families/overlap.ts";
import { smoothingOf } from "../families/overlap-options.ts";
import { classRule, lossOfScore, twoClassRule } from "../families/overlap-parts.ts";
import { powerOfLoss } from "../families/overlap-score.ts";
import type { Loss } from "../loss.ts";
import { perClass } from "../options.ts";
import { powerCost } from "../reference/log-loss-cost.ts";
import { diceScore } from "../reference/overlap-scores.ts";
import { defineLoss } from "../single-loss.ts";

export interface ExponentialLogarithmicOptions extends Omit<CompoundOptions, "activation" | "oneVsRest"> {
  /** Factor of the Dice part, at least 0; 0.8 by default. */
  readonly diceWeight?: number;
  /** Factor of the cross-entropy part, at least 0; 0.2 by default. */
  readonly crossEntropyWeight?: number;
  /** Exponent of -log Dice, more than 0; 0.3 by default. */
  readonly gammaDice?: number;
  /** Exponent of -log p, more than 0; 0.3 by default. */
  readonly gammaCrossEntropy?: number;
  /**
   * Weight of each class in the cross-entropy part, at least 0, all 1 by default; one channel takes two, background and
   * foreground. The paper's are sqrt(sum f / f_c) of the classes' frequencies f.
   */
  readonly classWeights?: readonly number[];
  /** Added to numerator and denominator of Dice, in pixels, at least 0; 1 by default. */
  readonly smooth?: number;
}

const exponent = { kind: "number", min: 1e-3, default: 0.3 } as const;
const factor = { kind: "number", min: 0 } as const;

export const exponentialLogarithmicDefinition: LossDefinition = {
  id: "exponential-logarithmic",
  formula:
    "L = 0.8 mean over classes of (-log D_c)^g + 0.2 mean over pixels of w_y (-log p_y)^g, D = (2 I + s) / (P + G + s), sums " +
    "over the batch",
  source:
    "Wong, Moradi, Tang, Syeda-Mahmood, 3D Segmentation with Exponential Logarithmic Loss for Highly Unbalanced Object " +
    "Sizes, MICCAI 2018, s = 1. Of u^g, u = -log D, the slope below u = 1e-7 is the one there.",
  coupling: "sums",
  kernel: "simd",
  fields: {
    diceWeight: { ...factor, default: 0.8, doc: "Factor of the Dice part." },
    crossEntropyWeight: { ...factor, default: 0.2, doc: "Factor of the cross-entropy part." },
    gammaDice: { ...exponent, doc: "Exponent of -log Dice." },
    gammaCrossEntropy: { ...exponent, doc: "Exponent of -log p." },
    ...classWeightsField(", in the cross-entropy part; one channel takes two, background and foreground"),
    smooth: { ...factor, default: 1, doc: "Added to numerator and denominator of Dice, in pixels." },
    ...inputField(PROBABILITIES_FLOORED),
    ...accumulateField("batch"),
  },
  resolveTerms(checked, classes) {
    const { classWeights = 1, ...options } = checked as ExponentialLogarithmicOptions;
    const { diceWeight = 0.8, crossEntropyWeight = 0.2, gammaDice = 0.3, gammaCrossEntropy = 0.3 } = options;
    const weights = perClass(this.id, "classWeights", classWeights, Math.max(2, classes));
    const smoothing = smoothingOf(options, 1);
    const id = "dice";
    const rule = classRule({
      id,
      options: {},
      classes: Math.max(2, classes),
      lossOf: (sums) => lossOfScore(diceScore(sums, smoothing), "log", 0),
      bend: powerOfLoss(gammaDice),
    });
    const dice = overlapTerm({
      id,
      options,
      classes,
      rule: classes === 1 ? twoClassRule(rule) : rule,
      kernel: "exact",
    });
    const crossEntropy = logLossCostTerm(
      "cross-entropy",
      options,
      classes,
      (logLoss, c) => powerCost(logLoss, weights[c], gammaCrossEntropy),
      {
        kind: "power",
        weights,
        gammas: { background: gammaCrossEntropy, foreground: gammaCrossEntropy },
      },
    );
    return [
      { weight: diceWeight, term: dice },
      { weight: crossEntropyWeight, term: crossEntropy },
    ];
  },
};

/**
 * Exponential logarithmic loss: `[N, C, ...spatial]` logits against labels `[N, ...spatial]` or dense targets in [0, 1].
 * One channel is the foreground, and its complement the background. The result has a term `dice` and a term
 * `cross-entropy`.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function exponentialLogarithmic(options: ExponentialLogarithmicOptions = {}): Loss {
  return defineLoss(exponentialLogarithmicDefinition, options);
}
