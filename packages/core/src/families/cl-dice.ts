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
import { type Bands, takeBytes } from "../bands.ts";
import type { FieldUnit } from "../field.ts";
import type { OptionFields } from "../options.ts";
import { linesOf } from "../surface/lines.ts";
import { type Closed, SoftSkeleton, skeletonWorkspace, softSkeleton } from "../surface/soft-skeleton.ts";
import { elementCount } from "../tensor.ts";
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
      measure(unit, sums, bands) {
        if (!selected[unit.row]) return;
        const { values: p, target: g, spatial } = unit;
        const { weights, closed } = weightsOf(unit, bands);
        const skeletonOf = (mask: Float64Array) =>
          softSkeleton(mask, closed, spatial, iterations, bands, bands.doubles(p.length));
        const ofPrediction = skeletonOf(p);
        const ofTarget = skeletonOf(g);
        const part = bands.doubles(Sum.length);
        bands.each(1, p.length, () => addOverlaps(p, g, weights, ofPrediction, ofTarget, part.fill(0)));
        for (let k = 1; k < Sum.length; k++) sums[k] += part[k];
      },
      fill(unit, coefficients, _sums, bands) {
        const { values: p, target: g, spatial, row } = unit;
        const { count, length } = linesOf(spatial);
        if (!selected[row]) {
          bands.each(1, p.length, () => p.fill(0));
          return;
        }
        const { weights, closed } = weightsOf(unit, bands);
        const ofTarget = bands.doubles(p.length);
        softSkeleton(g, closed, spatial, iterations, bands, ofTarget);
        const ofSkeleton = bands.doubles(p.length);
        bands.each(count, length, (from, to) => {
          for (let i = from * length; i < to * length; i++) {
            const slope = coefficients[Slope.spG] * g[i] + coefficients[Slope.sp];
            ofSkeleton[i] = weights[i] === 0 ? 0 : weights[i] * slope;
          }
        });
        const slopes = new SoftSkeleton(p, closed, spatial, iterations, bands).slopes(ofSkeleton);
        bands.each(count, length, (from, to) => {
          for (let i = from * length; i < to * length; i++) {
            const direct =
              coefficients[Slope.sgP] * ofTarget[i] + coefficients[Slope.pg] * g[i] + coefficients[Slope.p];
            p[i] = weights[i] === 0 ? slopes[i] : slopes[i] + weights[i] * direct;
          }
        });
      },
      workspace(spatial, row) {
        if (!selected[row]) return 0;
        const pixels = elementCount(spatial);
        const skeletons = Math.max(skeletonWorkspace(pixels), SoftSkeleton.workspace(pixels, iterations));
        // Besides: weights, what is closed, two skeletons or one and what goes back to the other, and sums.
        return skeletons + 4 * pixels + Sum.length;
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

/** Weights, 0 where a pixel does not count, and which are 0. */
function weightsOf(
  { target, weights, spatial }: FieldUnit,
  bands: Bands,
): { readonly weights: Float64Array; readonly closed: Closed } {
  const { count, length } = linesOf(spatial);
  const own = bands.doubles(target.length);
  const closed = takeBytes(bands, target.length);
  const closedOf = bands.doubles(count);
  bands.each(count, length, (from, to) => {
    for (let line = from; line < to; line++) {
      let sum = 0;
      for (let i = line * length; i < (line + 1) * length; i++) {
        own[i] = Number.isNaN(target[i]) ? 0 : (weights?.[i] ?? 1);
        closed[i] = own[i] === 0 ? 1 : 0;
        sum += closed[i];
      }
      closedOf[line] = sum;
    }
  });
  return { weights: own, closed: closedOf.some((sum) => sum > 0) ? closed : undefined };
}

function addOverlaps(
  p: Float64Array,
  g: Float64Array,
  weights: Float64Array,
  ofPrediction: Float64Array,
  ofTarget: Float64Array,
  part: Float64Array,
): void {
  let [spG, sp, sgP, sg, pg, sumP, sumG] = [0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < p.length; i++) {
    const w = weights[i];
    if (w === 0) continue;
    spG += w * ofPrediction[i] * g[i];
    sp += w * ofPrediction[i];
    sgP += w * ofTarget[i] * p[i];
    sg += w * ofTarget[i];
    pg += w * p[i] * g[i];
    sumP += w * p[i];
    sumG += w * g[i];
  }
  part[Sum.spG] = spG;
  part[Sum.sp] = sp;
  part[Sum.sgP] = sgP;
  part[Sum.sg] = sg;
  part[Sum.pg] = pg;
  part[Sum.p] = sumP;
  part[Sum.g] = sumG;
}
