/** Focal loss. @module */

import type { LossDefinition, LossPreset, Preset } from "../definition.ts";
import { type FocalTermOptions, focalTerm } from "../families/focal.ts";
import { type FocalOptions, focalFields } from "../families/focal-options.ts";
import { focalRowTerm } from "../families/focal-rows.ts";
import type { Loss } from "../loss.ts";
import { defineLoss } from "../single-loss.ts";

export type { FocalOptions } from "../families/focal-options.ts";

const presets: { readonly [P in Preset]?: LossPreset } = {
  torchvision: {
    options: {
      activation: "sigmoid",
      alpha: 0.25,
      alphaMode: "balanced",
      gamma: 2,
      softTargets: "linear",
      reduction: "none",
    },
    note: "torchvision.ops.sigmoid_focal_loss. Its alpha of -1 is alphaMode=multiplier with alpha=1.",
  },
  monai: {
    options: {
      activation: "sigmoid",
      alphaMode: "balanced",
      gamma: 2,
      softTargets: "logit",
      spread: "elements",
    },
    note:
      "monai.losses.FocalLoss. Left-out classes stay in the softmax, where MONAI drops the background before it; a sum " +
      "is a sum, where MONAI's averages over space.",
  },
  smp: {
    options: { activation: "sigmoid", oneVsRest: true, alphaMode: "balanced", gamma: 2, softTargets: "exp" },
    note:
      "segmentation_models_pytorch FocalLoss. Its multiclass mode is spread=pixels; its normalized loss is " +
      "divisor=modulator, and in the mean once more divided by the number of elements.",
  },
  kornia: {
    options: {
      alphaMode: "balanced",
      gamma: 2,
      softTargets: "split",
      spread: "elements",
      reduction: "none",
      ignoreIndex: -100,
      divisor: "all",
    },
    note: "kornia.losses focal_loss (activation=softmax) and binary_focal_loss_with_logits.",
  },
  keras: {
    options: {
      gamma: 2,
      softTargets: "linear",
      clamp: "probability",
      epsilon: 1e-7,
      normalization: "sum",
    },
    note:
      "Keras 3 BinaryFocalCrossentropy, whose class balancing is alphaMode=balanced with alpha=0.25, and " +
      "CategoricalFocalCrossentropy (activation=softmax, alpha=0.25). Logits are not clipped.",
  },
  mmseg: {
    options: {
      activation: "sigmoid",
      alpha: 0.5,
      alphaMode: "balanced",
      gamma: 2,
      oneVsRest: true,
      softTargets: "linear",
      ignoreIndex: 255,
      divisor: "all",
    },
    note: "mmseg FocalLoss; ignored pixels count in its mean.",
  },
};

export const focalDefinition: LossDefinition = {
  id: "focal",
  formula: "l = alpha (1 - p_t)^gamma b, p_t = exp(-b), b = binary cross-entropy; mean over counted elements",
  source:
    "Lin et al., Focal Loss for Dense Object Detection, 2017, eq. 4 and 5, focal star from its appendix; by default in the " +
    "form FocalLoss(alpha, gamma, logits, reduce) common in PyTorch code: alpha is a plain multiplier and p_t = exp(-b), " +
    "also for soft targets (smp). Others: linear (torchvision, fvcore, Keras), split (kornia), logit (MONAI). Reduced: " +
    "Sergievskiy, Ponamarev, 2019; normalised: Sofiiuk et al., AdaptIS, 2019, eq. 5.",
  coupling: "labels",
  kernel: "simd",
  fields: focalFields,
  presets,
  resolve(checked, classes) {
    const options = checked as FocalOptions;
    const full = withDefaults(options);
    return focalRowTerm(this.id, full, classes) ?? focalTerm(this.id, full, classes);
  },
};

function withDefaults(options: FocalOptions): FocalTermOptions {
  const { activation = "sigmoid" } = options;
  return {
    input: "logits",
    oneVsRest: false,
    alphaMode: "multiplier",
    gamma: 2,
    softTargets: "exp",
    modulator: "differentiated",
    labelSmoothing: 0,
    classes: "all",
    spread: activation === "sigmoid" ? "elements" : "pixels",
    normalization: "none",
    divisor: "valid",
    ...options,
    activation,
  };
}

/**
 * Focal loss: `[N, C, ...spatial]` logits against dense targets in [0, 1] (sigmoid, the default) or labels
 * `[N, ...spatial]` (`activation: "softmax"`, or `oneVsRest`).
 *
 * `focal({ alpha, gamma })` is the common PyTorch class `FocalLoss(alpha, gamma, logits=True, reduce=True)`;
 * `input: "probabilities"` is its `logits=False`, `reduction: "none"` its `reduce=False`.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`, `OPTION_CONFLICT`.
 */
export function focal(options: FocalOptions = {}): Loss {
  return defineLoss(focalDefinition, options);
}
