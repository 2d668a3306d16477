/** How far a contender may be off ours. @module */
import type { Agreement } from "./peers/peer.ts";
import { pixelsOf, type Row } from "./rows.ts";

export interface Bounds {
  /** Of the value, relative to itself. */
  readonly value: number;
  /** Of the gradient, relative to its largest entry. */
  readonly grad: number;
}

/** Half the step between 1 and the next float32. */
const ROUNDING = 2 ** -24;
/** Sums in a tree, and softmax, in float32. */
const FLOAT32_BOUND = 1e-5;

export function boundsOf(row: Row, agreement: Agreement): Bounds {
  if (agreement === "bits") return { value: 0, grad: 0 };
  const pixels = pixelsOf(row);
  const grad = FLOAT32_BOUND;
  // One after the other into one float32, n numbers above 0 lose up to n roundings; far fewer, as most cancel.
  if (agreement === "running float32" || agreement === "value")
    return { value: FLOAT32_BOUND + (pixels * ROUNDING) / 8, grad };
  if (row.rounding === "sums") return { value: FLOAT32_BOUND, grad };
  // A step of the Jaccard index is up to 1 over the pixels of a class, and the difference of two numbers below 1: in float32
  // it has the fewer digits the more pixels there are.
  return {
    value: FLOAT32_BOUND + 4 * ROUNDING * Math.sqrt(pixels),
    grad: FLOAT32_BOUND + (4 * ROUNDING * pixels) / row.dims[1]!,
  };
}
