/**
 * Sum, mean and none for losses that are a sum over pixels: the divisor is known from the labels alone.
 *
 * @module
 */
import type { OptionFields } from "../options.ts";
import { forEachImage, type Term, totalOf } from "../term.ts";
import { type AllIgnored, type CommonOptions, emptyDivisor } from "./common-options.ts";

export type Reduction = "mean" | "sum" | "none" | "batchmean";
export type Divisor = "weights" | "valid" | "nonzero" | "all";

export interface PixelOptions extends CommonOptions {
  /**
   * `mean` by default; `batchmean` divides the sum by the number of images; `none` adds `elements` to the result, its
   * value is their plain mean.
   */
  readonly reduction?: Reduction;
  /**
   * What a mean divides by: the weights of what counts, the number of what counts (`valid`), of that whose weight is not
   * 0, of all elements, ignored ones too, or a number of one's own.
   */
  readonly divisor?: Divisor | number;
}

export const pixelFields = (divisor: Divisor): OptionFields => ({
  reduction: {
    kind: "choice",
    values: ["mean", "sum", "none", "batchmean"],
    default: "mean",
    doc:
      "Mean or sum over what counts; batchmean is the sum over the number of images; none also returns the elements, " +
      "and their plain mean.",
  },
  ...divisorField(divisor),
});

/** @param own - divisors of the loss's own: words, and what they are. */
export function divisorField(normal: string, own: { readonly [word: string]: string } = {}): OptionFields {
  const all = [
    "weights of what counts, its number (valid), the number of nonzero weights, that of all elements",
    ...Object.entries(own).map(([word, what]) => `${what} (${word})`),
  ];
  return {
    divisor: {
      kind: "any-of",
      of: [
        { kind: "choice", values: ["weights", "valid", "nonzero", "all", ...Object.keys(own)] },
        { kind: "number", min: 0 },
      ],
      default: normal,
      doc: `What a mean divides by: ${all.join(", ")}, or a given number.`,
    },
  };
}

/** What a mean counts: pixels, with the sum over their channels, or channels one by one. */
export type Spread = "pixels" | "elements";

export function spreadField(normal: string): OptionFields {
  return {
    spread: {
      kind: "choice",
      values: ["pixels", "elements"],
      default: normal,
      doc: "What a mean counts: pixels, with the sum over their channels, or channels one by one.",
    },
  };
}

/** Sums of the first map of a loss that is a sum over pixels. */
export const PixelSum = {
  /** Pixels that count. */
  pixels: 0,
  /** Elements that count: pixels, or logits. */
  valid: 1,
  /** Their weights. */
  weights: 2,
  /** All elements. */
  all: 3,
  /** Elements that count and whose weight is not 0. */
  nonzero: 4,
  length: 5,
} as const;

/** Counts `count` elements that count, each of weight `weight`. */
export function countElement(sums: Float64Array, weight: number, count = 1): void {
  sums[PixelSum.valid] += count;
  sums[PixelSum.weights] += count * weight;
  sums[PixelSum.nonzero] += weight === 0 ? 0 : count;
}

/** The part of a term that says how its sums become its value. */
export type PixelReduction = Pick<
  Term,
  "firstLength" | "secondLength" | "coefficientLength" | "finish" | "value"
>;

export interface ReductionChoice {
  readonly reduction: Reduction;
  readonly divisor: Divisor | number;
  readonly allIgnored: AllIgnored;
}

/** How the sum of a pixel loss becomes its value; the coefficient is what each pixel's gradient is multiplied by. */
export function pixelReduction(loss: string, choice: ReductionChoice): PixelReduction {
  return {
    firstLength: PixelSum.length,
    secondLength: 1,
    coefficientLength: 1,
    finish(images, scale, upstream) {
      const divisor = upstream === undefined ? divisorOf(loss, choice, images) : 1;
      return forEachImage(images, Float64Array.of(scale / divisor));
    },
    value: (first, second) => totalOf(second, 1)[0] / divisorOf(loss, choice, first),
  };
}

function divisorOf(
  loss: string,
  { reduction, divisor, allIgnored }: ReductionChoice,
  images: readonly Float64Array[],
): number {
  const sums = totalOf(images, PixelSum.length);
  const nothing = sums[PixelSum.pixels] === 0;
  // Only a mean of nothing is undefined: the sum of nothing is 0, and so are all its elements.
  if (nothing && (reduction === "mean" || allIgnored === "throw")) return emptyDivisor(loss, allIgnored);
  if (nothing || reduction === "sum") return 1;
  if (reduction === "batchmean") return images.length;
  if (reduction === "none") return sums[PixelSum.all];
  const counted = typeof divisor === "number" ? divisor : sums[PixelSum[divisor]];
  return counted === 0 ? emptyDivisor(loss, allIgnored) : counted;
}
