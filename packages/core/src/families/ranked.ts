/**
 * What rank losses share: each row (a class, or the one row of a loss per pixel) of an image or of the batch is a unit,
 * whose pixels are ranked together.
 *
 *   value = mean over images (or of the one batch) of sum over rows of share_r L_r
 *   dvalue/dm_i = share_r / images * dL_r/dm_i,  m_i the number that the first map measures at pixel i
 *
 * Images in which no row takes part are left out of the mean.
 *
 * @module
 */
import type { FieldUnit, PackedField } from "../field.ts";
import type { Pixel } from "../reference/pixel.ts";
import { forEachImage, type KernelMaps, type Term, totalOf } from "../term.ts";
import { type CommonOptions, commonTerm, emptyDivisor } from "./common-options.ts";

export interface RankedLoss {
  readonly id: string;
  readonly options: CommonOptions;
  readonly classes: number;
  /** 1, or one per class. */
  readonly rows: number;
  /** What is ranked together: the pixels of an image, or of the batch. */
  readonly scope: "image" | "batch";
  readonly activation: Term["activation"];
  readonly input: Term["input"];
  readonly targets: Term["targets"];
  readonly slope: Term["slope"];
  /** One per row; all 1 by default. */
  readonly rowWeights?: readonly number[];
  /** `plain`: share_r = w_r / (rows that take part); `normalized`: w_r / (the sum of their weights). */
  readonly weighting?: "plain" | "normalized";
  /** Whether a pixel that counts makes its row take part; every one by default. */
  takesPart?(pixel: Pixel, row: number): boolean;
  /** The number that ranks a pixel that counts. */
  measure(pixel: Pixel, row: number): number;
  /** The loss of a unit; overwrites its values with the derivatives of the loss with respect to them. */
  rank(unit: FieldUnit): number;
  /** Adds `scale` times the derivative of what `measure` returns to the pixel's `grad` or `slope`. */
  addGrad(pixel: Pixel, row: number, scale: number): void;
  /** Absent where only the pixel maps exist. */
  readonly kernel?: { readonly maps: KernelMaps; readonly packed: PackedField };
}

/** Sums of the first map: [counted pixels, pixels that make row 0 take part, row 1, ...]. */
const SUMS = 1;

export function rankedTerm(loss: RankedLoss): Term {
  const { id, options, classes, rows, scope, activation, input, targets, slope } = loss;
  const { allIgnored = "zero" } = options;
  const firstLength = SUMS + rows;
  const counts = (pixel: Pixel, row: number) => (rows === classes ? pixel.open[row] !== 0 : pixel.counted);
  const sharesOf = (sums: Float64Array) => sharesOfRows(loss, sums.subarray(SUMS));
  /** The shares of each group of pixels that is ranked together, and how many groups the loss is a mean over. */
  const groupsOf = (images: readonly Float64Array[]) => {
    const groups = scope === "batch" ? [totalOf(images, firstLength)] : images;
    const shares = groups.map(sharesOf);
    const count = shares.filter((share) => share !== undefined).length;
    return { shares, count: count === 0 ? emptyDivisor(id, allIgnored) : count };
  };
  return {
    id,
    coupling: "gather",
    activation,
    input,
    targets,
    slope,
    ...commonTerm(options),
    elements: "none",
    firstLength,
    secondLength: rows,
    coefficientLength: rows,
    finish(images, scale) {
      const { shares, count } = groupsOf(images);
      const coefficients = shares.map((share) =>
        Float64Array.from({ length: rows }, (_, row) => (scale * (share?.[row] ?? 0)) / count),
      );
      return scope === "batch" ? forEachImage(images, coefficients[0]) : coefficients;
    },
    value(first, second) {
      const { shares, count } = groupsOf(first);
      const losses = scope === "batch" ? [totalOf(second, rows)] : second;
      let value = 0;
      for (const [group, share] of shares.entries()) {
        if (share === undefined) continue;
        // A row that takes no part adds nothing, not 0 times its loss, which may be infinite.
        for (let row = 0; row < rows; row++) if (share[row] > 0) value += share[row] * losses[group][row];
      }
      return value / count;
    },
    field: {
      rows,
      scope,
      ...(loss.kernel && { packed: loss.kernel.packed }),
      fill(unit, coefficients, sums) {
        const { values, row } = unit;
        sums[row] += loss.rank(unit);
        const coefficient = coefficients[row];
        for (let i = 0; i < values.length; i++) values[i] *= coefficient;
      },
    },
    ...(loss.kernel && { simd: loss.kernel.maps }),
    pixel: {
      first(pixel, sums) {
        sums[0] += pixel.counted ? 1 : 0;
        for (let row = 0; row < rows; row++) {
          const counted = counts(pixel, row);
          pixel.field[row] = counted ? loss.measure(pixel, row) : 0;
          if (counted && (loss.takesPart?.(pixel, row) ?? true)) sums[SUMS + row] += 1;
        }
      },
      second(pixel) {
        for (let row = 0; row < rows; row++) {
          const scale = pixel.field[row];
          if (scale !== 0 && counts(pixel, row)) loss.addGrad(pixel, row, scale);
        }
      },
    },
  };
}

/** What each row weighs in the mean over rows; undefined when no row takes part, or only rows of weight 0. */
function sharesOfRows(
  { rows, rowWeights, weighting = "plain" }: RankedLoss,
  present: Float64Array,
): Float64Array | undefined {
  const shares = Float64Array.from({ length: rows }, (_, row) =>
    present[row] === 0 ? 0 : (rowWeights?.[row] ?? 1),
  );
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (total === 0) return undefined;
  const divisor =
    weighting === "normalized" ? total : present.reduce((n, count) => n + (count > 0 ? 1 : 0), 0);
  return shares.map((share) => share / divisor);
}

/** The pixels of a unit that count, in pixel order; with `weights`, those whose weight is not 0. */
export function countedPixels(target: Float64Array, weights?: Float64Array): Uint32Array {
  const members = new Uint32Array(target.length);
  let count = 0;
  for (let i = 0; i < target.length; i++) {
    if (!Number.isNaN(target[i]) && weights?.[i] !== 0) members[count++] = i;
  }
  return members.subarray(0, count);
}
