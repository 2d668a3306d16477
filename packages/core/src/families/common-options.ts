/** Options of every loss. @module */
import { PixelgradError } from "../errors.ts";
import type { OptionFields } from "../options.ts";
import type { Term } from "../term.ts";

export type AllIgnored = "zero" | "nan" | "throw";

export interface CommonOptions {
  /** A label or target value, or several, that does not count. */
  readonly ignoreIndex?: number | readonly number[];
  /** The mean of a batch without a counted pixel: `zero` by default; PyTorch gives `nan`. Its sum is 0. */
  readonly allIgnored?: AllIgnored;
  /** NaN and infinity in the input: `throw` (default) names the first, `propagate` lets them through to the value. */
  readonly nonFinite?: "throw" | "propagate";
  /** A label that is no class and not ignored: `throw` (default) names its position, `ignore` leaves its pixel out. */
  readonly outOfRange?: "throw" | "ignore";
  /** What probabilities and dense targets must keep to: `unit`, [0, 1], by default; `any` takes all finite numbers. */
  readonly range?: "unit" | "any";
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
    doc: "Mean of a batch without a counted pixel.",
  },
};

export const nonFiniteField: OptionFields = {
  nonFinite: {
    kind: "choice",
    values: ["throw", "propagate"],
    default: "throw",
    doc: "NaN and infinity in the input: refused with their position, or let through to the value.",
  },
};

export const outOfRangeField: OptionFields = {
  outOfRange: {
    kind: "choice",
    values: ["throw", "ignore"],
    default: "throw",
    doc: "A label that is no class and not ignored: refused with its position, or its pixel left out.",
  },
};

export const rangeField: OptionFields = {
  range: {
    kind: "choice",
    values: ["unit", "any"],
    default: "unit",
    doc: "What probabilities and dense targets must keep to: [0, 1], or any finite numbers.",
  },
};

/** What every term takes over from the options of every loss. */
export function commonTerm({
  ignoreIndex,
  nonFinite = "throw",
  outOfRange = "throw",
  range = "unit",
}: CommonOptions): Pick<Term, "ignored" | "nonFinite" | "outOfRange" | "range"> {
  return { ignored: ignoreList(ignoreIndex), nonFinite, outOfRange, range };
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
function ignoreList(ignoreIndex: number | readonly number[] | undefined): readonly number[] {
  if (ignoreIndex === undefined) return [];
  return typeof ignoreIndex === "number" ? [ignoreIndex] : ignoreIndex;
}
