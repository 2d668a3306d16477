/**
 * The surface family: losses whose share of a pixel depends on the whole image.
 *
 *   F_nc = sum_i w_i f_i / sum_i w_i  over the counted pixels of class c of image n;  L = mean or sum over n and c of F_nc
 *
 * Members differ in f. A pixel that is ignored, or whose weight is 0, belongs to no set and adds nothing. A class of an
 * image in which no pixel counts leaves the mean.
 *
 * @module
 */
import { type Bands, OneBand } from "../bands.ts";
import type { FieldUnit } from "../field.ts";
import type { OptionFields } from "../options.ts";
import { linesOf } from "../surface/lines.ts";
import type { Term } from "../term.ts";
import { choiceMask } from "./class-options.ts";
import { emptyDivisor } from "./common-options.ts";
import { regionKernel } from "./region-kernel.ts";
import { type RegionOptions, regionFields, regionTerm } from "./region-options.ts";

export interface SurfaceLossOptions extends RegionOptions {
  /**
   * `mean` by default, over the chosen classes and the images; `sum` adds up what each class of each image has, itself a
   * mean over pixels; `none` also returns these as elements `[N, C]`, 0 where left out, and its value is their mean.
   */
  readonly reduction?: "mean" | "sum" | "none";
}

export const surfaceFields = (classes: "all" | "foreground"): OptionFields => ({
  ...regionFields(classes),
  reduction: {
    kind: "choice",
    values: ["mean", "sum", "none"],
    default: "mean",
    doc: "Mean or sum over classes and images of the mean over pixels; none also returns these.",
  },
});

export const spacingField: OptionFields = {
  spacing: {
    kind: "numbers",
    min: 0,
    per: "spatial axis",
    doc: "Distance between neighbouring pixels along each spatial axis, 1 by default.",
  },
};

/** A class of an image. */
export interface Region {
  /** Its probabilities; a member leaves dF/dp in their place. */
  readonly p: Float64Array;
  /** Its target; without meaning where a pixel does not count. */
  readonly target: Float64Array;
  /** w_i / sum w; 0 where a pixel does not count. */
  readonly share: Float64Array;
  readonly spatial: readonly number[];
  /** The distance map of the target: that of the unit, or made of `target`; empty for members without. */
  readonly distances: Float32Array | Float64Array;
}

export interface SurfaceLoss {
  readonly id: string;
  readonly options: SurfaceLossOptions;
  readonly classes: number;
  /** Which classes, unless the caller says. */
  readonly selection: "all" | "foreground";
  /** `log`: log(1 + L), of the reduced loss, under the reduction none of each element; `none` by default. */
  readonly transform?: "none" | "log";
  /** The distance map of a region of 1 among 0, for members that measure to it; NaN where a pixel does not count. */
  distances?(mask: Float64Array, spatial: readonly number[], out: Float64Array, bands: Bands): Float64Array;
  /** Whether the caller's `distanceMaps` take the place of `distances`. */
  readonly takesDistanceMaps?: boolean;
  /** F of a region; replaces its `p` by the slopes dF/dp, 0 where a pixel does not count. */
  measure(region: Region, bands: Bands): number;
  /** Numbers that `distances`, and then `measure`, take of the bands' memory, of so many pixels and lines. */
  workspace(pixels: number, lines: number): number;
}

