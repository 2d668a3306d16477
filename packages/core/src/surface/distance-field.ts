/** Distances to the other side of a mask's border. @module */
import { type Bands, OneBand } from "../bands.ts";
import { checkedSpacing } from "./grid.ts";
import { linesOf } from "./lines.ts";
import { spreadAlongAxis } from "./squared-distance-transform.ts";

/**
 * Distance of each element to the nearest element on the other side: of an element with mask != 0 to one with
 * mask == 0, and the reverse. This is EDT(mask) + EDT(not mask), at least the smallest spacing everywhere. A mask that is
 * empty or full has no other side, and 0 everywhere: MONAI's convention (`HausdorffDTLoss.distance_field`). An element
 * whose mask is NaN is on neither side: nothing is measured to it, and its own distance is 0.
 *
 * @param mask - `[...spatial]`, row-major.
 * @param spacing - distance between neighbours along each axis, 1 by default.
 * @param out - `[...spatial]`, overwritten and returned; a new array by default.
 * @param bands - that threads share the work in; one by default.
 * @throws PixelgradError `SHAPE_MISMATCH`, `OPTION_INVALID`.
 */
export function distanceField(
  mask: ArrayLike<number>,
  spatial: readonly number[],
  spacing?: readonly number[],
  out: Float64Array = new Float64Array(mask.length),
  bands: Bands = new OneBand(),
): Float64Array {
  const steps = checkedSpacing(mask.length, spatial, spacing);
  if (mask.length === 0) return out;
  const { count, length } = linesOf(spatial);
  const step = steps.at(-1) ?? 1;
  /** Squared distances to the nearest element with mask == 0, and to the nearest other one. */
  const toOutside = bands.doubles(mask.length);
  const toInside = out;
  bands.each(count, length, (from, to) => {
    for (let at = from * length; at < to * length; at += length) {
      measureLine(mask, at, length, step, toOutside, toInside);
    }
  });
  for (let axis = spatial.length - 2; axis >= 0; axis--) {
    spreadAlongAxis(toOutside, spatial, axis, steps[axis], bands);
    spreadAlongAxis(toInside, spatial, axis, steps[axis], bands);
  }
  bands.each(count, length, (from, to) => {
    toOtherSide(mask, from * length, to * length, toOutside, out);
  });
  return out;
}

/** Squared distances along a line to the nearest element on either side of the border, from one pass each way. */
function measureLine(
  mask: ArrayLike<number>,
  at: number,
  length: number,
  step: number,
  toOutside: Float64Array,
  toInside: Float64Array,
): void {
  let outside = Number.NEGATIVE_INFINITY;
  let inside = Number.NEGATIVE_INFINITY;
  for (let i = at; i < at + length; i++) {
    if (mask[i] === 0) outside = i;
    else if (!Number.isNaN(mask[i])) inside = i;
    toOutside[i] = (step * (i - outside)) ** 2;
    toInside[i] = (step * (i - inside)) ** 2;
  }
  outside = Number.POSITIVE_INFINITY;
  inside = Number.POSITIVE_INFINITY;
  for (let i = at + length - 1; i >= at; i--) {
    if (mask[i] === 0) outside = i;
    else if (!Number.isNaN(mask[i])) inside = i;
    toOutside[i] = Math.min(toOutside[i], (step * (outside - i)) ** 2);
    toInside[i] = Math.min(toInside[i], (step * (inside - i)) ** 2);
  }
}

/** The distances, of the squared ones; `out` holds those to the inside. */
function toOtherSide(
  mask: ArrayLike<number>,
  from: number,
  to: number,
  toOutside: Float64Array,
  out: Float64Array,
): void {
  for (let i = from; i < to; i++) {
    const squared = mask[i] === 0 ? out[i] : toOutside[i];
    const unmeasured = squared === Number.POSITIVE_INFINITY || Number.isNaN(mask[i]);
    out[i] = unmeasured ? 0 : Math.sqrt(squared);
  }
}
