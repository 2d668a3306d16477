/** Sensitivity and specificity. @module */

import type { LossDefinition } from "../definition.ts";
import { overlapTerm } from "../families/overlap.ts";
import {
  type ClassMeanOptions,
  classMeanFields,
  type OverlapOptions,
  overlapFields,
} from "../families/overlap-options.ts";
import { classRule } from "../families/overlap-parts.ts";
import type { Loss } from "../loss.ts";
import { squaredErrorPixel } from "../reference/overlap-pixel.ts";
import type { ClassSums, Scored } from "../reference/overlap-scores.ts";
import { defineLoss } from "../single-loss.ts";

export interface SensitivitySpecificityOptions
  extends Omit<OverlapOptions, "power" | "softTargets">,
    Omit<ClassMeanOptions, "form"> {
  /** Share of the error where the class is, 0 to 1; 0.05 by default. */
  readonly sensitivityWeight?: number;
  /** Added to both denominators, in pixels, at least 0; 1 by default. */
  readonly smooth?: number;
}

const { power: _power, softTargets: _softTargets, ...overlap } = overlapFields;
const { form: _form, ...classMean } = classMeanFields;

export const sensitivitySpecificityDefinition: LossDefinition = {
  id: "sensitivity-specificity",
  formula:
    "L = mean over classes of r sum (p - g)^2 g / (sum g + s) + (1 - r) sum (p - g)^2 (1 - g) / (sum (1 - g) + s), sums over the batch",
  source:
    "Brosch et al., Deep Convolutional Encoder Networks for Multiple Sclerosis Lesion Segmentation, MICCAI 2015, with " +
    "r = 0.05; s as in SegLossOdyssey SSLoss, whose r is 0.1.",
  coupling: "sums",
  kernel: "simd",
  fields: {
    sensitivityWeight: {
      kind: "number",
      min: 0,
      max: 1,
      default: 0.05,
      doc: "Share of the error where the class is; the rest is that of the error elsewhere.",
    },
    ...overlap,
    smooth: { kind: "number", min: 0, default: 1, doc: "Added to both denominators, in pixels." },
    ...classMean,
  },
  resolve(checked, classes) {
    const { sensitivityWeight = 0.05, smooth = 1, ...options } = checked as SensitivitySpecificityOptions;
    const { id } = this;
    const rule = classRule({
      id,
      options,
      classes,
      lossOf: (sums) => squaredErrors(sums, sensitivityWeight, smooth),
    });
    return overlapTerm({ id, options, classes, rule, kernel: "squared-errors", sums: squaredErrorPixel });
  },
};

/**
 * Squared errors where a class is and where it is not, each averaged over its own pixels: `[N, C, ...spatial]` logits
 * against labels `[N, ...spatial]` (softmax) or dense targets in [0, 1].
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`, and at the first call `OPTION_CONFLICT`.
 */
export function sensitivitySpecificity(options: SensitivitySpecificityOptions = {}): Loss {
  return defineLoss(sensitivitySpecificityDefinition, options);
}

/** I holds the error where the class is, P that of all pixels. An average over no pixels is 0. */
function squaredErrors({ i, p, g, n }: ClassSums, r: number, smooth: number): Scored {
  const inside = share(r, g + smooth);
  const outside = share(1 - r, n - g + smooth);
  return { value: inside * i + outside * (p - i), di: inside - outside, dp: outside };
}

function share(weight: number, pixels: number): number {
  return pixels > 0 ? weight / pixels : 0;
}
