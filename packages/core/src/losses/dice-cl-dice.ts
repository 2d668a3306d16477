/** Dice and centerline Dice. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import { type CenterlineOptions, centerlineFields, centerlineTerm } from "../families/cl-dice.ts";
import type { Loss } from "../loss.ts";
import { defineLoss } from "../single-loss.ts";

export interface DiceClDiceOptions extends CenterlineOptions {
  readonly preset?: Preset;
  /** Share of the centerline Dice, 0 to 1; 0.5 by default. */
  readonly alpha?: number;
}

export const diceClDiceDefinition: LossDefinition = {
  id: "dice-cl-dice",
  formula:
    "L = a clDice + (1 - a) Dice, Dice = 1 - (2 sum p g + s) / (sum p + sum g + s), sums over batch and classes together",
  source:
    "Shit et al., clDice, CVPR 2021, eq. 3; as MONAI 1.4 SoftDiceclDiceLoss, whose Dice is one for all classes, and which " +
    "leaves channel 0 out. A single channel, which MONAI leaves out too, counts here.",
  coupling: "gather",
  kernel: "simd",
  fields: {
    alpha: { kind: "number", min: 0, max: 1, default: 0.5, doc: "Share of the centerline Dice." },
    ...centerlineFields,
  },
  presets: {
    monai: {
      options: { iterations: 3, smooth: 1, alpha: 0.5, classes: "foreground" },
      note: "monai.losses.SoftDiceclDiceLoss, which takes probabilities",
    },
  },
  resolve(checked, classes) {
    const options = checked as DiceClDiceOptions;
    return centerlineTerm(this.id, options, options.alpha ?? 0.5, classes);
  },
};

/**
 * Dice and {@link clDice} together; inputs as there.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function diceClDice(options: DiceClDiceOptions = {}): Loss {
  return defineLoss(diceClDiceDefinition, options);
}
