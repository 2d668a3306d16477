/** Bootstrapped cross-entropy. @module */

import type { LossDefinition } from "../definition.ts";
import { type HardPixelOptions, hardPixelFields, hardPixelTerm, pixelsIn } from "../families/hard-pixels.ts";
import type { Loss } from "../loss.ts";
import { optionConflict, perClass } from "../options.ts";
import { defineLoss } from "../single-loss.ts";

export interface BootstrappedOptions extends HardPixelOptions {
  /** How many pixels of an image are kept at least, in percent of those that count; 10 by default. */
  readonly percent?: number;
  /** How many pixels of an image are kept at least, instead of `percent`. */
  readonly minKept?: number;
  /** Keeps all pixels whose loss is above this, where they are more than `minKept`; off by default. */
  readonly lossThreshold?: number;
}

export const bootstrappedDefinition: LossDefinition = {
  id: "bootstrapped",
  formula:
    "L = mean over images of the mean of the minKept largest l_i = -w_y log p_y, or of all l_i > lossThreshold where they are more",
  source:
    "The K hardest pixels of an image: Pohlen et al., Full-Resolution Residual Networks, CVPR 2017; Wu, Shen, van den " +
    "Hengel, Bridging Category-level and Instance-level Semantic Image Segmentation, 2016. Threshold with at least K: the " +
    "same authors, High-performance Semantic Segmentation Using Very Deep Fully Convolutional Networks, 2016; PaddleSeg " +
    "BootstrappedCrossEntropyLoss. Ignored pixels are not ranked (PaddleSeg ranks them with loss 0).",
  coupling: "gather",
  kernel: "simd",
  fields: {
    percent: {
      kind: "number",
      min: 0,
      max: 100,
      default: 10,
      doc: "How many pixels of an image are kept at least, in percent of those that count.",
    },
    minKept: {
      kind: "integer",
      min: 1,
      doc: "How many pixels of an image are kept at least, instead of percent.",
    },
    lossThreshold: {
      kind: "number",
      min: 0,
      doc: "Keeps all pixels whose loss is above this, where they are more.",
    },
    ...hardPixelFields,
  },
  resolve(checked, classes) {
    const options = checked as BootstrappedOptions;
    const { percent = 10, minKept, lossThreshold = Number.POSITIVE_INFINITY } = options;
    if (minKept !== undefined && options.percent !== undefined) {
      throw optionConflict(
        this.id,
        ["minKept", "percent"],
        "both say how many pixels are kept, give one of them",
      );
    }
    return hardPixelTerm({
      id: this.id,
      options,
      classes,
      base: "cross-entropy",
      scope: "image",
      targets: "either",
      classWeights: perClass(this.id, "classWeights", options.classWeights ?? 1, classes),
      rankedBy: "weighted-loss",
      among: "valid",
      keep(ranking) {
        const { length } = ranking;
        const least = Math.min(length, minKept ?? pixelsIn(length, percent));
        return Math.max(least, ranking.above(lossThreshold));
      },
    });
  },
};

/**
 * Bootstrapped cross-entropy, the mean over each image's hardest pixels: `[N, C, ...spatial]` logits against labels
 * `[N, ...spatial]` or dense targets with the logits' dims, C at least 2. Images without a counted pixel are left out.
 *
 * Class and pixel weights multiply the loss before the pixels are ranked, and do not enter the divisor.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`, `OPTION_CONFLICT`.
 */
export function bootstrapped(options: BootstrappedOptions = {}): Loss {
  return defineLoss(bootstrappedDefinition, options);
}
