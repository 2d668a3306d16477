/** Focal loss. @module */

import type { LossDefinition } from "../definition.ts";
import { pixelFields } from "../families/reduction.ts";
import { type SigmoidPixelOptions, sigmoidInputFields, sigmoidPixelTerm } from "../families/sigmoid-pixel.ts";
import type { Loss } from "../loss.ts";
import { binaryCrossEntropyOfLogit, binaryCrossEntropyOfProbability, focalOf } from "../reference/binary.ts";
import { defineLoss } from "../single-loss.ts";

export interface FocalOptions extends SigmoidPixelOptions {
  /** A plain multiplier; 1 by default. */
  readonly alpha?: number;
  /** How strongly easy pixels are played down, at least 0; 2 by default. */
  readonly gamma?: number;
}

export const focalDefinition: LossDefinition = {
  id: "focal",
  formula: "l = alpha (1 - p_t)^gamma b, p_t = exp(-b), b = binary cross-entropy; mean over counted elements",
  source:
    "Lin et al., Focal Loss for Dense Object Detection, 2017, eq. 4, in the form FocalLoss(alpha, gamma, logits, reduce) " +
    "common in PyTorch code: alpha is a plain multiplier and p_t = exp(-b), also for soft targets.",
  coupling: "labels",
  kernel: "simd",
  fields: {
    ...sigmoidInputFields,
    alpha: { kind: "number", min: 0, default: 1, doc: "A plain multiplier." },
    gamma: { kind: "number", min: 0, default: 2, doc: "How strongly easy pixels are played down." },
    ...pixelFields("valid"),
  },
  resolve(checked) {
    const options = checked as FocalOptions;
    const { alpha = 1, gamma = 2, input = "logits" } = options;
    const fromLogits = input === "logits";
    const element = fromLogits ? binaryCrossEntropyOfLogit : binaryCrossEntropyOfProbability;
    return sigmoidPixelTerm({
      id: this.id,
      options,
      runRow({ kernels, x, xStride, target, stride, count }, c, scale, elements, grad, sums) {
        kernels.focal(
          x + c * xStride * 4,
          target + c * stride * 4,
          count,
          fromLogits ? 1 : 0,
          alpha,
          gamma,
          scale,
          elements,
          grad,
          sums,
        );
      },
      element: (x, t) => focalOf(element(x, t, 1), alpha, gamma),
    });
  },
};

/**
 * Focal loss of sigmoid outputs: `[N, C, ...spatial]` logits against dense targets in [0, 1].
 *
 * `focal({ alpha, gamma })` is the common PyTorch class `FocalLoss(alpha, gamma, logits=True, reduce=True)`;
 * `input: "probabilities"` is its `logits=False`, `reduction: "none"` its `reduce=False`.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function focal(options: FocalOptions = {}): Loss {
  return defineLoss(focalDefinition, options);
}
