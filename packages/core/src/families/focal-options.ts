/** The options of the focal loss. @module */

import type { Preset } from "../definition.ts";
import type { OptionFields } from "../options.ts";
import type { SoftTargets } from "../reference/focal.ts";
import type { ModulatedDivisor } from "./channel-pixel.ts";
import {
  type ClampOptions,
  clampFields,
  type NormalizationOptions,
  normalizationField,
} from "./clamp-options.ts";
import { type ClassChoice, classChoiceField, classWeightsField } from "./class-options.ts";
import { activationField, inputField, oneVsRestField } from "./input-options.ts";
import { divisorField, pixelFields, type Spread, spreadField } from "./reduction.ts";
import type { SigmoidPixelOptions } from "./sigmoid-pixel.ts";
import { labelSmoothingField } from "./target-smoothing.ts";

export interface FocalOptions
  extends Omit<SigmoidPixelOptions, "divisor">,
    ClampOptions,
    NormalizationOptions {
  readonly preset?: Exclude<Preset, "torch" | "nnunet">;
  /** `sigmoid` by default, each logit a loss of its own; `softmax` takes labels or dense targets. */
  readonly activation?: "sigmoid" | "softmax";
  /** A factor, one number or one per class; none by default. What it applies to is `alphaMode`. */
  readonly alpha?: number | readonly number[];
  /**
   * `multiplier` by default. `balanced`: alpha where the target is 1 and 1 - alpha where it is 0 (sigmoid); under a
   * softmax, where only true classes cost, the same as `background`: 1 - alpha for class 0 and alpha for the others.
   */
  readonly alphaMode?: "multiplier" | "balanced" | "background";
  /** How strongly easy pixels are played down, at least 0, one number or one per class; 2 by default. */
  readonly gamma?: number | readonly number[];
  /** How a sigmoid reads targets between 0 and 1: `exp` by default. See `source` of the definition. */
  readonly softTargets?: SoftTargets;
  /** Reduced focal loss: where p_t is less, the modulator is 1, elsewhere ((1 - p_t) / threshold)^gamma; 1e-6 to 1. */
  readonly reducedThreshold?: number;
  /** Focal star: the loss is -log s(gamma z + shift) / gamma, z = (2t - 1) x. */
  readonly shift?: number;
  /** Whether (1 - p_t)^gamma takes part in the gradient (`differentiated`, default) or is a weight. */
  readonly modulator?: "differentiated" | "detached";
  /** s, 0 to 1: targets become t (1 - s) + s / 2 (sigmoid), t (1 - s) + s / C (softmax); 0 by default. */
  readonly labelSmoothing?: number;
  /** The classes the loss is about; under a softmax the others stay in the denominator. */
  readonly classes?: ClassChoice;
  /** A factor per class beside alpha, at least 0. */
  readonly classWeights?: readonly number[];
  /**
   * What an element of the mean and of `elements` is: each logit (`elements`, sigmoid's default), or a pixel, with the
   * sum over its channels (`pixels`, softmax's).
   */
  readonly spread?: Spread;
  /** `valid` by default; `modulator` is the normalised focal loss: the sum of all modulators, at least 1e-6. */
  readonly divisor?: ModulatedDivisor;
}

export const focalFields: OptionFields = {
  ...inputField(),
  ...oneVsRestField,
  activation: activationField("sigmoid"),
  alpha: { kind: "number-or-numbers", min: 0, doc: "A factor, applied as alphaMode says; none by default." },
  alphaMode: {
    kind: "choice",
    values: ["multiplier", "balanced", "background"],
    default: "multiplier",
    doc:
      "multiplier: alpha; balanced: alpha for target 1, 1 - alpha for target 0 (softmax: as background); background: " +
      "1 - alpha for class 0, alpha for the others.",
  },
  gamma: {
    kind: "number-or-numbers",
    min: 0,
    default: 2,
    doc: "How strongly easy pixels are played down.",
  },
  softTargets: {
    kind: "choice",
    values: ["exp", "linear", "split", "logit"],
    default: "exp",
    doc:
      "Sigmoid's p_t of targets between 0 and 1: exp(-b); t p + (1 - t)(1 - p); both hard targets, weighed by t and " +
      "1 - t; s((2t - 1) x).",
  },
  reducedThreshold: {
    kind: "number",
    min: 1e-6,
    max: 1,
    doc: "Where p_t is less, the modulator is 1; elsewhere ((1 - p_t) / threshold)^gamma.",
  },
  shift: {
    kind: "number",
    doc: "Focal star: -log s(gamma z + shift) / gamma, z = (2t - 1) x, is the loss.",
  },
  modulator: {
    kind: "choice",
    values: ["differentiated", "detached"],
    default: "differentiated",
    doc: "Whether (1 - p_t)^gamma takes part in the gradient or is a weight.",
  },
  ...labelSmoothingField("t (1 - s) + s / 2 (sigmoid), t (1 - s) + s / C (softmax)"),
  ...classWeightsField(", a factor beside alpha"),
  ...spreadField("elements for sigmoid, pixels for softmax"),
  ...clampFields("log"),
  ...normalizationField,
  ...classChoiceField("all"),
  ...pixelFields("valid"),
  ...divisorField("valid", { modulator: "the sum of the modulators" }),
};
