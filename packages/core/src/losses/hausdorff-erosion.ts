/** Hausdorff loss by erosions. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import { type SurfaceLossOptions, surfaceFields, surfaceTerm } from "../families/surface.ts";
import type { Loss } from "../loss.ts";
import { defineLoss } from "../single-loss.ts";
import { SoftErosions } from "../surface/soft-erosion.ts";

export interface HausdorffErosionOptions extends SurfaceLossOptions {
  readonly preset?: Preset;
  /** Power of the number of the erosion, at least 0; 2 by default. */
  readonly alpha?: number;
  /** How many erosions, at least 1; 10 by default. */
  readonly erosions?: number;
}

export const hausdorffErosionDefinition: LossDefinition = {
  id: "hausdorff-erosion",
  formula:
    "L = mean over classes, images and pixels of sum_k k^a b_k, b_0 = (p - g)^2, b_k = b_(k-1) eroded: mean over the " +
    "cross of neighbours, less 1/2, cut at 0, scaled to [0, 1] over the image",
  source:
    "Karimi and Salcudean, Reducing the Hausdorff Distance in Medical Image Segmentation with Convolutional Neural " +
    "Networks, IEEE TMI 39, 2020 (arXiv 1904.10030), Loss_ER; as kornia 0.7 HausdorffERLoss and HausdorffERLoss3D, gradient included. " +
    "An image without error has gradient 0; beside one with errors, kornia's is NaN.",
  coupling: "gather",
  kernel: "simd",
  fields: {
    alpha: { kind: "number", min: 0, default: 2, doc: "Power of the number of the erosion." },
    erosions: { kind: "integer", min: 1, default: 10, doc: "How many erosions." },
    ...surfaceFields("all"),
  },
  presets: {
    kornia: {
      options: { alpha: 2, erosions: 10, classes: "all" },
      note:
        "kornia.losses.HausdorffERLoss and HausdorffERLoss3D, which take predictions as they are (input probabilities, " +
        "range any); their reduction sum adds up pixels, ours the means of classes and images",
    },
  },
  resolve(checked, classes) {
    const options = checked as HausdorffErosionOptions;
    const { alpha = 2, erosions = 10 } = options;
    const weight = (k: number) => k ** alpha;
    return surfaceTerm({
      id: this.id,
      options,
      classes,
      selection: "all",
      measure({ p, target, share, spatial }) {
        const open = new Uint8Array(share.length).map((_, i) => (share[i] === 0 ? 0 : 1));
        const error = p.map((v, i) => (open[i] === 0 ? 0 : v - target[i]));
        const eroded = new SoftErosions(
          error.map((e) => e * e),
          open,
          spatial,
          erosions,
        );
        const value = eroded.weightedSum(weight).reduce((sum, v, i) => sum + share[i] * v, 0);
        eroded.slopes(weight, share).forEach((slope, i) => {
          p[i] = 2 * error[i] * slope;
        });
        return value;
      },
    });
  },
};

/**
 * Hausdorff distance loss by morphology: how many erosions the errors of the prediction outlast. Errors thinner than the
 * cross, or smaller than half, leave nothing after the first erosion: value and gradient are then 0, so that the loss is
 * for use beside another. The gradient passes through all erosions, as kornia's automatic gradient does.
 *
 * Logits `[N, C, ...spatial]`, any number of spatial dims, against labels (softmax, or `oneVsRest`) or dense targets.
 * Ignored pixels, and those of weight 0, are as if outside of the image.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function hausdorffErosion(options: HausdorffErosionOptions = {}): Loss {
  return defineLoss(hausdorffErosionDefinition, options);
}
