/**
 * What a loss is to its users.
 *
 * @module
 */
import type { LossPlan } from "./plan.ts";
import type { Layout } from "./problem.ts";
import type { Tensor } from "./tensor.ts";

/**
 * How much of the batch a gradient needs to know: `labels`, the divisor is known from the labels; `sums`, sums
 * over the batch come first; `gather`, all pixels of an image or of the batch together.
 */
export type Coupling = "labels" | "sums" | "gather";

export type OptionValue =
  | string
  | number
  | boolean
  | readonly OptionValue[]
  | { readonly [name: string]: OptionValue };

/** Options as plain JSON. */
export type LossOptions = { readonly [name: string]: OptionValue };

/** A loss as data: `lossFrom(spec)` rebuilds it, in a worker or from a file. */
export interface LossSpec {
  readonly id: string;
  readonly options: LossOptions;
}

/** What else a call brings. */
export interface LossExtra {
  /** `channels-first` by default; `channels-last`: logits, dense targets and gradient are `[N, ...spatial, C]`. */
  readonly layout?: Layout;
  /** A weight per pixel, at least 0, `[N, ...spatial]`. */
  readonly pixelWeights?: Tensor;
  /**
   * `[C]` or `[N, C]`, 0 for a class that is left out: it takes no part in the softmax, its gradient is 0 and its label
   * is an error.
   */
  readonly classMask?: Tensor;
  /**
   * With `reduction: "none"`: d total / d element, a Float32Array with the dims of the elements, finite; the gradient is
   * then that of the total.
   */
  readonly upstream?: Tensor;
  /** What a distillation loss compares with: the input of the teacher, a Float32Array with the dims of the logits. */
  readonly teacher?: Tensor;
  /** Distance maps made beforehand, a Float32Array with the dims of the logits, finite (see `boundary`). */
  readonly distanceMaps?: Tensor;
  /**
   * Where the gradient is written: as many float32 as there are logits, the logits' own array allowed. Its content
   * is undefined after an error.
   */
  readonly out?: Float32Array;
}

export interface TermValue {
  readonly id: string;
  readonly weight: number;
  /** Unweighted. */
  readonly value: number;
}

export interface LossValue {
  readonly value: number;
  /** Pixels that counted, the most over all terms. */
  readonly counted: number;
  readonly terms: readonly TermValue[];
  /**
   * Under `reduction: "none"`: `[N, ...spatial]` (softmax), the logits' dims (sigmoid), or `[N, C]` (overlap); 0 where
   * ignored.
   */
  readonly elements?: Tensor<Float32Array>;
}

export interface LossGradient extends LossValue {
  /** d value / d logits, with the dims of the logits. */
  readonly grad: Tensor<Float32Array>;
}

/** What else a call with a list of logits brings: what goes with logits comes one per level. */
export interface LevelsExtra extends Omit<LossExtra, "upstream" | "teacher" | "distanceMaps" | "out"> {
  readonly teacher?: readonly Tensor[];
  readonly distanceMaps?: readonly Tensor[];
  readonly out?: readonly Float32Array[];
}

/** The result of a call with a list of logits: a gradient for each level. */
export interface LevelGradients extends LossValue {
  readonly grad: readonly Tensor<Float32Array>[];
}

/** One level of deep supervision, as a call of its own: the weight of the level is in its loss. */
export interface LossLevel {
  readonly loss: Loss;
  readonly logits: Tensor;
  readonly target: Tensor;
  readonly extra: LossExtra;
}

/** A list of logits, the outputs of a network, is for `deep-supervision` only; other losses throw `TYPE_MISMATCH`. */
export interface Loss extends LossSpec {
  readonly coupling: Coupling;
  /** The loss of several levels as a number. */
  value(logits: readonly Tensor[], target: Tensor, extra?: LevelsExtra): number;
  /**
   * The loss as a number.
   * @param logits - Float32Array `[N, C, ...spatial]`, finite.
   * @param target - labels `[N, ...spatial]` of any integer type, or dense targets in [0, 1] with the logits' dims.
   * @throws PixelgradError `SHAPE_MISMATCH`, `TYPE_MISMATCH`, `LABEL_OUT_OF_RANGE`, `TARGET_OUT_OF_RANGE`,
   *   `VALUE_NOT_FINITE`, `PROBABILITY_OUT_OF_RANGE`, `LABEL_MASKED` or `WEIGHT_INVALID`, naming an offending position;
   *   `OPTION_UNKNOWN` for an extra that does not exist, `EXTRA_MISSING`, `OPTION_CONFLICT` and `ALL_IGNORED`.
   */
  value(logits: Tensor, target: Tensor, extra?: LossExtra): number;
  /** The loss of several levels, with the terms of all. */
  evaluate(logits: readonly Tensor[], target: Tensor, extra?: LevelsExtra): LossValue;
  /** The loss with its parts: value per term, counted pixels, elements. */
  evaluate(logits: Tensor, target: Tensor, extra?: LossExtra): LossValue;
  /** The loss of several levels, and its gradient with respect to the logits of each. */
  valueAndGrad(logits: readonly Tensor[], target: Tensor, extra?: LevelsExtra): LevelGradients;
  /** The loss and its gradient with respect to `logits`. */
  valueAndGrad(logits: Tensor, target: Tensor, extra?: LossExtra): LossGradient;
  /** The maps of this loss for logits of `classes` channels: what a pool or a trainer runs. */
  plan(classes: number): LossPlan;
  /**
   * Present under deep supervision: the calls whose results, put together by `joinLevelGradients` or `joinLevelValues`,
   * are that of a call with a list of logits. A pool runs them one after the other.
   */
  levels?(logits: readonly Tensor[], target: Tensor, extra?: LevelsExtra): readonly LossLevel[];
}
