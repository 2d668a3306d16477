/** The error for a file that is no usable model. @module */
import { PixelgradError } from "@pixelgrad/core";

/** @param reason - what is wrong and where; a clause that follows a colon. */
export function damaged(model: string, reason: string, cause?: unknown): PixelgradError {
  return new PixelgradError(
    "MODEL_DAMAGED",
    `${model} is no usable ONNX model: ${reason}.`,
    { model, reason },
    cause === undefined ? undefined : { cause },
  );
}

const LONGEST = 80;

/** A name from a file, for a message: quoted, and cut where a hostile one would fill the screen. */
export function quoted(name: string): string {
  return `'${name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name}'`;
}
