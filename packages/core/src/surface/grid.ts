/** The grid that distances are measured on. @module */
import { PixelgradError } from "../errors.ts";
import { elementCount, formatDims } from "../tensor.ts";

/**
 * The distance between neighbours along each axis of `spatial`: `spacing`, checked, or 1 everywhere.
 * @throws PixelgradError `SHAPE_MISMATCH` when `length` is not the product of `spatial`, `OPTION_INVALID` when
 * `spacing` is not a positive number per axis.
 */
export function checkedSpacing(
  length: number,
  spatial: readonly number[],
  spacing: readonly number[] | undefined,
): readonly number[] {
  if (length !== elementCount(spatial)) {
    throw new PixelgradError(
      "SHAPE_MISMATCH",
      `Spatial dims ${formatDims(spatial)} need ${elementCount(spatial)} elements, got ${length}.`,
      { expected: spatial, got: [length] },
    );
  }
  if (spacing === undefined) return spatial.map(() => 1);
  if (spacing.length === spatial.length && spacing.every((s) => s > 0 && Number.isFinite(s))) return spacing;
  const allowed = `${spatial.length} positive numbers, one per spatial dim`;
  throw new PixelgradError("OPTION_INVALID", `spacing needs ${allowed}, got [${spacing.join(", ")}].`, {
    loss: "distance",
    option: "spacing",
    value: spacing,
    allowed,
  });
}
