/** Symmetric cross-entropy. @module */

import type { LossDefinition } from "../definition.ts";
import { classFormKernel } from "../families/class-form.ts";
import { type InputOptions, inputField, LOGARITHMS_FLOORED } from "../families/input-options.ts";
import { type PixelOptions, pixelFields } from "../families/reduction.ts";
import { softmaxPixelTerm } from "../families/softmax-pixel.ts";
import type { Loss } from "../loss.ts";
import { times } from "../reference/binary-logs.ts";
import { PYTORCH_CLAMPING } from "../reference/clamped-log.ts";
import { ClassLogs } from "../reference/class-logs.ts";
import type { Pixel } from "../reference/pixel.ts";
import { defineLoss } from "../single-loss.ts";

export interface SymmetricCrossEntropyOptions extends PixelOptions, InputOptions {
  /** Weight of the cross-entropy, at least 0; 0.1 by default. */
  readonly alpha?: number;
  /** Weight of the reverse cross-entropy, at least 0; 1 by default. */
  readonly beta?: number;
  /** What stands for log 0, and is the least logarithm of a target, -100 to 0; -4 by default. */
  readonly logZero?: number;
}

export const symmetricCrossEntropyDefinition: LossDefinition = {
  id: "symmetric-cross-entropy",
  formula:
    "l = alpha sum_c t_c (-log p_c) + beta sum_c p_c (-max(log t_c, A)), p = softmax(x), log 0 = A; mean over counted pixels",
  source:
    "Wang et al., Symmetric Cross Entropy for Robust Learning with Noisy Labels, ICCV 2019, eq. 6 and 7. PyTorch code that " +
    "clamps one-hot targets at 1e-4 has logZero -9.21.",
  coupling: "labels",
  kernel: "simd",
  fields: {
    alpha: { kind: "number", min: 0, default: 0.1, doc: "Weight of the cross-entropy." },
    beta: { kind: "number", min: 0, default: 1, doc: "Weight of the reverse cross-entropy." },
    logZero: {
      kind: "number",
      min: -100,
      max: 0,
      default: -4,
      doc: "What stands for log 0; the least logarithm of a target.",
    },
    ...inputField(LOGARITHMS_FLOORED),
    ...pixelFields("valid"),
  },
  resolve(checked, classes) {
    const options = checked as SymmetricCrossEntropyOptions;
    const { alpha = 0.1, beta = 1, logZero = -4, input = "logits" } = options;
    const logs = new ClassLogs(classes, { input, clamping: PYTORCH_CLAMPING, normalization: "none" });
    const slopes = new Float64Array(classes);
    const reverse = new Float64Array(classes);
    return softmaxPixelTerm({
      id: this.id,
      options,
      slope: "input",
      targets: "either",
      divisor: "valid",
      kernel: classFormKernel(
        {
          form: "symmetric",
          input,
          clamping: PYTORCH_CLAMPING,
          // Without cross-entropy, classes of the same target cancel: see generalized cross-entropy.
          ...(input === "logits" && alpha === 0 && { targets: ["labels"] }),
          ofLabels: "symmetricOfLabels",
          numbers: [alpha, beta, logZero],
        },
        classes,
      ),
      lossOf(pixel: Pixel, scale) {
        const { t, open } = pixel;
        logs.read(pixel);
        let loss = 0;
        slopes.fill(0);
        reverse.fill(0);
        for (let c = 0; c < classes; c++) {
          if (open[c] === 0) continue;
          const cost = -Math.max(Math.log(t[c]), logZero);
          loss += -alpha * times(t[c], logs.logp[c]) + beta * times(cost, logs.p[c]);
          slopes[c] = -scale * alpha * t[c];
          reverse[c] = scale * beta * cost;
        }
        logs.chain(pixel, slopes, reverse);
        return loss;
      },
    });
  },
};

/**
 * Symmetric cross-entropy, cross-entropy in both directions, for noisy labels: `[N, C, ...spatial]` logits against
 * labels `[N, ...spatial]` or dense probabilities.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function symmetricCrossEntropy(options: SymmetricCrossEntropyOptions = {}): Loss {
  return defineLoss(symmetricCrossEntropyDefinition, options);
}
