/** Unified focal. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import { accumulateField } from "../families/accumulate-option.ts";
import type { CompoundOptions } from "../families/compound-options.ts";
import { inputField, PROBABILITIES_FLOORED } from "../families/input-options.ts";
import { logLossCostTerm } from "../families/log-loss-cost.ts";
import { overlapTerm } from "../families/overlap.ts";
import { classRule, lossOfScore, twoClassRule } from "../families/overlap-parts.ts";
import { powerOfLoss } from "../families/overlap-score.ts";
import type { Loss } from "../loss.ts";
import { focalCost } from "../reference/log-loss-cost.ts";
import { tverskyScore } from "../reference/overlap-scores.ts";
import { defineLoss } from "../single-loss.ts";

export interface UnifiedFocalOptions extends Omit<CompoundOptions, "activation" | "oneVsRest"> {
  readonly preset?: Preset;
  /** `asymmetric` (default) plays easy background pixels down and hard foreground classes up; `symmetric` does both to all. */
  readonly variant?: "asymmetric" | "symmetric";
  /** Share of the focal cross-entropy, 0 to 1; the focal Tversky has the rest. 0.5 by default. */
  readonly weight?: number;
  /** Weight of the foreground, and of false negatives, 0 to 1; 0.6 by default. */
  readonly delta?: number;
  /** How strongly, 0 (not at all) to less than 1; 0.5 by default. */
  readonly gamma?: number;
}

/** Keras's epsilon, which the authors' code adds to numerator and denominator. */
const SMOOTH = 1e-7;

export const unifiedFocalDefinition: LossDefinition = {
  id: "unified-focal",
  formula:
    "L = l mean of w_y (1 - p_y)^g_y (-log p_y) + (1 - l) mean over classes and images of u_c^(1 - g_c), w = 1 - delta " +
    "(background, class 0) or delta, u = 1 - Tversky of delta on false negatives and 1 - delta on false positives; " +
    "asymmetric: g_y = gamma for the background only, g_c = gamma for the foreground only",
  source:
    "Yeung, Sala, Schönlieb, Rundo, Unified Focal loss, Computerized Medical Imaging and Graphics 2022, with the exponents " +
    "of the authors' code; classes from 1 are foreground. The slope of u^(1 - gamma) is bounded by its value at u = 1e-7.",
  coupling: "sums",
  kernel: "simd",
  fields: {
    variant: {
      kind: "choice",
      values: ["asymmetric", "symmetric"],
      default: "asymmetric",
      doc: "Whether only easy background is played down and only hard foreground up, or both.",
    },
    weight: { kind: "number", min: 0, max: 1, default: 0.5, doc: "Share of the focal cross-entropy." },
    delta: {
      kind: "number",
      min: 0,
      max: 1,
      default: 0.6,
      doc: "Weight of the foreground, and of false negatives.",
    },
    gamma: { kind: "number", min: 0, max: 0.999, default: 0.5, doc: "How strongly; 0 for not at all." },
    ...inputField(PROBABILITIES_FLOORED),
    ...accumulateField("image"),
  },
  presets: {
    monai: {
      options: { variant: "asymmetric", weight: 0.5, gamma: 0.5, delta: 0.7 },
      note:
        "monai.losses.AsymmetricUnifiedFocalLoss, of any number of classes and from logits too. MONAI takes probabilities: " +
        "set input.",
    },
  },
  resolveTerms(checked, classes) {
    const options = checked as UnifiedFocalOptions;
    const { variant = "asymmetric", weight = 0.5, delta = 0.6, gamma = 0.5 } = options;
    const symmetric = variant === "symmetric";
    const weights = Array.from({ length: Math.max(2, classes) }, (_, c) => (c === 0 ? 1 - delta : delta));
    const gammas = { background: gamma, foreground: symmetric ? gamma : 0 };
    const focal = logLossCostTerm(
      "focal",
      options,
      classes,
      (logLoss, c) => focalCost(logLoss, weights[c], c === 0 ? gammas.background : gammas.foreground),
      { kind: "focal", weights, gammas },
    );
    const smoothing = { numerator: SMOOTH, denominator: SMOOTH, epsilon: 0 };
    const errors = { falsePositive: 1 - delta, falseNegative: delta };
    const hard = powerOfLoss(1 - gamma);
    const id = "focal-tversky";
    const rule = classRule({
      id,
      options: {},
      classes: Math.max(2, classes),
      lossOf: (sums) => lossOfScore(tverskyScore(sums, errors, smoothing), "one-minus", 0),
      bend: (loss, c) => (symmetric || c > 0 ? hard(loss) : { value: loss, slope: 1 }),
    });
    const tversky = overlapTerm({
      id,
      options,
      classes,
      rule: classes === 1 ? twoClassRule(rule) : rule,
      kernel: "exact",
      accumulate: "image",
    });
    return [
      { weight, term: focal },
      { weight: 1 - weight, term: tversky },
    ];
  },
};

/**
 * Unified focal loss, a focal cross-entropy and a focal Tversky loss: `[N, C, ...spatial]` logits against labels
 * `[N, ...spatial]` or dense targets in [0, 1]. One channel is the foreground, and its complement the background. The
 * result has a term `focal` and a term `focal-tversky`.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function unifiedFocal(options: UnifiedFocalOptions = {}): Loss {
  return defineLoss(unifiedFocalDefinition, options);
}
