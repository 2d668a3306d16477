/**
 * Sum, mean and none for losses that are a sum over pixels: the divisor is known from the labels alone.
 *
 * Sums of the first map: [counted pixels, sum of their weights (or counted elements), all elements].
 *
 * @module
 */
import { PixelgradError } from "../errors.ts";
import type { OptionFields } from "../options.ts";

export type Reduction = "mean" | "sum" | "none";
export type AllIgnored = "zero" | "nan" | "throw";

export interface PixelOptions {
  /** A label or target value, or several, that does not count. */
  readonly ignoreIndex?: number | readonly number[];
  /** `mean` by default. `none` adds `elements` to the result; its value is their plain mean. */
  readonly reduction?: Reduction;
  /** The value of a batch without a counted pixel: `zero` by default; PyTorch gives `nan`. */
  readonly allIgnored?: AllIgnored;
}

export const ignoreField: OptionFields = {
  ignoreIndex: {
    kind: "integer-or-integers",
    doc: "Label or target value, or several, that does not count.",
  },
};

export const allIgnoredField: OptionFields = {
  allIgnored: {
    kind: "choice",
    values: ["zero", "nan", "throw"],
    default: "zero",
    doc: "Value of a batch without a counted pixel.",
  },
};

export const pixelFields: OptionFields = {
  ...ignoreField,
  reduction: {
    kind: "choice",
    values: ["mean", "sum", "none"],
    default: "mean",
    doc: "Mean or sum over what counts; none also returns the elements, and their plain mean.",
  },
  ...allIgnoredField,
};

export type Divisor = "weights" | "valid" | "all";

export interface PixelReduction {
  readonly firstLength: 3;
  readonly secondLength: 1;
  readonly coefficientLength: 1;
  finish(sums: Float64Array, scale: number): Float64Array;
  value(first: Float64Array, second: Float64Array): number;
}

/** How the sum of a pixel loss becomes its value; the coefficient is what each pixel's gradient is multiplied by. */
export function pixelReduction(
  loss: string,
  reduction: Reduction,
  divisor: Divisor,
  allIgnored: AllIgnored,
): PixelReduction {
  const divisorOf = (sums: Float64Array): number => {
    if (sums[0] === 0) return emptyDivisor(loss, allIgnored);
    if (reduction === "sum") return 1;
    if (reduction === "none" || divisor === "all") return sums[2];
    const counted = divisor === "weights" ? sums[1] : sums[0];
    return counted === 0 ? emptyDivisor(loss, allIgnored) : counted;
  };
  return {
    firstLength: 3,
    secondLength: 1,
    coefficientLength: 1,
    finish: (sums, scale) => Float64Array.of(scale / divisorOf(sums)),
    value: (first, second) => second[0] / divisorOf(first),
  };
}

/** What makes the policy's value of a batch in which nothing counts, or only classes of weight 0. */
export function emptyDivisor(loss: string, allIgnored: AllIgnored): number {
  if (allIgnored === "throw") {
    throw new PixelgradError(
      "ALL_IGNORED",
      `${loss}: no pixel of the batch counts, so there is no mean. Check ignoreIndex and classWeights, or set allIgnored to zero.`,
      { loss },
    );
  }
  return allIgnored === "nan" ? Number.NaN : Number.POSITIVE_INFINITY;
}

/** The list form of `ignoreIndex`. */
export function ignoreList(ignoreIndex: number | readonly number[] | undefined): readonly number[] {
  if (ignoreIndex === undefined) return [];
  return typeof ignoreIndex === "number" ? [ignoreIndex] : ignoreIndex;
}
