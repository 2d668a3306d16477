/** Binary cross-entropy. @module */

import type { LossDefinition, Preset } from "../definition.ts";
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
  type SigmoidPixelLoss,
  type SigmoidPixelOptions,
  sigmoidPixelTerm,
} from "../families/sigmoid-pixel.ts";
import { type TargetSmoothingOptions, targetSmoothingFields } from "../families/target-smoothing.ts";
import type { Loss } from "../loss.ts";
import { perClass } from "../options.ts";
import { logsOfLogit, logsOfProbability, weighedLogs } from "../reference/binary-logs.ts";
import { targetSmoothing } from "../reference/target-smoothing.ts";
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
    const asKernel =
      options.classWeights === undefined &&
      labelSmoothing === 0 &&
      (input === "logits" || (clamping.clamp === "log" && clamping.logFloor === KERNEL_LOG_FLOOR));
    return sigmoidPixelTerm({
      id: this.id,
      options,
      weightOf: (c) => classWeights[c],
      ...(posWeights === undefined && { batch: positivesOfBatch(classes) }),
      ...(posWeights && asKernel && { runRow: rowKernel(posWeights, input === "logits") }),
      element(x, t, c, dynamic, channels) {
        const softened = soften(t, channels);
        const positive = (posWeights ?? dynamic)[c] * softened;
        const { value, slope } = weighedLogs(logsOf(x), positive, 1 - softened);
        return { value: classWeights[c] * value, slope: classWeights[c] * slope };
      },
    });
  },
};

/** The least logarithm of a probability that the kernel gives. */
const KERNEL_LOG_FLOOR = -100;

function rowKernel(
  posWeights: readonly number[],
  fromLogits: boolean,
): NonNullable<SigmoidPixelLoss["runRow"]> {
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
