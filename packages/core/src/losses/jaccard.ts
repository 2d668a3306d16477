/** Soft Jaccard, or intersection over union. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import { type ClassScoreOptions, classScoreFields, smoothingOf } from "../families/overlap-options.ts";
import { smpOverlap } from "../families/overlap-presets.ts";
import { scoreTerm } from "../families/overlap-score.ts";
import type { Loss } from "../loss.ts";
import { jaccardScore } from "../reference/overlap-scores.ts";
import { defineLoss } from "../single-loss.ts";

export interface JaccardOptions extends ClassScoreOptions {
  readonly preset?: Preset;
}

export const jaccardDefinition: LossDefinition = {
  id: "jaccard",
  formula:
    "L = mean over classes of 1 - (I + s) / (P + G - I + s), I = sum p g, P = sum p, G = sum g over the batch",
  source:
    "Rahman, Wang, Optimizing Intersection-Over-Union in Deep Neural Networks for Image Segmentation, ISVC 2016; " +
    "per class over the batch, background included.",
  coupling: "sums",
  kernel: "simd",
  fields: classScoreFields(1),
  presets: {
    monai: {
      options: { smooth: 5e-6, accumulate: "image", emptyClass: "smooth" },
      note:
        "monai.losses.DiceLoss(jaccard=True), which doubles numerator and denominator and with them its smooth of 1e-5: " +
        "halve yours. MONAI takes probabilities unless an activation is set: set input.",
    },
    smp: {
      options: smpOverlap,
      note: "segmentation_models_pytorch.losses.JaccardLoss, also pytorch_toolbelt's. log_loss is form log.",
    },
  },
  resolve(checked, classes) {
    const options = checked as JaccardOptions;
    const smoothing = smoothingOf(options, 1);
    return scoreTerm({
      id: this.id,
      options,
      classes,
      kernel: "simd",
      scoreOf: (sums) => jaccardScore(sums, smoothing),
    });
  },
};

/**
 * Soft Jaccard loss: `[N, C, ...spatial]` logits against labels `[N, ...spatial]` (softmax) or dense targets in [0, 1].
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`, and at the first call `OPTION_CONFLICT`.
 */
export function jaccard(options: JaccardOptions = {}): Loss {
  return defineLoss(jaccardDefinition, options);
}
