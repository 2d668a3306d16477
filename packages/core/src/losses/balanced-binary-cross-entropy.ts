/** Balanced binary cross-entropy. @module */

import type { LossDefinition } from "../definition.ts";
import { formKernel } from "../families/binary-form.ts";
import { inputField, LOGARITHMS_FLOORED, oneVsRestField } from "../families/input-options.ts";
import { pixelFields } from "../families/reduction.ts";
import {
  type BatchConstants,
  type SigmoidPixelOptions,
  sigmoidPixelTerm,
} from "../families/sigmoid-pixel.ts";
import type { Loss } from "../loss.ts";
import { logsOfLogit, logsOfProbability, weighedLogs } from "../reference/binary-logs.ts";
import { PYTORCH_CLAMPING } from "../reference/clamped-log.ts";
import { defineLoss } from "../single-loss.ts";

export interface BalancedBinaryCrossEntropyOptions extends SigmoidPixelOptions {
  /** How far the rarer side is weighed up, at least 0; 1, in full, by default. */
  readonly gamma?: number;
}

export const balancedBinaryCrossEntropyDefinition: LossDefinition = {
  id: "balanced-binary-cross-entropy",
  formula:
    "l = -f^gamma t log p - (1 - f)^gamma (1 - t) log(1 - p), f = share of negatives in the batch; mean over counted elements",
  source:
    "Xie, Tu, Holistically-Nested Edge Detection, ICCV 2015, eq. 2, over the batch; with gamma as in pytorch-toolbelt " +
    "BalancedBCEWithLogitsLoss, which however applies any gamma but 1 twice, f^(gamma^2).",
  coupling: "labels",
  kernel: "simd",
  fields: {
    ...inputField(LOGARITHMS_FLOORED),
    ...oneVsRestField,
    gamma: { kind: "number", min: 0, default: 1, doc: "How far the rarer side is weighed up." },
    ...pixelFields("valid"),
  },
  resolve(checked, classes) {
    const options = checked as BalancedBinaryCrossEntropyOptions;
    const { gamma = 1, input = "logits" } = options;
    const logsOf = input === "logits" ? logsOfLogit : logsOfProbability(PYTORCH_CLAMPING);
    return sigmoidPixelTerm({
      id: this.id,
      options,
      batch: sharesOfBatch(gamma),
      element: (x, t, _, [ofPositive, ofNegative]) =>
        weighedLogs(logsOf(x), ofPositive * t, ofNegative * (1 - t)),
      kernel: formKernel(
        {
          form: "sided",
          clamping: input === "logits" ? undefined : PYTORCH_CLAMPING,
          numbers: (_, [ofPositive, ofNegative]) => [ofPositive, 0, ofNegative, 0],
        },
        classes,
      ),
    });
  },
};

/**
 * Balanced binary cross-entropy of sigmoid outputs, positives weighed by the share of negatives and the other way
 * round: `[N, C, ...spatial]` logits against dense targets in [0, 1].
 *
 * Soft targets and pixel weights count in the shares by what they are.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function balancedBinaryCrossEntropy(options: BalancedBinaryCrossEntropyOptions = {}): Loss {
  return defineLoss(balancedBinaryCrossEntropyDefinition, options);
}

/** f^gamma and (1 - f)^gamma, f the share of negatives, from the sums of targets and of what they lack to 1. */
function sharesOfBatch(gamma: number): BatchConstants {
  return {
    sums: 2,
    length: 2,
    count({ t, open, weight, classes }, sums) {
      for (let c = 0; c < classes; c++) {
        if (open[c] === 0) continue;
        sums[0] += weight * t[c];
        sums[1] += weight * (1 - t[c]);
      }
    },
    countRow({ kernels, count, weights }, _, target, sums) {
      kernels.sumTargets(target, count, weights, sums, sums + 8);
    },
    constants([positive, negative]) {
      const all = positive + negative;
      const share = all === 0 ? 0 : negative / all;
      return Float64Array.of(share ** gamma, (1 - share) ** gamma);
    },
  };
}
