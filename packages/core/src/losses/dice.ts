/** Soft Dice. @module */

import type { LossDefinition } from "../definition.ts";
import {
  type ClassSums,
  type Overlap,
  type OverlapOptions,
  overlapFields,
  overlapTerm,
} from "../families/overlap.ts";
import type { Loss } from "../loss.ts";
import { defineLoss } from "../single-loss.ts";

export interface DiceOptions extends OverlapOptions {
  /** Added to numerator and denominator, in pixels, at least 0; 1 by default. */
  readonly smooth?: number;
}

export const diceDefinition: LossDefinition = {
  id: "dice",
  formula:
    "L = mean over classes of 1 - (2 I + s) / (P + G + s), I = sum p g, P = sum p, G = sum g over the batch",
  source:
    "Milletari, Navab, Ahmadi, V-Net, 3DV 2016, eq. of section 3, with sums of p instead of p^2; per class over the " +
    "batch, background included.",
  coupling: "sums",
  kernel: "simd",
  fields: {
    ...overlapFields,
    smooth: { kind: "number", min: 0, default: 1, doc: "Added to numerator and denominator, in pixels." },
  },
  resolve(checked, classes) {
    const options = checked as DiceOptions;
    const { smooth = 1 } = options;
    return overlapTerm({ id: this.id, options, classes, measure: (sums) => diceOf(sums, smooth) });
  },
};

/**
 * Soft Dice loss: `[N, C, ...spatial]` logits against labels `[N, ...spatial]` (softmax) or dense targets in [0, 1].
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function dice(options: DiceOptions = {}): Loss {
  return defineLoss(diceDefinition, options);
}

/**
 * Mean over classes of 1 - N / D, N = 2 I + s, D = P + G + s; dL/dI = -2 / D, dL/dP = N / D^2. A class with D = 0
 * (nothing there, nothing predicted, no smoothing) is perfect.
 */
function diceOf({ i, p, g }: ClassSums, smooth: number): Overlap {
  const classes = i.length;
  const di = new Float64Array(classes);
  const dp = new Float64Array(classes);
  let value = 0;
  for (let c = 0; c < classes; c++) {
    const numerator = 2 * i[c] + smooth;
    const denominator = p[c] + g[c] + smooth;
    if (denominator === 0) continue;
    value += (1 - numerator / denominator) / classes;
    di[c] = -2 / denominator / classes;
    dp[c] = numerator / denominator ** 2 / classes;
  }
  return { value, di, dp };
}
