/** Binary cross-entropy. @module */

import type { LossDefinition } from "../definition.ts";
import { pixelFields } from "../families/reduction.ts";
import { type SigmoidPixelOptions, sigmoidInputFields, sigmoidPixelTerm } from "../families/sigmoid-pixel.ts";
import type { Loss } from "../loss.ts";
import { perClass } from "../options.ts";
import { binaryCrossEntropyOfLogit, binaryCrossEntropyOfProbability } from "../reference/binary.ts";
import { defineLoss } from "../single-loss.ts";

export interface BinaryCrossEntropyOptions extends SigmoidPixelOptions {
  /** Weight of the positive part, one number or one per channel; 1 by default. */
  readonly posWeight?: number | readonly number[];
}

export const binaryCrossEntropyDefinition: LossDefinition = {
  id: "binary-cross-entropy",
  formula: "l = -w t log p - (1 - t) log(1 - p), p = sigmoid(x); mean over counted elements",
  source:
    "PyTorch 2 BCEWithLogitsLoss and, for probabilities, BCELoss (logarithms clamped at -100); here with ignoreIndex.",
  coupling: "labels",
  kernel: "simd",
  fields: {
    ...sigmoidInputFields,
    posWeight: { kind: "number-or-numbers", min: 0, default: 1, doc: "Weight of the positive part." },
    ...pixelFields("valid"),
  },
  resolve(checked, classes) {
    const options = checked as BinaryCrossEntropyOptions;
    const { posWeight = 1, input = "logits" } = options;
    const weights = perClass(this.id, "posWeight", posWeight, classes);
    const fromLogits = input === "logits";
    const element = fromLogits ? binaryCrossEntropyOfLogit : binaryCrossEntropyOfProbability;
    return sigmoidPixelTerm({
      id: this.id,
      options,
      runRow({ kernels, x, xStride, target, stride, count }, c, scale, elements, grad, sums) {
        kernels.binaryCrossEntropy(
          x + c * xStride * 4,
          target + c * stride * 4,
          count,
          fromLogits ? 1 : 0,
          weights[c],
          scale,
          elements,
          grad,
          sums,
        );
      },
      element: (x, t, c) => element(x, t, weights[c]),
    });
  },
};

/**
 * Binary cross-entropy of sigmoid outputs: `[N, C, ...spatial]` logits against dense targets in [0, 1].
 *
 * With `input: "probabilities"` it is PyTorch's `BCELoss`, otherwise `BCEWithLogitsLoss`.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function binaryCrossEntropy(options: BinaryCrossEntropyOptions = {}): Loss {
  return defineLoss(binaryCrossEntropyDefinition, options);
}
