/** Boundary loss. @module */

import { sumInOrder } from "../bands.ts";
import type { LossDefinition } from "../definition.ts";
import { type SurfaceLossOptions, spacingField, surfaceFields, surfaceTerm } from "../families/surface.ts";
import type { Loss } from "../loss.ts";
import { defineLoss } from "../single-loss.ts";
import { linesOf } from "../surface/lines.ts";
import { signedDistanceMap } from "../surface/signed-distance-map.ts";

export interface BoundaryOptions extends SurfaceLossOptions {
  /** Distance between neighbouring pixels along each spatial axis, 1 by default; not used with `extra.distanceMaps`. */
  readonly spacing?: readonly number[];
}

export const boundaryDefinition: LossDefinition = {
  id: "boundary",
  formula:
    "L = mean over classes, images and pixels of p phi, phi = D(p, G) outside of the class's region G, 1 - D(p, not G) inside",
  source:
    "Kervadec et al., Boundary loss for highly unbalanced segmentation, MIDL 2019, eq. 5, with the maps of the authors' " +
    "code. A region that fills the image has the map 0, as an empty one has.",
  coupling: "gather",
  kernel: "simd",
  fields: { ...surfaceFields("foreground"), ...spacingField },
  resolve(checked, classes) {
    const options = checked as BoundaryOptions;
    return surfaceTerm({
      id: this.id,
      options,
      classes,
      selection: "foreground",
      takesDistanceMaps: true,
      distances: (mask, spatial, out, bands) => signedDistanceMap(mask, spatial, options.spacing, out, bands),
      // A mask and what distances take; then the parts of the value.
      workspace: (pixels) => 2 * pixels + 1,
      measure({ p, share, spatial, distances: phi }, bands) {
        const { count, length } = linesOf(spatial);
        const parts = bands.doubles(p.length);
        bands.each(count, length, (from, to) => {
          for (let i = from * length; i < to * length; i++) {
            const slope = share[i] === 0 ? 0 : share[i] * phi[i];
            parts[i] = slope * p[i];
            p[i] = slope;
          }
        });
        return sumInOrder(parts, bands);
      },
    });
  },
};

/**
 * Boundary loss: probabilities times the signed distance to the boundary of the ground truth, which is negative inside;
 * so is the loss of a good prediction. The maps are made of the target (dense targets: the region is where it is above
 * 0.5), or given as `extra.distanceMaps`, as `signedDistanceMaps` makes them once per label.
 *
 * Logits `[N, C, ...spatial]`, any number of spatial dims, against labels (softmax, or `oneVsRest`) or dense targets.
 * Ignored pixels, and those of weight 0, lie neither in a region nor outside of one.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function boundary(options: BoundaryOptions = {}): Loss {
  return defineLoss(boundaryDefinition, options);
}
