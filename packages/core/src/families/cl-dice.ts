/**
 * Centerline Dice: overlap of each mask with the other's soft skeleton S, sums over batch and classes together.
 *
 *   Tp = (sum S_p g + s) / (sum S_p + s),  Ts = (sum S_g p + s) / (sum S_g + s),  clDice = 1 - 2 Tp Ts / (Tp + Ts)
 *   Dice = 1 - (2 sum p g + s) / (sum p + sum g + s);  L = a clDice + (1 - a) Dice
 *
 * A pixel that is ignored, or whose weight is 0, is as if outside of the image. Without smoothing, an overlap with nothing
 * is 1.
 *
 * @module
 */
import type { FieldUnit } from "../field.ts";
import type { OptionFields } from "../options.ts";
import { SoftSkeleton } from "../surface/soft-skeleton.ts";
import { forEachImage, type Term, totalOf } from "../term.ts";
import { choiceMask } from "./class-options.ts";
import { emptyDivisor } from "./common-options.ts";
import { regionKernel } from "./region-kernel.ts";
import { type RegionOptions, regionFields, regionTerm } from "./region-options.ts";

export interface CenterlineOptions extends RegionOptions {
  /** Rounds of erosion after the first, which should outlast half the width of what is segmented; 3 by default. */
  readonly iterations?: number;
  /** Added to numerators and denominators, in pixels, at least 0; 1 by default. */
  readonly smooth?: number;
}

export const centerlineFields: OptionFields = {
  iterations: {
    kind: "integer",
    min: 0,
    default: 3,
    doc: "Rounds of erosion of the skeleton after the first.",
  },
  smooth: { kind: "number", min: 0, default: 1, doc: "Added to numerators and denominators, in pixels." },
  ...regionFields("foreground"),
};

/** Sums of the first map, after the counted pixels. */
const Sum = { pixels: 0, spG: 1, sp: 2, sgP: 3, sg: 4, pg: 5, p: 6, g: 7, length: 8 } as const;
/** Coefficients: the slope of the loss with respect to each of the sums that p is in. */
const Slope = { spG: 0, sp: 1, sgP: 2, pg: 3, p: 4, length: 5 } as const;

/** @param alpha - a of the module's equation, the share of clDice. */
export function centerlineTerm(id: string, options: CenterlineOptions, alpha: number, classes: number): Term {
  const { iterations = 3, smooth = 1, allIgnored = "zero" } = options;
  const selected = choiceMask(id, options.classes ?? "foreground", classes);
  const region = regionTerm(options, classes);
  const simd = regionKernel(region, classes, false);
  return {
    id,
    coupling: "gather",
    ...region,
    ...(simd && { simd }),
    elements: "none",
    firstLength: Sum.length,
    secondLength: 0,
    coefficientLength: Slope.length,
    field: {
      rows: classes,
      scope: "image",
      measure(unit, sums) {
        if (!selected[unit.row]) return;
        const { values: p, target: g, spatial } = unit;
        const weights = weightsOf(unit);
        const closed = closedOf(weights);
        const ofPrediction = new SoftSkeleton(p, closed, spatial, iterations).values;
        const ofTarget = new SoftSkeleton(g, closed, spatial, iterations).values;
        const part = new Float64Array(Sum.length);
        for (let i = 0; i < p.length; i++) {
          const w = weights[i];
          if (w === 0) continue;
          part[Sum.spG] += w * ofPrediction[i] * g[i];
          part[Sum.sp] += w * ofPrediction[i];
          part[Sum.sgP] += w * ofTarget[i] * p[i];
          part[Sum.sg] += w * ofTarget[i];
          part[Sum.pg] += w * p[i] * g[i];
          part[Sum.p] += w * p[i];
          part[Sum.g] += w * g[i];
        }
        for (let k = 1; k < Sum.length; k++) sums[k] += part[k];
      },
      fill(unit, coefficients) {
        const { values: p, target: g, spatial, row } = unit;
        if (!selected[row]) {
          p.fill(0);
          return;
        }
        const weights = weightsOf(unit);
        const closed = closedOf(weights);
        const ofTarget = new SoftSkeleton(g, closed, spatial, iterations).values;
        const ofSkeleton = weights.map((w, i) =>
          w === 0 ? 0 : w * (coefficients[Slope.spG] * g[i] + coefficients[Slope.sp]),
        );
        p.set(new SoftSkeleton(p, closed, spatial, iterations).slopes(ofSkeleton));
        for (let i = 0; i < p.length; i++) {
          if (weights[i] === 0) continue;
          const direct =
            coefficients[Slope.sgP] * ofTarget[i] + coefficients[Slope.pg] * g[i] + coefficients[Slope.p];
          p[i] += weights[i] * direct;
        }
      },
    },
    finish(images, scale) {
      const { slopes } = lossOf(totalOf(images, Sum.length), smooth, alpha);
      return forEachImage(
        images,
        slopes.map((slope) => scale * slope),
      );
    },
    value(images) {
      const sums = totalOf(images, Sum.length);
      if (sums[Sum.pixels] === 0) return 0 / emptyDivisor(id, allIgnored);
      return lossOf(sums, smooth, alpha).value;
    },
    pixel: {
      first({ p, counted, field, classes }, sums) {
        sums[Sum.pixels] += counted ? 1 : 0;
        for (let c = 0; c < classes; c++) field[c] = p[c];
      },
      second({ field, slope, classes }) {
        for (let c = 0; c < classes; c++) slope[c] += field[c];
      },
    },
  };
}

function lossOf(
  sums: Float64Array,
  smooth: number,
  alpha: number,
): { readonly value: number; readonly slopes: Float64Array } {
  const precision = ratio(sums[Sum.spG] + smooth, sums[Sum.sp] + smooth);
  const sensitivity = ratio(sums[Sum.sgP] + smooth, sums[Sum.sg] + smooth);
  const dice = ratio(2 * sums[Sum.pg] + smooth, sums[Sum.p] + sums[Sum.g] + smooth);
  const both = precision.value + sensitivity.value;
  const harmonic = both === 0 ? 0 : (2 * precision.value * sensitivity.value) / both;
  const ofPrecision = both === 0 ? 0 : -2 * (sensitivity.value / both) ** 2 * alpha;
  const ofSensitivity = both === 0 ? 0 : -2 * (precision.value / both) ** 2 * alpha;
  const slopes = new Float64Array(Slope.length);
  slopes[Slope.spG] = ofPrecision * precision.ofTop;
  slopes[Slope.sp] = ofPrecision * precision.ofBottom;
  slopes[Slope.sgP] = ofSensitivity * sensitivity.ofTop;
  slopes[Slope.pg] = (alpha - 1) * 2 * dice.ofTop;
  slopes[Slope.p] = (alpha - 1) * dice.ofBottom;
  return { value: alpha * (1 - harmonic) + (1 - alpha) * (1 - dice.value), slopes };
}

/** top / bottom with its slopes; 1 and flat where both are 0. */
function ratio(top: number, bottom: number) {
  if (bottom === 0) return { value: 1, ofTop: 0, ofBottom: 0 };
  return { value: top / bottom, ofTop: 1 / bottom, ofBottom: -top / bottom ** 2 };
}

/** 0 where a pixel does not count. */
function weightsOf({ target, weights }: FieldUnit): Float64Array {
  return target.map((t, i) => (Number.isNaN(t) ? 0 : (weights?.[i] ?? 1)));
}

function closedOf(weights: Float64Array): readonly number[] {
  const closed: number[] = [];
  for (let i = 0; i < weights.length; i++) if (weights[i] === 0) closed.push(i);
  return closed;
}
