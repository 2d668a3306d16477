/** Generalized Dice with a penalty. @module */

import type { LossDefinition } from "../definition.ts";
import { generalizedRule } from "../families/generalized-dice.ts";
import { overlapTerm } from "../families/overlap.ts";
import { smoothingOf } from "../families/overlap-options.ts";
import { type Bent, bentMean } from "../families/overlap-parts.ts";
import type { Loss } from "../loss.ts";
import { defineLoss } from "../single-loss.ts";
import { type GeneralizedDiceOptions, generalizedDiceFields } from "./generalized-dice.ts";

export interface PenaltyGeneralizedDiceOptions extends Omit<GeneralizedDiceOptions, "preset" | "form"> {
  /** How strongly errors are punished, at least 0; 2.5 by default, 0 for generalized Dice. */
  readonly penalty?: number;
}

const { form: _form, ...fields } = generalizedDiceFields;

export const penaltyGeneralizedDiceDefinition: LossDefinition = {
  id: "penalty-generalized-dice",
  formula: "L = mean over images of d / (1 + k (1 - d)), d = generalized Dice loss",
  source:
    "Yang et al., Major Vessel Segmentation on X-ray Coronary Angiography using Deep Networks with a Novel Penalty Loss " +
    "Function, MIDL 2019; SegLossOdyssey PenaltyGDiceLoss, k = 2.5.",
  coupling: "sums",
  kernel: "simd",
  fields: {
    penalty: {
      kind: "number",
      min: 0,
      default: 2.5,
      doc: "How strongly errors are punished; 0 for generalized Dice.",
    },
    ...fields,
  },
  resolve(checked, classes) {
    const options = checked as PenaltyGeneralizedDiceOptions;
    const { penalty = 2.5 } = options;
    const { id } = this;
    const dice = generalizedRule(id, options, classes, smoothingOf(options, 1e-5));
    const rule = bentMean(dice, (loss) => penalized(loss, penalty));
    return overlapTerm({ id, options, classes, rule, kernel: "simd", accumulate: "image" });
  },
};

/**
 * Generalized Dice loss d as d / (1 + k (1 - d)): `[N, C, ...spatial]` logits against labels `[N, ...spatial]` (softmax)
 * or dense targets in [0, 1]. Elements are `[N, 1]`.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function penaltyGeneralizedDice(options: PenaltyGeneralizedDiceOptions = {}): Loss {
  return defineLoss(penaltyGeneralizedDiceDefinition, options);
}

function penalized(loss: number, k: number): Bent {
  const divisor = 1 + k * (1 - loss);
  return { value: loss / divisor, slope: (1 + k) / divisor ** 2 };
}
