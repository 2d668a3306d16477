/**
 * What a loss is to its users.
 *
 * @module
 */
import type { LossPlan } from "./plan.ts";
import type { Tensor } from "./tensor.ts";

/**
 * How much of the batch a gradient needs to know: `labels`, the divisor is known from the labels; `sums`, sums
 * over the batch come first; `gather`, all pixels together.
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

export interface LossExtra {
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
  /** Under `reduction: "none"`: `[N, ...spatial]` (softmax) or the logits' dims (sigmoid); 0 where ignored. */
  readonly elements?: Tensor<Float32Array>;
}

export interface LossGradient extends LossValue {
  /** d value / d logits, with the dims of the logits. */
  readonly grad: Tensor<Float32Array>;
}

export interface Loss extends LossSpec {
  readonly coupling: Coupling;
  /**
   * The loss as a number.
   * @param logits - Float32Array `[N, C, ...spatial]`, finite.
   * @param target - labels `[N, ...spatial]` of any integer type, or dense targets in [0, 1] with the logits' dims.
   * @throws PixelgradError `SHAPE_MISMATCH`, `TYPE_MISMATCH`, `LABEL_OUT_OF_RANGE`, `TARGET_OUT_OF_RANGE` or
   *   `VALUE_NOT_FINITE`, naming an offending position.
   */
  value(logits: Tensor, target: Tensor): number;
  /** The loss with its parts: value per term, counted pixels, elements. */
  evaluate(logits: Tensor, target: Tensor): LossValue;
  /** The loss and its gradient with respect to `logits`. */
  valueAndGrad(logits: Tensor, target: Tensor, extra?: LossExtra): LossGradient;
  /** The maps of this loss for logits of `classes` channels: what a pool or a trainer runs. */
  plan(classes: number): LossPlan;
}