export function surfaceTerm(loss: SurfaceLoss): Term {
  const { id, options, classes, transform = "none" } = loss;
  const { reduction = "mean", allIgnored = "zero" } = options;
  const selected = choiceMask(id, options.classes ?? loss.selection, classes);
  /** Sums of the first map: [counted pixels, F of each class, whether each class counts]. */
  const fAt = 1;
  const countsAt = 1 + classes;
  const outer = (f: number) => (transform === "log" ? Math.log1p(f) : f);
  const outerSlope = (f: number) => (transform === "log" ? 1 / (1 + f) : 1);
  const totalOf = (images: readonly Float64Array[], at: number, value = (x: number) => x) =>
    images.reduce(
      (sum, image) => image.subarray(at, at + classes).reduce((part, x) => part + value(x), sum),
      0,
    );
  const region = regionTerm(options, classes);
  const simd = regionKernel(region, classes, true);
  return {
    id,
    coupling: "gather",
    ...region,
    ...(simd && { simd }),
    elements: reduction === "none" ? "classes" : "none",
    firstLength: 1 + 2 * classes,
    secondLength: 0,
    coefficientLength: classes,
    field: {
      rows: classes,
      scope: "image",
      takesDistanceMaps: loss.takesDistanceMaps ?? false,
      distances: (target, spatial, row) =>
        selected[row]
          ? loss.distances?.(target.map(toRegion), spatial, new Float64Array(target.length), new OneBand())
          : undefined,
      measure(unit, sums, bands) {
        const region = selected[unit.row] ? regionOf(unit, loss.distances, bands) : undefined;
        if (region === undefined) {
          bands.each(1, unit.values.length, () => unit.values.fill(0));
          return;
        }
        sums[fAt + unit.row] += loss.measure(region, bands);
        sums[countsAt + unit.row] += 1;
      },
      workspace(spatial, row) {
        if (!selected[row]) return 0;
        const { count, length } = linesOf(spatial);
        const pixels = count * length;
        // Shares and their sum, and distances.
        return (loss.distances ? 2 : 1) * pixels + count + 1 + loss.workspace(pixels, count);
      },
    },
    finish(images, scale, upstream) {
      const counting = totalOf(images, countsAt);
      if (counting === 0) return images.map(() => new Float64Array(classes));
      const divisor = reduction === "sum" ? 1 : counting;
      const reduced = totalOf(images, fAt) / divisor;
      return images.map((sums, n) =>
        Float64Array.from({ length: classes }, (_, c) => {
          if (reduction !== "none") return (scale * outerSlope(reduced)) / divisor;
          const share = upstream === undefined ? 1 / divisor : upstream[n * classes + c];
          return scale * share * outerSlope(sums[fAt + c]);
        }),
      );
    },
    value(images) {
      const counting = totalOf(images, countsAt);
      if (counting === 0) return 0 / emptyDivisor(id, allIgnored);
      if (reduction === "none") return totalOf(images, fAt, outer) / counting;
      return outer(totalOf(images, fAt) / (reduction === "sum" ? 1 : counting));
    },
    classElements: (images) =>
      Float32Array.from(images.flatMap((sums) => Array.from(sums.subarray(fAt, countsAt), outer))),
    pixel: {
      first({ p, counted, field, classes }, sums) {
        sums[0] += counted ? 1 : 0;
        for (let c = 0; c < classes; c++) field[c] = p[c];
      },
      second({ field, slope, classes }, coefficients) {
        for (let c = 0; c < classes; c++) slope[c] += coefficients[c] * field[c];
      },
    },
  };
}

/** 1 where a number is above a half, else 0; NaN where the pixel does not count. */
export function regionMask(
  values: Float64Array,
  { share, spatial }: Pick<Region, "share" | "spatial">,
  bands: Bands,
): Float64Array {
  const { count, length } = linesOf(spatial);
  const mask = bands.doubles(values.length);
  bands.each(count, length, (from, to) => {
    for (let i = from * length; i < to * length; i++) {
      mask[i] = share[i] === 0 ? Number.NaN : toRegion(values[i]);
    }
  });
  return mask;
}

function toRegion(v: number): number {
  return Number.isNaN(v) ? v : v > 0.5 ? 1 : 0;
}

const NONE = new Float64Array(0);

/** Undefined where no pixel counts. */
function regionOf(unit: FieldUnit, distancesOf: SurfaceLoss["distances"], bands: Bands): Region | undefined {
  const { values, target, spatial } = unit;
  const share = sharesOf(unit, bands);
  if (share === undefined) return undefined;
  const measured = () => {
    if (distancesOf === undefined) return NONE;
    const distances = bands.doubles(target.length);
    const own = bands.nested();
    return distancesOf(regionMask(target, { share, spatial }, own), spatial, distances, own);
  };
  return { p: values, target, share, spatial, distances: unit.distances ?? measured() };
}

/** Each pixel's part of the weights of all; undefined where they are all 0. */
function sharesOf(unit: FieldUnit, bands: Bands): Float64Array | undefined {
  const { target, weights, spatial } = unit;
  const total = weights ? totalWeight(target, weights, bands) : countedPixels(unit, bands);
  if (total === 0) return undefined;
  const { count, length } = linesOf(spatial);
  const share = bands.doubles(target.length);
  bands.each(count, length, (from, to) => {
    if (weights) {
      for (let i = from * length; i < to * length; i++) {
        share[i] = Number.isNaN(target[i]) ? 0 : weights[i] / total;
      }
    } else {
      const each = 1 / total;
      for (let i = from * length; i < to * length; i++) share[i] = Number.isNaN(target[i]) ? 0 : each;
    }
  });
  return share;
}

/** The weights of pixels that count, added in their order. */
function totalWeight(target: Float64Array, weights: Float64Array, bands: Bands): number {
  const total = bands.doubles(1);
  bands.each(1, target.length, () => {
    let sum = 0;
    for (let i = 0; i < target.length; i++) if (!Number.isNaN(target[i])) sum += weights[i];
    total[0] = sum;
  });
  return total[0];
}

function countedPixels({ target, spatial }: FieldUnit, bands: Bands): number {
  const { count, length } = linesOf(spatial);
  const counts = bands.doubles(count);
  bands.each(count, length, (from, to) => {
    for (let line = from; line < to; line++) {
      let counted = 0;
      for (let i = line * length; i < (line + 1) * length; i++) counted += Number.isNaN(target[i]) ? 0 : 1;
      counts[line] = counted;
    }
  });
  return counts.reduce((a, b) => a + b, 0);
}
