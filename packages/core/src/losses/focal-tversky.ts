/** Focal Tversky. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import { type ErrorWeightOptions, errorWeightFields, errorWeightsOf } from "../families/error-weights.ts";
import { overlapTerm } from "../families/overlap.ts";
import {
  type ClassScoreOptions,
  classMeanFields,
  classScoreFields,
  smoothingOf,
} from "../families/overlap-options.ts";
import { smpOverlap } from "../families/overlap-presets.ts";
import { type FocusOptions, focusedRule, focusField, powerOfLoss } from "../families/overlap-score.ts";
import type { Loss } from "../loss.ts";
import { tverskyScore } from "../reference/overlap-scores.ts";
import { defineLoss } from "../single-loss.ts";

export interface FocalTverskyOptions extends ClassScoreOptions, ErrorWeightOptions, FocusOptions {
  readonly preset?: Preset;
  /** The exponent, more than 0; 0.75 by default. The paper's gamma is its inverse. */
  readonly gamma?: number;
  readonly form?: "one-minus" | "log";
}

export const focalTverskyDefinition: LossDefinition = {
  id: "focal-tversky",
  formula:
    "L = mean over classes of u^gamma, u = 1 - (I + s) / (I + a (P - I) + b (G - I) + s); du^gamma/du is bounded by its " +
    "value at u = 1e-7",
  source:
    "Abraham, Khan, A Novel Focal Tversky Loss Function with Improved Attention U-Net for Lesion Segmentation, ISBI 2019, " +
    "with gamma for the paper's 1 / gamma, as the implementations have it.",
  coupling: "sums",
  kernel: "simd",
  fields: {
    gamma: { kind: "number", min: 1e-3, default: 0.75, doc: "The exponent, the inverse of the paper's." },
    ...focusField("class"),
    ...errorWeightFields,
    ...classScoreFields(1),
    form: { ...classMeanFields["form"]!, kind: "choice", values: ["one-minus", "log"] },
  },
  presets: {
    smp: {
      options: { ...smpOverlap, focus: "mean", gamma: 1 },
      note:
        "segmentation_models_pytorch.losses.TverskyLoss with its gamma, an exponent of the mean over classes. Its slope is " +
        "bounded here where the mean is 0.",
    },
  },
  resolve(checked, classes) {
    const options = checked as FocalTverskyOptions;
    const { gamma = 0.75, focus = "class" } = options;
    const smoothing = smoothingOf(options, 1);
    const weights = errorWeightsOf(options);
    const { id } = this;
    const rule = focusedRule(
      { id, options, classes, scoreOf: (sums) => tverskyScore(sums, weights, smoothing) },
      focus,
      powerOfLoss(gamma),
    );
    return overlapTerm({ id, options, classes, rule, kernel: "exact" });
  },
};

/**
 * Focal Tversky loss: `[N, C, ...spatial]` logits against labels `[N, ...spatial]` (softmax) or dense targets in [0, 1].
 *
 * With a gamma below 1 the slope of u^gamma has no bound at a perfect prediction, u = 0: below u = 1e-7 it stays what it
 * is there.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`, and at the first call `OPTION_CONFLICT`.
 */
export function focalTversky(options: FocalTverskyOptions = {}): Loss {
  return defineLoss(focalTverskyDefinition, options);
}
