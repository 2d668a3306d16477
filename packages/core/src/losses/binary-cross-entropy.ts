/** Binary cross-entropy. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import { formKernel } from "../families/binary-form.ts";
import {
  type ClampOptions,
  clampFields,
  clampingOf,
  type LogFloorOptions,
  logFloorField,
} from "../families/clamp-options.ts";
import { classWeightsField } from "../families/class-options.ts";
import { inputField, oneVsRestField } from "../families/input-options.ts";
import { pixelFields } from "../families/reduction.ts";
import {
  type BatchConstants,
  type HardRowKernel,
  type RowKernel,
  type SigmoidKernel,
  type SigmoidPixelOptions,
  sigmoidPixelTerm,
} from "../families/sigmoid-pixel.ts";
import { type TargetSmoothingOptions, targetSmoothingFields } from "../families/target-smoothing.ts";
import type { Loss } from "../loss.ts";
import { perClass } from "../options.ts";
import { logsOfLogit, logsOfProbability, weighedLogs } from "../reference/binary-logs.ts";
import { type Clamping, PYTORCH_CLAMPING } from "../reference/clamped-log.ts";
import { type Smoothing, targetSmoothing } from "../reference/target-smoothing.ts";
import { defineLoss } from "../single-loss.ts";

export interface BinaryCrossEntropyOptions
  extends SigmoidPixelOptions,
    TargetSmoothingOptions,
    ClampOptions,
    LogFloorOptions {
  readonly preset?: Preset;
  /**
   * Weight of the positive part, at least 0, one number or one per channel; 1 by default. `dynamic` makes each channel's
   * the ratio of negatives to positives in the batch, both counted over what counts, by target and pixel weight, before
   * any smoothing; a channel without positives gets 1.
   */
  readonly posWeight?: number | readonly number[] | "dynamic";
  /** One weight per channel, at least 0; of the divisors only `weights` counts them. All 1 by default. */
  readonly classWeights?: readonly number[];
}

export const binaryCrossEntropyDefinition: LossDefinition = {
  id: "binary-cross-entropy",
  formula: "l = -w t log p - (1 - t) log(1 - p), p = sigmoid(x); mean over counted elements",
  source:
    "PyTorch 2 BCEWithLogitsLoss and, for probabilities, BCELoss (logarithms clamped at -100); here with ignoreIndex. " +
    "A dynamic posWeight, after PaddleSeg's BCELoss, is negatives / positives of each channel; there it is twice the " +
    "share of negatives, over all channels together.",
  coupling: "labels",
  kernel: "simd",
  fields: {
    ...inputField(),
    ...oneVsRestField,
    posWeight: {
      kind: "any-of",
      of: [
        { kind: "number-or-numbers", min: 0 },
        { kind: "choice", values: ["dynamic"] },
      ],
      default: 1,
      doc: "Weight of the positive part; dynamic is the ratio of negatives to positives of each channel of the batch.",
    },
    ...classWeightsField(),
    ...targetSmoothingFields,
    ...clampFields("log"),
    ...logFloorField,
    ...pixelFields("valid"),
  },
  presets: {
    torch: {
      options: { clamp: "log", logFloor: -100, divisor: "valid" },
      note: "torch.nn.BCEWithLogitsLoss and, with input probabilities, torch.nn.BCELoss.",
    },
    monai: {
      options: { divisor: "valid" },
      note: "The cross-entropy of monai.losses.DiceCELoss on one channel; its weight is posWeight.",
    },
    smp: {
      options: { ignoreIndex: -100, divisor: "all", smoothing: "flip" },
      note: "SoftBCEWithLogitsLoss; smooth_factor is labelSmoothing. Ignored elements stay in its divisor.",
    },
    keras: {
      options: { clamp: "probability", epsilon: 1e-7, smoothing: "half", divisor: "valid" },
      note: "keras.losses.BinaryCrossentropy; with input probabilities unless from_logits.",
    },
    mmseg: {
      options: { divisor: "all", ignoreIndex: 255, oneVsRest: true },
      note: "CrossEntropyLoss with use_sigmoid; class_weight is posWeight. Ignored elements stay in its divisor.",
    },
  },
  resolve(checked, classes) {
    const options = checked as BinaryCrossEntropyOptions;
    const { posWeight = 1, input = "logits", labelSmoothing = 0, smoothing = "half" } = options;
    const classWeights = perClass(this.id, "classWeights", options.classWeights ?? 1, classes);
    const posWeights =
      posWeight === "dynamic" ? undefined : perClass(this.id, "posWeight", posWeight, classes);
    const clamping = clampingOf(options, "log");
    const logsOf = input === "logits" ? logsOfLogit : logsOfProbability(clamping);
    const soften = targetSmoothing(labelSmoothing, smoothing);
    return sigmoidPixelTerm({
      id: this.id,
      options,
      ...(options.classWeights && { weightOf: (c: number) => classWeights[c] }),
      ...(posWeights === undefined && { batch: positivesOfBatch(classes) }),
      kernel: kernelOf(options, classWeights, posWeights, clamping),
      element(x, t, c, dynamic, channels) {
        const softened = soften(t, channels);
        const positive = (posWeights ?? dynamic)[c] * softened;
        const { value, slope } = weighedLogs(logsOf(x), positive, 1 - softened);
        return { value: classWeights[c] * value, slope: classWeights[c] * slope };
      },
    });
  },
};

