/** Matthews correlation coefficient. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import {
  type ClassMeanOptions,
  classMeanFields,
  type OverlapOptions,
  overlapFields,
} from "../families/overlap-options.ts";
import { scoreTerm } from "../families/overlap-score.ts";
import type { Loss } from "../loss.ts";
import { matthewsScore } from "../reference/overlap-scores.ts";
import { defineLoss } from "../single-loss.ts";

export interface MccOptions extends Omit<OverlapOptions, "power">, ClassMeanOptions {
  readonly preset?: Preset;
  /** Added to each of tp, tn, fp and fn, in pixels, at least 0; 1 by default. */
  readonly smooth?: number;
}

const { power: _power, ...fieldsWithoutPower } = overlapFields;

export const mccDefinition: LossDefinition = {
  id: "mcc",
  formula:
    "L = mean over classes of 1 - (tp tn - fp fn) / sqrt((tp + fp) (tp + fn) (tn + fp) (tn + fn)), soft counts over the batch, each + s",
  source:
    "Abhishek, Hamarneh, Matthews Correlation Coefficient Loss for Deep Convolutional Networks, ISBI 2021. From 0 " +
    "to 2; 1 for a prediction that knows nothing.",
  coupling: "sums",
  kernel: "simd",
  fields: {
    ...fieldsWithoutPower,
    smooth: { kind: "number", min: 0, default: 1, doc: "Added to each of the four counts, in pixels." },
    ...classMeanFields,
  },
  presets: {
    smp: {
      options: { smooth: 1e-5, accumulate: "batch" },
      note: "segmentation_models_pytorch.losses.MCCLoss. It takes probabilities of one class: set input.",
    },
  },
  resolve(checked, classes) {
    const { smooth = 1, ...options } = checked as MccOptions;
    return scoreTerm({
      id: this.id,
      options,
      classes,
      kernel: "exact",
      scoreOf: (sums) => matthewsScore(sums, smooth),
    });
  },
};

/**
 * 1 - Matthews correlation coefficient: `[N, C, ...spatial]` logits against labels `[N, ...spatial]` (softmax) or dense
 * targets in [0, 1]; each class is a matrix of its own, against all others.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`, and at the first call `OPTION_CONFLICT`.
 */
export function mcc(options: MccOptions = {}): Loss {
  return defineLoss(mccDefinition, options);
}
