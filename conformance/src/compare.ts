/**
 * Whether a number is close enough to the published one.
 *
 * @module
 */
import type { Tolerance } from "./vectors.ts";

/** Values of ours hold to this part of themselves, plus one step of float32 around 1. */
const OUR_RELATIVE = 1e-6;
const FLOAT32_STEP = 2 ** -23;

export interface Mismatch {
  readonly at: number;
  readonly got: number;
  readonly expected: number;
  readonly allowed: number;
}

/** How far from `expected` the case's test would let a number be. */
export function allowedError(expected: number, tolerance: Tolerance): number {
  const { rtol, atol, rel, abs, decimal, places } = tolerance;
  if (decimal !== undefined) return 1.5 * 10 ** -decimal;
  if (places !== undefined) return 0.5 * 10 ** -places;
  if (rel !== undefined || abs !== undefined) return Math.max((rel ?? 0) * Math.abs(expected), abs ?? 0);
  return (atol ?? 0) + (rtol ?? 0) * Math.abs(expected);
}

/**
 * The first number that is further from `expected` than `tolerance` and float32 allow; a length that differs is a
 * mismatch at the end. NaN matches NaN, an infinity itself.
 */
export function firstMismatch(
  got: ArrayLike<number>,
  expected: readonly number[],
  tolerance: Tolerance,
): Mismatch | undefined {
  if (got.length !== expected.length) {
    return { at: expected.length, got: got.length, expected: expected.length, allowed: 0 };
  }
  for (let at = 0; at < expected.length; at++) {
    const want = expected[at]!;
    const have = got[at]!;
    if (Object.is(want, have) || want === have) continue;
    const least = OUR_RELATIVE * Math.abs(want) + FLOAT32_STEP;
    const allowed = Math.max(allowedError(want, tolerance), least);
    if (!(Math.abs(have - want) <= allowed) || !Number.isFinite(want))
      return { at, got: have, expected: want, allowed };
  }
  return undefined;
}