/** The kernel of these options: a fast one of its own for the plain loss, else the form that has them all. */
function kernelOf(
  options: BinaryCrossEntropyOptions,
  classWeights: readonly number[],
  posWeights: readonly number[] | undefined,
  clamping: Clamping,
): SigmoidKernel | undefined {
  const { input = "logits", labelSmoothing = 0, smoothing = "half" } = options;
  const { length } = classWeights;
  const fromLogits = input === "logits";
  const asPyTorch = clamping.clamp === "log" && clamping.logFloor === PYTORCH_CLAMPING.logFloor;
  const isPlain = options.classWeights === undefined && labelSmoothing === 0 && (fromLogits || asPyTorch);
  if (posWeights !== undefined && isPlain) {
    const isUnweighted = posWeights.every((w) => w === 1);
    return { run: plainRow(posWeights, fromLogits), ...(fromLogits && isUnweighted && { runHard: hardRow }) };
  }
  // The share of a channel is then one of those that count, which the kernels do not count pixel by pixel.
  const isShared = labelSmoothing > 0 && smoothing === "uniform";
  if (isShared && options.ignoreIndex !== undefined) return undefined;
  const { keep, ofPositive, ofNegative } = softenedSides(labelSmoothing, smoothing, length);
  const kernel = formKernel(
    {
      form: "sided",
      clamping: fromLogits ? undefined : clamping,
      numbers(c, dynamic) {
        const negative = classWeights[c];
        const positive = negative * (posWeights ?? dynamic)[c];
        return [positive * keep, positive * ofPositive, negative * keep, negative * ofNegative];
      },
    },
    length,
  );
  return kernel && { ...kernel, masks: !isShared };
}

/** A softened target t' as t keep + ofPositive, and 1 - t' as (1 - t) keep + ofNegative. */
function softenedSides(s: number, smoothing: Smoothing, channels: number) {
  if (smoothing === "half") return { keep: 1 - s, ofPositive: s / 2, ofNegative: s / 2 };
  if (smoothing === "flip") return { keep: 1 - 2 * s, ofPositive: s, ofNegative: s };
  return { keep: 1 - s, ofPositive: s / channels, ofNegative: s - s / channels };
}

function plainRow(posWeights: readonly number[], fromLogits: boolean): RowKernel {
  return ({ kernels, count, adds }, c, x, target, scale, elements, grad, sums) => {
    const w = posWeights[c];
    if (!fromLogits) {
      kernels.binaryCrossEntropyOfProbabilities(x, target, count, w, scale, elements, grad, adds, sums);
    } else if (w === 1) {
      kernels.binaryCrossEntropy(x, target, count, scale, elements, grad, adds, sums);
    } else {
      kernels.weightedBinaryCrossEntropy(x, target, count, w, scale, elements, grad, adds, sums);
    }
  };
}

const hardRow: HardRowKernel = ({ kernels, count, adds, own }, x, target, scale, grad, sum) =>
  kernels.hardBinaryCrossEntropy(x, target, count, scale, grad, adds, own, sum);

/** Positives, then negatives, of each channel; their ratio is its weight of the positive part. */
function positivesOfBatch(classes: number): BatchConstants {
  return {
    sums: 2 * classes,
    length: classes,
    count({ t, open, weight }, sums) {
      for (let c = 0; c < classes; c++) {
        if (open[c] === 0) continue;
        sums[c] += weight * t[c];
        sums[classes + c] += weight * (1 - t[c]);
      }
    },
    countRow({ kernels, count, weights }, c, target, sums) {
      kernels.sumTargets(target, count, weights, sums + 8 * c, sums + 8 * (classes + c));
    },
    constants: (sums) =>
      Float64Array.from({ length: classes }, (_, c) => (sums[c] > 0 ? sums[classes + c] / sums[c] : 1)),
  };
}

/**
 * Binary cross-entropy of sigmoid outputs: `[N, C, ...spatial]` logits against dense targets in [0, 1], or against
 * labels with `oneVsRest`.
 *
 * With `input: "probabilities"` it is PyTorch's `BCELoss`, otherwise `BCEWithLogitsLoss`.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function binaryCrossEntropy(options: BinaryCrossEntropyOptions = {}): Loss {
  return defineLoss(binaryCrossEntropyDefinition, options);
}
