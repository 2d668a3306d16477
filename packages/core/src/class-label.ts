/** Labels that must be classes. @module */
import { PixelgradError } from "./errors.ts";

/**
 * `label`, if it is one of the classes 0 to `classes` - 1.
 * @param pixel - its offset, for the message.
 * @throws PixelgradError `LABEL_OUT_OF_RANGE`.
 */
export function classLabel(label: number, classes: number, pixel: number): number {
  if (Number.isInteger(label) && label >= 0 && label < classes) return label;
  throw new PixelgradError(
    "LABEL_OUT_OF_RANGE",
    `Label ${label} at pixel ${pixel} is no class: expected 0 to ${classes - 1}.`,
    { label, classes, position: [pixel] },
  );
}
