/** Combo: a weighted cross-entropy less Dice. @module */

import type { LossDefinition } from "../definition.ts";
import { accumulateField } from "../families/accumulate-option.ts";
import type { CompoundOptions } from "../families/compound-options.ts";
import { activationFields, inputField, PROBABILITIES_FLOORED } from "../families/input-options.ts";
import { smoothingOf } from "../families/overlap-options.ts";
import { scoreTerm } from "../families/overlap-score.ts";
import { pixelMeanTerm } from "../families/pixel-mean.ts";
import { sidedKernel } from "../families/pixel-mean-kernel.ts";
import type { Loss } from "../loss.ts";
import {
  sidedOfLogit,
  sidedOfPixel,
  sidedOfProbabilities,
  sidedOfProbability,
} from "../reference/one-vs-rest.ts";
import { diceScore } from "../reference/overlap-scores.ts";
import { defineLoss } from "../single-loss.ts";

export interface ComboOptions extends CompoundOptions {
  /** Share of the cross-entropy, 0 to 1; 0.5 by default. */
  readonly alpha?: number;
  /** Weight of what is there in the cross-entropy, 0 to 1; what is not there has the rest. 0.5 by default. */
  readonly beta?: number;
  /** Added to numerator and denominator of Dice, in pixels, at least 0; 1 by default. */
  readonly smooth?: number;
}

export const comboDefinition: LossDefinition = {
  id: "combo",
  formula:
    "L = a mean of -(b g log p + (1 - b) (1 - g) log(1 - p)) - (1 - a) mean over classes of (2 I + s) / (P + G + s), sums " +
    "over the batch",
  source:
    "Taghanaki et al., Combo loss: Handling input and output imbalance in multi-organ segmentation, Computerized Medical " +
    "Imaging and Graphics 2019, S = 1: every class counts against the rest, also under a softmax. From a - 1 upwards.",
  coupling: "sums",
  kernel: "simd",
  fields: {
    alpha: { kind: "number", min: 0, max: 1, default: 0.5, doc: "Share of the cross-entropy." },
    beta: {
      kind: "number",
      min: 0,
      max: 1,
      default: 0.5,
      doc: "Weight of what is there in the cross-entropy.",
    },
    smooth: {
      kind: "number",
      min: 0,
      default: 1,
      doc: "Added to numerator and denominator of Dice, in pixels.",
    },
    ...activationFields,
    ...inputField(PROBABILITIES_FLOORED),
    ...accumulateField("batch"),
  },
  resolveTerms(checked, classes) {
    const options = checked as ComboOptions;
    const { alpha = 0.5, beta = 0.5 } = options;
    const smoothing = smoothingOf(options, 1);
    const crossEntropy = pixelMeanTerm("cross-entropy", options, classes, {
      element: (x, t) => sidedOfLogit(x, t, beta),
      elementOfProbability: (p, t) => sidedOfProbability(p, t, beta),
      pixel: (pixel, scale) => sidedOfPixel(pixel, beta, scale),
      pixelOfProbabilities: (pixel, scale) => sidedOfProbabilities(pixel, beta, scale),
      kernel: sidedKernel(beta),
    });
    const dice = scoreTerm({
      id: "dice",
      options: { ...options, form: "negative" },
      classes,
      kernel: "simd",
      scoreOf: (sums) => diceScore(sums, smoothing),
    });
    return [
      { weight: alpha, term: crossEntropy },
      { weight: 1 - alpha, term: dice },
    ];
  },
};

/**
 * Combo loss: `[N, C, ...spatial]` logits against labels `[N, ...spatial]` (softmax) or dense targets in [0, 1]. Dice is
 * subtracted, so the value may be negative. The result has a term `cross-entropy` and a term `dice`.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function combo(options: ComboOptions = {}): Loss {
  return defineLoss(comboDefinition, options);
}
