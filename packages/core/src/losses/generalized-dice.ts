/** Generalized Dice. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import { accumulateField } from "../families/accumulate-option.ts";
import { classWeightsField } from "../families/class-options.ts";
import { type GeneralizedOptions, generalizedRule } from "../families/generalized-dice.ts";
import { overlapTerm } from "../families/overlap.ts";
import {
  classMeanFields,
  overlapFields,
  type SmoothOptions,
  smoothFields,
  smoothingOf,
} from "../families/overlap-options.ts";
import type { Loss } from "../loss.ts";
import type { OptionFields } from "../options.ts";
import { defineLoss } from "../single-loss.ts";

export interface GeneralizedDiceOptions extends GeneralizedOptions, SmoothOptions {
  readonly preset?: Preset;
}

/** Options of generalized Dice and of what is built on it. */
export const generalizedDiceFields: OptionFields = {
  volumeWeights: {
    kind: "choice",
    values: ["square", "simple", "uniform"],
    default: "square",
    doc: "Weight of a class of volume G: 1 / G^2, 1 / G or 1. An empty class gets the largest weight of the others.",
  },
  ...overlapFields,
  ...accumulateField("image"),
  ...smoothFields(1e-5),
  ...classWeightsField(", a factor of its volume weight"),
  form: classMeanFields["form"]!,
};

export const generalizedDiceDefinition: LossDefinition = {
  id: "generalized-dice",
  formula:
    "L = mean over images of 1 - (2 sum_c w_c I_c + s) / (sum_c w_c (P_c + G_c) + s), w_c = 1 / G_c^2, I = sum p g",
  source:
    "Sudre, Li, Vercauteren, Ourselin, Cardoso, Generalised Dice overlap as a deep learning loss function for highly " +
    "unbalanced segmentations, DLMIA 2017. s is 1e-5: it adds to volumes times weights, which are small.",
  coupling: "sums",
  kernel: "simd",
  fields: generalizedDiceFields,
  presets: {
    monai: {
      options: { smooth: 1e-5, accumulate: "image", volumeWeights: "square" },
      note:
        "monai.losses.GeneralizedDiceLoss: w_type is volumeWeights. MONAI takes probabilities unless an activation is set: " +
        "set input.",
    },
  },
  resolve(checked, classes) {
    const options = checked as GeneralizedDiceOptions;
    const { id } = this;
    const rule = generalizedRule(id, options, classes, smoothingOf(options, 1e-5));
    return overlapTerm({ id, options, classes, rule, kernel: "simd", accumulate: "image" });
  },
};

/**
 * Generalized Dice loss: `[N, C, ...spatial]` logits against labels `[N, ...spatial]` (softmax) or dense targets in
 * [0, 1]. One score of all classes per image, in which small classes weigh more; elements are `[N, 1]`.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function generalizedDice(options: GeneralizedDiceOptions = {}): Loss {
  return defineLoss(generalizedDiceDefinition, options);
}
