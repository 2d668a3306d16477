/** Centerline Dice. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import { type CenterlineOptions, centerlineFields, centerlineTerm } from "../families/cl-dice.ts";
import type { Loss } from "../loss.ts";
import { defineLoss } from "../single-loss.ts";

export interface ClDiceOptions extends CenterlineOptions {
  readonly preset?: Preset;
}

export const clDiceDefinition: LossDefinition = {
  id: "cl-dice",
  formula:
    "L = 1 - 2 Tp Ts / (Tp + Ts), Tp = (sum S_p g + s) / (sum S_p + s), Ts = (sum S_g p + s) / (sum S_g + s), S = soft " +
    "skeleton, sums over batch and classes together",
  source:
    "Shit et al., clDice, CVPR 2021, algorithms 1 and 2; as MONAI 1.4 SoftclDiceLoss, which leaves channel 0 out. A " +
    "single channel, which MONAI leaves out too, counts here.",
  coupling: "gather",
  kernel: "simd",
  fields: centerlineFields,
  presets: {
    monai: {
      options: { iterations: 3, smooth: 1, classes: "foreground" },
      note: "monai.losses.SoftclDiceLoss, which takes probabilities",
    },
  },
  resolve(checked, classes) {
    return centerlineTerm(this.id, checked as ClDiceOptions, 1, classes);
  },
};

/**
 * Centerline Dice loss, for tubes and networks: does each mask contain the other's skeleton? The skeleton is made of
 * minima and maxima over neighbours, and the gradient goes to the pixels that have them.
 *
 * Logits `[N, C, ...spatial]`, any number of spatial dims, against labels (softmax, or `oneVsRest`) or dense targets.
 * Ignored pixels, and those of weight 0, are as if outside of the image.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function clDice(options: ClDiceOptions = {}): Loss {
  return defineLoss(clDiceDefinition, options);
}
