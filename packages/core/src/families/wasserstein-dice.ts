/**
 * Generalized Wasserstein Dice on sums per true class.
 *
 *   E_y = sum of w W_i over pixels of class y,  V_y = sum of w,  W_i = sum_c M[y_i][c] p_ic
 *   default:      T = sum_{y > 0} (V_y - E_y)                            L = 1 - (2 T + s) / (2 T + sum_y E_y + s')
 *   generalized:  T = sum_y a_y (V_y - E_y), a_y = 1 / (V_y + 1)         L = 1 - (2 T + s) / (sum_y a_y (2 V_y - E_y) + s')
 *
 * E lies in the place of I, V in those of G and n.
 *
 * @module
 */
import { type ClassSums, quotient, type Scored, type Smoothing } from "../reference/overlap-scores.ts";
import type { Pixel } from "../reference/pixel.ts";
import type { TermMaps } from "../term.ts";
import type { GroupRule } from "./overlap-parts.ts";
import { OVERLAP_SUMS } from "./overlap-sums.ts";

export function wassersteinRule(
  variant: "default" | "generalized",
  { numerator, denominator, epsilon }: Smoothing,
): GroupRule {
  return {
    columns: 1,
    partsOf(sums) {
      if (!sums.some(({ n }) => n > 0)) return [];
      const weights = sums.map((c, y) => weightsOf(variant, c, y));
      const right = { value: numerator, di: 0, dp: 0 };
      const all = { value: denominator, di: 0, dp: 0 };
      for (const [y, { right: r, all: a }] of weights.entries()) {
        right.value += 2 * r * (sums[y].g - sums[y].i);
        all.value += a.volume * sums[y].g + a.error * sums[y].i;
      }
      const { value } = quotient(right, all, epsilon);
      const slopes = weights.map(({ right: r, all: a }, c) => {
        const score: Scored = quotient({ ...right, di: -2 * r }, { ...all, di: a.error }, epsilon);
        return { c, di: -score.di, dp: 0 };
      });
      return [{ column: 0, value: 1 - value, weight: 1, share: 1, slopes }];
    },
  };
}

/** What 1 - W of a class adds to T, and its volume and its error to the denominator. */
function weightsOf(variant: "default" | "generalized", { g }: ClassSums, y: number) {
  if (variant === "generalized") {
    const inverse = 1 / (g + 1);
    return { right: inverse, all: { volume: 2 * inverse, error: -inverse } };
  }
  const right = y === 0 ? 0 : 1;
  return { right, all: { volume: 2 * right, error: 1 - 2 * right } };
}

export function wassersteinMaps(distances: readonly (readonly number[])[]): TermMaps<Pixel> {
  return {
    first({ y, p, counted, weight, classes }, sums) {
      if (!counted) return;
      const row = distances[y];
      let distance = 0;
      for (let c = 0; c < classes; c++) distance += row[c] * p[c];
      const at = OVERLAP_SUMS + 4 * y;
      sums[0] += 1;
      sums[at] += weight * distance;
      sums[at + 2] += weight;
      sums[at + 3] += weight;
    },
    second({ y, open, counted, weight, slope, classes }, coefficients) {
      if (!counted) return;
      const row = distances[y];
      const scale = weight * coefficients[y];
      for (let c = 0; c < classes; c++) if (open[c] !== 0) slope[c] += scale * row[c];
    },
  };
}
