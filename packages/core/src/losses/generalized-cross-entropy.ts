/** Generalized cross-entropy. @module */

import type { LossDefinition } from "../definition.ts";
import { roundedBy } from "../families/binary-form.ts";
import { classFormKernel } from "../families/class-form.ts";
import { type InputOptions, inputField } from "../families/input-options.ts";
import { type PixelOptions, pixelFields } from "../families/reduction.ts";
import { softmaxPixelTerm } from "../families/softmax-pixel.ts";
import type { Loss } from "../loss.ts";
import { PYTORCH_CLAMPING } from "../reference/clamped-log.ts";
import { ClassLogs } from "../reference/class-logs.ts";
import type { Pixel } from "../reference/pixel.ts";
import { defineLoss } from "../single-loss.ts";

export interface GeneralizedCrossEntropyOptions extends PixelOptions, InputOptions {
  readonly preset?: "keras";
  /** From cross-entropy, at 0, to the mean absolute error, at 1; 0.7 by default. */
  readonly q?: number;
}

/**
 * Of the kernels, for dense targets: near 1, dl/dx_k = p_k (sum_j t_j p_j - t_k), and where two classes share a target and
 * nearly all of the probability, nothing is left of float32's digits.
 */
const MOST_SOFT_Q = 0.9;

export const generalizedCrossEntropyDefinition: LossDefinition = {
  id: "generalized-cross-entropy",
  formula: "l = sum_c t_c (1 - p_c^q) / q, p = softmax(x); mean over counted pixels",
  source:
    "Zhang, Sabuncu, Generalized Cross Entropy Loss, NeurIPS 2018, eq. 6; q = 0 is its limit, cross-entropy. Probabilities " +
    "below 3e-44 count as that.",
  coupling: "labels",
  kernel: "simd",
  fields: {
    q: {
      kind: "number",
      min: 0,
      max: 1,
      default: 0.7,
      doc: "From cross-entropy (0) to the mean absolute error (1).",
    },
    ...inputField("probabilities are taken as they are"),
    ...pixelFields("valid"),
  },
  presets: {
    keras: {
      options: { q: 0.5 },
      note: "Keras 3 CategoricalGeneralizedCrossEntropy, which takes probabilities.",
    },
  },
  resolve(checked, classes) {
    const options = checked as GeneralizedCrossEntropyOptions;
    const { q = 0.7, input = "logits" } = options;
    const logs = new ClassLogs(classes, { input, clamping: PYTORCH_CLAMPING, normalization: "none" });
    const slopes = new Float64Array(classes);
    return softmaxPixelTerm({
      id: this.id,
      options,
      slope: "input",
      targets: "either",
      divisor: "valid",
      kernel: classFormKernel(
        {
          input,
          clamping: PYTORCH_CLAMPING,
          ...(input === "logits" && q > MOST_SOFT_Q && { targets: ["labels"] }),
          ...(q === 0
            ? { form: "crossEntropy", ofLabels: "polyOfLabels", numbers: [1] }
            : { form: "generalized", ofLabels: "generalizedOfLabels", numbers: [q, 0, 0, roundedBy(q)] }),
        },
        classes,
      ),
      // d / d log p of (1 - p^q) / q is -p^q.
      lossOf(pixel: Pixel, scale) {
        logs.read(pixel);
        let loss = 0;
        slopes.fill(0);
        for (let c = 0; c < classes; c++) {
          const t = pixel.t[c];
          if (pixel.open[c] === 0 || t === 0) continue;
          const log = logs.logp[c];
          loss += t * (q === 0 ? -log : -Math.expm1(q * log) / q);
          slopes[c] = -scale * t * Math.exp(q * log);
        }
        logs.chain(pixel, slopes);
        return loss;
      },
    });
  },
};

/**
 * Generalized cross-entropy, which forgives wrong labels: `[N, C, ...spatial]` logits against labels `[N, ...spatial]`
 * or dense probabilities.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function generalizedCrossEntropy(options: GeneralizedCrossEntropyOptions = {}): Loss {
  return defineLoss(generalizedCrossEntropyDefinition, options);
}
