/** Softmax cross-entropy. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import {
  type ClampOptions,
  clampFields,
  clampingOf,
  type LogFloorOptions,
  logFloorField,
  type NormalizationOptions,
  normalizationField,
} from "../families/clamp-options.ts";
import { classFormKernel } from "../families/class-form.ts";
import { classWeightsField } from "../families/class-options.ts";
import { inputField } from "../families/input-options.ts";
import { crossEntropyKernel, nllKernel, onLabels } from "../families/label-kernels.ts";
import { type PixelOptions, pixelFields } from "../families/reduction.ts";
import { type SoftmaxKernel, softmaxPixelTerm } from "../families/softmax-pixel.ts";
import { labelSmoothingField } from "../families/target-smoothing.ts";
import type { Loss } from "../loss.ts";
import { optionConflict, perClass } from "../options.ts";
import { clampedLog } from "../reference/clamped-log.ts";
import {
  type CrossEntropyForm,
  crossEntropyOfLogProbabilities,
  crossEntropyOfPixel,
  crossEntropyOfProbabilities,
  weightOfPixel,
} from "../reference/cross-entropy.ts";
import type { Pixel } from "../reference/pixel.ts";
import { defineLoss } from "../single-loss.ts";
import type { Term } from "../term.ts";

export interface CrossEntropyOptions
  extends PixelOptions,
    ClampOptions,
    LogFloorOptions,
    NormalizationOptions {
  readonly preset?: Preset;
  /** What the first argument holds: `logits` by default. */
  readonly input?: Term["input"];
  /** One weight per class, at least 0; all 1 by default. */
  readonly classWeights?: readonly number[];
  /** s, 0 to 1: targets become t (1 - s) + s / C; 0 by default. */
  readonly labelSmoothing?: number;
  /**
   * Which weights the smoothed part of a target has: those of all classes, as PyTorch (`class`, default), or that of the
   * pixel's own class (`pixel`), so that weights do not change the smoothed distribution. With dense targets `pixel` takes
   * the weights' mean under the target, and the divisor `weights` counts it.
   */
  readonly smoothingWeights?: "class" | "pixel";
  /** Of logits only, z: adds z (log sum exp x)^2 to each pixel, at least 0, whatever its class weight; 0 by default. */
  readonly zLoss?: number;
  /**
   * What a dense target of 0 makes of a log-probability of -Infinity: nothing (`skip`, default), or NaN as in PyTorch
   * (`multiply`).
   */
  readonly zeroTargets?: "skip" | "multiply";
}

export const crossEntropyDefinition: LossDefinition = {
  id: "cross-entropy",
  formula:
    "l = -(1 - s) w_y log p_y - s/C sum_k w_k log p_k, p = softmax(x); sum over counted pixels / sum of w_y",
  source:
    "PyTorch 2 CrossEntropyLoss. A batch without a counted pixel gives 0, not NaN. zLoss: Liger Kernel, lse_square_scale.",
  coupling: "labels",
  kernel: "simd",
  fields: {
    ...inputField("log-probabilities may be any numbers", ["logits", "probabilities", "log-probabilities"]),
    ...classWeightsField(),
    ...labelSmoothingField("t (1 - s) + s / C"),
    smoothingWeights: {
      kind: "choice",
      values: ["class", "pixel"],
      default: "class",
      doc: "Whether the smoothed part has the weights of all classes, or that of the pixel's own.",
    },
    zLoss: { kind: "number", min: 0, default: 0, doc: "Of logits: z in z (log sum exp x)^2 per pixel." },
    zeroTargets: {
      kind: "choice",
      values: ["skip", "multiply"],
      default: "skip",
      doc: "Whether a dense target of 0 on a log-probability of -Infinity costs nothing, or makes NaN.",
    },
    ...normalizationField,
    ...clampFields("none"),
    ...logFloorField,
    ...pixelFields("weights"),
  },
  presets: {
    torch: {
      options: {
        ignoreIndex: -100,
        allIgnored: "nan",
        divisor: "weights",
        smoothingWeights: "class",
        zeroTargets: "multiply",
      },
      note: "torch.nn.CrossEntropyLoss",
    },
    monai: {
      options: { ignoreIndex: -100, divisor: "weights", smoothingWeights: "class" },
      note: "The cross-entropy of monai.losses.DiceCELoss; a batch without a counted pixel gives 0, not NaN.",
    },
    smp: {
      options: { ignoreIndex: -100, divisor: "all", smoothingWeights: "class" },
      note: "SoftCrossEntropyLoss; smooth_factor is labelSmoothing. Ignored pixels stay in its divisor.",
    },
    keras: {
      options: { normalization: "sum", clamp: "probability", epsilon: 1e-7, divisor: "valid" },
      note: "keras.losses.CategoricalCrossentropy and Sparse...; with input probabilities unless from_logits.",
    },
    mmseg: {
      options: { divisor: "all", ignoreIndex: 255 },
      note: "CrossEntropyLoss; class_weight is classWeights. Ignored pixels stay in its divisor.",
    },
    nnunet: {
      options: { allIgnored: "zero", divisor: "weights" },
      note: "RobustCrossEntropyLoss; its ignore label is the ignoreIndex of the data set.",
    },
  },
  resolve(checked, classes) {
    const options = checked as CrossEntropyOptions;
    const { smoothingWeights = "class" } = options;
    const weights = perClass(this.id, "classWeights", options.classWeights ?? 1, classes);
    return softmaxPixelTerm({
      id: this.id,
      options,
      slope: "input",
      targets: "either",
      divisor: "weights",
      // A dense target has no class of its own whose weight could count: PyTorch divides by the number of pixels.
      weightOf: (pixel) => (pixel.y < 0 && smoothingWeights === "class" ? 1 : weightOfPixel(pixel, weights)),
      lossOf: pixelLoss(options, weights),
      kernel: kernelOf(options, weights),
    });
  },
};

