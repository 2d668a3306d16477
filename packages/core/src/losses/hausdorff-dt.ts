/** Hausdorff loss by distance transforms. @module */

import { sumInOrder } from "../bands.ts";
import type { LossDefinition, Preset } from "../definition.ts";
import {
  regionMask,
  type SurfaceLossOptions,
  spacingField,
  surfaceFields,
  surfaceTerm,
} from "../families/surface.ts";
import type { Loss } from "../loss.ts";
import { defineLoss } from "../single-loss.ts";
import { distanceField } from "../surface/distance-field.ts";
import { linesOf } from "../surface/lines.ts";

export interface HausdorffDtOptions extends SurfaceLossOptions {
  readonly preset?: Preset;
  /** Power of the distances, at least 0; 2 by default. */
  readonly alpha?: number;
  /** `none` (default), or `log`: log(1 + L) of the reduced loss, under `reduction: "none"` of each element. */
  readonly transform?: "none" | "log";
  /** Distance between neighbouring pixels along each spatial axis, 1 by default. */
  readonly spacing?: readonly number[];
}

export const hausdorffDtDefinition: LossDefinition = {
  id: "hausdorff-dt",
  formula:
    "L = mean over classes, images and pixels of (p - g)^2 (d_p^a + d_g^a), d = distance to the other side of the " +
    "border of {p > 0.5} and {g > 0.5}, without gradient, 0 where there is no border; transform log: log(1 + L)",
  source:
    "Karimi and Salcudean, Reducing the Hausdorff Distance in Medical Image Segmentation with Convolutional Neural " +
    "Networks, IEEE TMI 39, 2020 (arXiv 1904.10030), Loss_DT; as MONAI 1.4 HausdorffDTLoss and LogHausdorffDTLoss, in float64.",
  coupling: "gather",
  kernel: "simd",
  fields: {
    alpha: { kind: "number", min: 0, default: 2, doc: "Power of the distances." },
    transform: {
      kind: "choice",
      values: ["none", "log"],
      default: "none",
      doc: "What becomes of the reduced loss: nothing, or log(1 + loss).",
    },
    ...surfaceFields("foreground"),
    ...spacingField,
  },
  presets: {
    monai: {
      options: { alpha: 2, classes: "foreground", transform: "none" },
      note: "monai.losses.HausdorffDTLoss; LogHausdorffDTLoss with transform log",
    },
  },
  resolve(checked, classes) {
    const options = checked as HausdorffDtOptions;
    const { alpha = 2, transform = "none", spacing } = options;
    // Nearly always a square, which takes a fraction of the time of the general power.
    const power = alpha === 2 ? (d: number) => d * d : (d: number) => d ** alpha;
    return surfaceTerm({
      id: this.id,
      options,
      classes,
      selection: "foreground",
      transform,
      distances: (mask, spatial, out, bands) => distanceField(mask, spatial, spacing, out, bands),
      // Distances, a mask and what distances take; then the parts of the value.
      workspace: (pixels) => 3 * pixels + 1,
      measure(region, bands) {
        const { p, target, share, spatial, distances: ofTarget } = region;
        const ofPrediction = bands.doubles(p.length);
        const own = bands.nested();
        distanceField(regionMask(p, region, own), spatial, spacing, ofPrediction, own);
        const { count, length } = linesOf(spatial);
        const parts = bands.doubles(p.length);
        bands.each(count, length, (from, to) => {
          for (let i = from * length; i < to * length; i++) {
            if (share[i] === 0) {
              parts[i] = 0;
              p[i] = 0;
              continue;
            }
            const weighted = share[i] * (power(ofPrediction[i]) + power(ofTarget[i]));
            const error = p[i] - target[i];
            parts[i] = weighted * error * error;
            p[i] = 2 * weighted * error;
          }
        });
        return sumInOrder(parts, bands);
      },
    });
  },
};

/**
 * Hausdorff distance loss by distance transforms: squared errors, each weighted by how far it lies from the borders of
 * prediction and ground truth. The distances take no gradient; so the loss jumps where a probability crosses 0.5.
 *
 * Logits `[N, C, ...spatial]`, any number of spatial dims, against labels (softmax, or `oneVsRest`) or dense targets.
 * Ignored pixels, and those of weight 0, are in no set: distances pass over them and are not measured to them.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function hausdorffDt(options: HausdorffDtOptions = {}): Loss {
  return defineLoss(hausdorffDtDefinition, options);
}
