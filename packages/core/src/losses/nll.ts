/** Negative log-likelihood. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import { classWeightsField } from "../families/class-options.ts";
import { nllKernel } from "../families/label-kernels.ts";
import { type PixelOptions, pixelFields } from "../families/reduction.ts";
import { softmaxPixelTerm } from "../families/softmax-pixel.ts";
import type { Loss } from "../loss.ts";
import { perClass } from "../options.ts";
import { crossEntropyOfLogProbabilities } from "../reference/cross-entropy.ts";
import { defineLoss } from "../single-loss.ts";

export interface NllOptions extends PixelOptions {
  readonly preset?: Preset;
  /** One weight per class, at least 0; all 1 by default. */
  readonly classWeights?: readonly number[];
}

export const nllDefinition: LossDefinition = {
  id: "nll",
  formula: "l = -w_y x_y; sum over counted pixels / sum of w_y",
  source:
    "PyTorch 2 NLLLoss, ONNX NegativeLogLikelihoodLoss. A batch without a counted pixel gives 0, not NaN.",
  coupling: "labels",
  kernel: "simd",
  fields: {
    ...classWeightsField(),
    ...pixelFields("weights"),
  },
  presets: {
    torch: {
      options: { ignoreIndex: -100, allIgnored: "nan", divisor: "weights" },
      note: "torch.nn.NLLLoss",
    },
  },
  resolve(checked, classes) {
    const options = checked as NllOptions;
    const weights = perClass(this.id, "classWeights", options.classWeights ?? 1, classes);
    return softmaxPixelTerm({
      id: this.id,
      options: { ...options, input: "log-probabilities" },
      slope: "input",
      targets: "labels",
      divisor: "weights",
      weightOf: ({ y }) => weights[y],
      kernel: nllKernel(weights),
      lossOf: (pixel, scale) => crossEntropyOfLogProbabilities(pixel, weights, 0, scale),
    });
  },
};

/**
 * Negative log-likelihood: log-probabilities, or any other numbers, `[N, C, ...spatial]` against labels
 * `[N, ...spatial]`, C at least 2. With dense targets it is `crossEntropy({ input: "log-probabilities" })`.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function nll(options: NllOptions = {}): Loss {
  return defineLoss(nllDefinition, options);
}
