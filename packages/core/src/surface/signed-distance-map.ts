/**
 * Signed distance maps of the boundary loss.
 *
 *   phi(p) = D(p, G)  outside of the class's region G,   1 - D(p, not G)  inside
 *
 * so the rim of G has 0 (with spacing 1), and the rest of it is below.
 *
 * Source: Kervadec et al., Boundary loss for highly unbalanced segmentation, MIDL 2019; `one_hot2dist` of its
 * authors' code, which also subtracts 1 whatever the spacing is.
 *
 * @module
 */
import { type Bands, OneBand } from "../bands.ts";
import { classLabel } from "../class-label.ts";
import { checkTensor, elementCount, type Tensor } from "../tensor.ts";
import { distanceField } from "./distance-field.ts";
import { linesOf } from "./lines.ts";

/**
 * The signed distance map of one mask, `[...spatial]`. A region that is empty or that fills the grid has no
 * boundary, and 0 everywhere (for a full one, the authors' code leaves it to what scipy does without a background). An
 * element whose mask is NaN lies neither in the region nor outside of it, and has 0.
 *
 * @param mask - `[...spatial]`, row-major; the region is where it is not 0.
 * @param spacing - distance between neighbours along each axis, 1 by default.
 * @param out - `[...spatial]`, overwritten and returned; a new array by default.
 * @param bands - that threads share the work in; one by default.
 * @throws PixelgradError `SHAPE_MISMATCH`, `OPTION_INVALID`.
 */
export function signedDistanceMap(
  mask: ArrayLike<number>,
  spatial: readonly number[],
  spacing?: readonly number[],
  out: Float64Array = new Float64Array(mask.length),
  bands: Bands = new OneBand(),
): Float64Array {
  distanceField(mask, spatial, spacing, out, bands);
  const { count, length } = linesOf(spatial);
  bands.each(count, length, (from, to) => {
    // A distance of 0 is no distance: the mask is empty or full.
    for (let i = from * length; i < to * length; i++) if (mask[i] !== 0 && out[i] > 0) out[i] = 1 - out[i];
  });
  return out;
}

export interface SignedDistanceMapsOptions {
  /** Distance between neighbours along each spatial axis, 1 by default. */
  readonly spacing?: readonly number[];
  /** Labels that are no class: their pixels lie neither in a region nor outside of one, and have 0 in every map. */
  readonly ignore?: readonly number[];
}

/**
 * The signed distance maps of all classes, `[N, classes, ...spatial]` in float32, of labels `[N, ...spatial]`. With one
 * class, the map is that of label 1, as a sigmoid channel has it.
 *
 * @throws PixelgradError `TYPE_MISMATCH`, `SHAPE_MISMATCH`, `OPTION_INVALID`, `LABEL_OUT_OF_RANGE`.
 */
export function signedDistanceMaps(
  labels: Tensor,
  classes: number,
  { spacing, ignore = [] }: SignedDistanceMapsOptions = {},
): Tensor<Float32Array> {
  checkTensor("Labels", labels);
  const { data, dims } = labels;
  const [images, ...spatial] = dims as [number, ...number[]];
  const pixels = elementCount(spatial);
  const ids = Int32Array.from({ length: data.length }, (_, i) => {
    const label = Number(data[i]);
    return ignore.includes(label) ? -1 : classLabel(label, classes === 1 ? 2 : classes, i);
  });
  const maps = new Float32Array(images * classes * pixels);
  const mask = new Float64Array(pixels);
  const map = new Float64Array(pixels);
  for (let image = 0; image < images; image++) {
    for (let c = 0; c < classes; c++) {
      const id = classes === 1 ? 1 : c;
      for (let i = 0; i < pixels; i++) {
        const own = ids[image * pixels + i];
        mask[i] = own < 0 ? Number.NaN : own === id ? 1 : 0;
      }
      maps.set(signedDistanceMap(mask, spatial, spacing, map), (image * classes + c) * pixels);
    }
  }
  return { data: maps, dims: [images, classes, ...spatial] };
}