/** The kernels of these options: those of labels that are fast, and the form that has them all. */
function kernelOf(options: CrossEntropyOptions, weights: readonly number[]): SoftmaxKernel | undefined {
  const { input = "logits", smoothingWeights = "class", labelSmoothing = 0, zLoss = 0 } = options;
  const weighsPixels = smoothingWeights === "pixel";
  const weighs = weights.some((weight) => weight !== 1);
  // Of probabilities of 0 the kernels skip what is not asked for; the divisor of dense targets counts pixels.
  if (input === "probabilities" && options.zeroTargets === "multiply") return undefined;
  const any = classFormKernel(
    {
      form: "crossEntropy",
      input,
      clamping: clampingOf(options, "none"),
      normalization: options.normalization ?? "none",
      labelSmoothing,
      numbers: [0, 0, zLoss, weighsPixels ? 1 : 0],
      factors: weights,
      classWeights: weights,
    },
    weights.length,
  );
  if (any === undefined) return undefined;
  const forms = weighsPixels && weighs ? { ...any, targets: ["labels"] as const } : any;
  if (zLoss !== 0 || (weighsPixels && labelSmoothing > 0)) return forms;
  if (input === "logits") return onLabels(forms, crossEntropyKernel(weights, labelSmoothing));
  return input === "log-probabilities" && labelSmoothing === 0 ? onLabels(forms, nllKernel(weights)) : forms;
}

/** The loss of a pixel for what the input holds. */
function pixelLoss(
  options: CrossEntropyOptions,
  weights: readonly number[],
): (pixel: Pixel, scale: number) => number {
  const { input = "logits", labelSmoothing: smoothing = 0, zLoss = 0, normalization = "none" } = options;
  const form: CrossEntropyForm = options;
  if (input === "logits")
    return (pixel, scale) => crossEntropyOfPixel(pixel, weights, smoothing, scale, form);
  if (zLoss !== 0) {
    throw optionConflict(crossEntropyDefinition.id, ["zLoss", "input"], "only logits have a log sum exp");
  }
  if (input === "log-probabilities") {
    return (pixel, scale) => crossEntropyOfLogProbabilities(pixel, weights, smoothing, scale, form);
  }
  const logOf = clampedLog(clampingOf(options, "none"));
  const normalized = normalization === "sum";
  return (pixel, scale) =>
    crossEntropyOfProbabilities(pixel, weights, smoothing, scale, form, logOf, normalized);
}

/**
 * Cross-entropy of softmax outputs: `[N, C, ...spatial]` logits against labels `[N, ...spatial]`, or dense
 * probabilities with the logits' dims, C at least 2.
 *
 * With dense targets a mean counts pixels (and their weights), not class weights, as in PyTorch.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`, and at the first call `OPTION_CONFLICT` for a `zLoss` of
 *   anything but logits.
 */
export function crossEntropy(options: CrossEntropyOptions = {}): Loss {
  return defineLoss(crossEntropyDefinition, options);
}
