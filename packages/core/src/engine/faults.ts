/** Errors about one number of a batch, with its position in the caller's own dims. */
import { PixelgradError } from "../errors.ts";
import { positionOf } from "../tensor.ts";
import type { PieceOrigin } from "./piece-view.ts";

/** The offset of channel `c`, pixel `i` of a piece in an array of `channels` channels per image. */
function offsetIn(origin: PieceOrigin, channels: number, c: number, i: number): number {
  const { image, begin, pixels, layout } = origin;
  return layout === "channels-first"
    ? (image * channels + c) * pixels + begin + i
    : (image * pixels + begin + i) * channels + c;
}

export function labelFault(origin: PieceOrigin, i: number, label: number, classes: number): PixelgradError {
  const position = positionOf(offsetIn(origin, 1, 0, i), origin.targetDims);
  return new PixelgradError(
    "LABEL_OUT_OF_RANGE",
    `Label ${label} at [${position}] is no class: labels must be integers from 0 to ${classes - 1}, or ignored` +
      `${Number.isSafeInteger(label) ? ` (ignoreIndex: ${label})` : ""}.`,
    { label, classes, position },
  );
}

export function targetFault(
  origin: PieceOrigin,
  classes: number,
  c: number,
  i: number,
  value: number,
): PixelgradError {
  const position = positionOf(offsetIn(origin, classes, c, i), origin.targetDims);
  const hint = value === 255 ? " A mask of 0 and 255 has to be divided by 255 first, or 255 ignored." : "";
  return new PixelgradError(
    "TARGET_OUT_OF_RANGE",
    `Target ${value} at [${position}] is not in [0, 1] and not ignored.${hint}`,
    { value, position },
  );
}

export function nonFiniteFault(
  origin: PieceOrigin,
  classes: number,
  c: number,
  i: number,
  value: number,
  what = "The logits hold",
): PixelgradError {
  const position = positionOf(offsetIn(origin, classes, c, i), origin.logitsDims);
  return new PixelgradError(
    "VALUE_NOT_FINITE",
    `${what} ${value} at [${position}]: a loss needs finite numbers. Look for a division by zero, or a ` +
      "learning rate that is too high.",
    { value, position },
  );
}

/** A label whose class the call's class mask leaves out of the softmax. */
export function maskedLabelFault(origin: PieceOrigin, i: number, label: number): PixelgradError {
  const position = positionOf(offsetIn(origin, 1, 0, i), origin.targetDims);
  return new PixelgradError(
    "LABEL_MASKED",
    `Label ${label} at [${position}] is a class that extra.classMask leaves out of image ${origin.image}: relabel it, ` +
      "ignore it, or let its class in.",
    { label, position },
  );
}

export function probabilityFault(
  origin: PieceOrigin,
  classes: number,
  c: number,
  i: number,
  value: number,
  what = "The probabilities hold",
): PixelgradError {
  const position = positionOf(offsetIn(origin, classes, c, i), origin.logitsDims);
  return new PixelgradError(
    "PROBABILITY_OUT_OF_RANGE",
    `${what} ${value} at [${position}], which is not in [0, 1]. For logits leave out ` +
      'input: "probabilities".',
    { value, position },
  );
}
