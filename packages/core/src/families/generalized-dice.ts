/**
 * Generalized Dice: the classes of a group make one score, each weighted by its volume.
 *
 *   L = 1 - (2 sum_c w_c I_c + s) / (sum_c w_c (P_c + G_c) + s'),  w_c = v_c / G_c^2, v_c / G_c or v_c
 *
 * Weights are applied within the sums over classes, never to the quotient of one class.
 *
 * @module
 */
import { perClass } from "../options.ts";
import { type ClassSums, quotient, type Smoothing } from "../reference/overlap-scores.ts";
import { chosenClasses } from "./class-options.ts";
import type { ClassMeanOptions, OverlapOptions } from "./overlap-options.ts";
import { type GroupRule, lossOfScore } from "./overlap-parts.ts";

export interface GeneralizedOptions extends OverlapOptions, Pick<ClassMeanOptions, "form" | "classWeights"> {
  /** 1 / G^2 (`square`, default), 1 / G (`simple`), or 1 (`uniform`). */
  readonly volumeWeights?: "square" | "simple" | "uniform";
}

export function generalizedRule(
  id: string,
  options: GeneralizedOptions,
  classes: number,
  smoothing: Smoothing,
): GroupRule {
  const { volumeWeights = "square", form = "one-minus" } = options;
  const chosen = chosenClasses(id, options.classes ?? "all", classes);
  const factors = perClass(id, "classWeights", options.classWeights ?? 1, classes);
  return {
    columns: 1,
    partsOf(sums) {
      const members = chosen.filter((c) => sums[c].n > 0);
      if (members.length === 0) return [];
      const volumes = volumeWeightsOf(members, sums, volumeWeights);
      const weights = members.map((c, k) => factors[c] * volumes[k]);
      const total = (of: (c: number) => number) => members.reduce((sum, c, k) => sum + weights[k] * of(c), 0);
      const numerator = 2 * total((c) => sums[c].i) + smoothing.numerator;
      const denominator = total((c) => sums[c].p + sums[c].g) + smoothing.denominator;
      const { epsilon } = smoothing;
      const score = quotient(
        { value: numerator, di: 2, dp: 0 },
        { value: denominator, di: 0, dp: 1 },
        epsilon,
      );
      const { value, di, dp } = lossOfScore(score, form, epsilon);
      const slopes = members.map((c, k) => ({ c, di: weights[k] * di, dp: weights[k] * dp }));
      return [{ column: 0, value, weight: 1, share: 1, slopes }];
    },
  };
}

/** An empty class weighs what the heaviest of the others does; where all are empty, nothing weighs anything. */
function volumeWeightsOf(
  members: readonly number[],
  sums: readonly ClassSums[],
  choice: "square" | "simple" | "uniform",
): readonly number[] {
  if (choice === "uniform") return members.map(() => 1);
  const power = choice === "square" ? 2 : 1;
  const weights = members.map((c) => 1 / sums[c].g ** power);
  const largest = Math.max(0, ...weights.filter(Number.isFinite));
  return weights.map((weight) => (Number.isFinite(weight) ? weight : largest));
}
