/** Distances to the other side of a mask's border. @module */
import { squaredDistanceFromSeeds, squaredDistanceTransform } from "./squared-distance-transform.ts";

/**
 * Distance of each element to the nearest element on the other side: of an element with mask != 0 to one with
 * mask == 0, and the reverse. This is EDT(mask) + EDT(not mask), at least the smallest spacing everywhere. A mask that is
 * empty or full has no other side, and 0 everywhere: MONAI's convention (`HausdorffDTLoss.distance_field`). An element
 * whose mask is NaN is on neither side: nothing is measured to it, and its own distance is 0.
 *
 * @param mask - `[...spatial]`, row-major.
 * @param spacing - distance between neighbours along each axis, 1 by default.
 * @param out - `[...spatial]`, overwritten and returned; a new array by default.
 * @throws PixelgradError `SHAPE_MISMATCH`, `OPTION_INVALID`.
 */
export function distanceField(
  mask: ArrayLike<number>,
  spatial: readonly number[],
  spacing?: readonly number[],
  out: Float64Array = new Float64Array(mask.length),
): Float64Array {
  const inside = squaredDistanceTransform(mask, spatial, spacing);
  for (let i = 0; i < mask.length; i++) {
    out[i] = mask[i] === 0 || Number.isNaN(mask[i]) ? Number.POSITIVE_INFINITY : 0;
  }
  squaredDistanceFromSeeds(out, spatial, spacing);
  for (let i = 0; i < mask.length; i++) {
    const squared = mask[i] === 0 ? out[i] : inside[i];
    const unmeasured = squared === Number.POSITIVE_INFINITY || Number.isNaN(mask[i]);
    out[i] = unmeasured ? 0 : Math.sqrt(squared);
  }
  return out;
}
