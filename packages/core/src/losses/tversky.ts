/** Tversky. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import { type ErrorWeightOptions, errorWeightFields, errorWeightsOf } from "../families/error-weights.ts";
import { type ClassScoreOptions, classScoreFields, smoothingOf } from "../families/overlap-options.ts";
import { kerasOverlap, korniaOverlap, smpOverlap } from "../families/overlap-presets.ts";
import { scoreTerm } from "../families/overlap-score.ts";
import type { Loss } from "../loss.ts";
import { tverskyScore } from "../reference/overlap-scores.ts";
import { defineLoss } from "../single-loss.ts";

export interface TverskyOptions extends ClassScoreOptions, ErrorWeightOptions {
  readonly preset?: Preset;
}

export const tverskyDefinition: LossDefinition = {
  id: "tversky",
  formula:
    "L = mean over classes of 1 - (I + s) / (I + a (P - I) + b (G - I) + s), I = sum p g, P = sum p, G = sum g over the batch",
  source:
    "Salehi, Erdogmus, Gholipour, Tversky loss function for image segmentation using 3D fully convolutional deep " +
    "networks, MLMI 2017: a = alpha weighs false positives, b = beta false negatives.",
  coupling: "sums",
  kernel: "simd",
  fields: { ...errorWeightFields, ...classScoreFields(1) },
  presets: {
    monai: {
      options: { smooth: 1e-5, accumulate: "image", emptyClass: "smooth" },
      note:
        "monai.losses.TverskyLoss: alpha is falsePositiveWeight, beta falseNegativeWeight. MONAI takes probabilities unless " +
        "an activation is set: set input.",
    },
    smp: {
      options: smpOverlap,
      note:
        "segmentation_models_pytorch.losses.TverskyLoss: alpha is falsePositiveWeight, beta falseNegativeWeight; its gamma " +
        "is that of focal-tversky with focus mean.",
    },
    kornia: {
      options: korniaOverlap,
      note:
        "kornia.losses.TverskyLoss. Its denominator, I + (alpha + beta) (total - I), loses the difference between the two " +
        "errors, which is what the loss is for; this one keeps it. Both agree where alpha = beta.",
    },
    keras: {
      options: kerasOverlap,
      note:
        "keras.losses.Tversky since July 2026: alpha is falsePositiveWeight, beta falseNegativeWeight (before, Keras had " +
        "them exchanged). Keras takes probabilities: set input.",
    },
    mmseg: {
      options: {
        activation: "softmax",
        smooth: 1,
        accumulate: "image",
        emptyClass: "smooth",
        falsePositiveWeight: 0.3,
        falseNegativeWeight: 0.7,
        ignoreIndex: 255,
      },
      note: "mmsegmentation TverskyLoss. Ignored pixels leave all sums, as there.",
    },
  },
  resolve(checked, classes) {
    const options = checked as TverskyOptions;
    const smoothing = smoothingOf(options, 1);
    const weights = errorWeightsOf(options);
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
 * Tversky loss, Dice where false positives and false negatives have weights of their own: `[N, C, ...spatial]` logits
 * against labels `[N, ...spatial]` (softmax) or dense targets in [0, 1].
 *
 * Weights 0.5 and 0.5 are Dice of half the smoothing, 1 and 1 are Jaccard.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`, and at the first call `OPTION_CONFLICT`.
 */
export function tversky(options: TverskyOptions = {}): Loss {
  return defineLoss(tverskyDefinition, options);
}
