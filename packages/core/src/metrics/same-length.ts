/** Predictions and truth must be of the same pixels. @module */
import { PixelgradError } from "../errors.ts";
import type { TypedArray } from "../tensor.ts";

/** @throws PixelgradError `SHAPE_MISMATCH`. */
export function checkSameLength(predicted: TypedArray, truth: TypedArray): void {
  if (predicted.length === truth.length) return;
  throw new PixelgradError(
    "SHAPE_MISMATCH",
    `${truth.length} true labels need as many predicted ones, got ${predicted.length}.`,
    { expected: [truth.length], got: [predicted.length] },
  );
}
