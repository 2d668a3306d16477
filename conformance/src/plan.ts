/**
 * What an adapter makes of a case.
 *
 * @module
 */
import type { ErrorCode, LossExtra, LossOptions, Tensor } from "@pixelgrad/core";
import type { Tolerance, VectorCase } from "./vectors.ts";

/** A case that is not run, and why. */
export interface Excluded {
  readonly excluded: string;
}

/** A case that one loss of ours computes. */
export interface LossRun {
  readonly id: string;
  readonly options: LossOptions;
  readonly logits: Tensor | readonly Tensor[];
  readonly target: Tensor;
  readonly extra?: LossExtra;
  /** The code of the refusal, where the case is about a loss or an option that does not exist. */
  readonly refusal?: ErrorCode;
  /** What the library reports of our value, or of our elements under reduction none. */
  readonly post?: (numbers: readonly number[]) => readonly number[];
}

/** What a case's own code measured: its value, and gradients under the names the case gives them. */
export interface Measured {
  readonly value?: readonly number[];
  readonly grads?: Readonly<Record<string, readonly number[]>>;
}

/** A case that takes more than one call of a loss, or none. `expected` where the case spells it in its own form. */
export interface Measurement {
  readonly measure: () => Measured;
  readonly expected?: readonly number[];
}

export type Plan = Excluded | LossRun | Measurement;

/** The cases of one file. */
export interface Adapter {
  readonly file: string;
  /** How close is close enough where a case does not say. */
  readonly tolerance: Tolerance;
  plan(vector: VectorCase): Plan;
}

export function notInCatalogue(what: string): Excluded {
  return { excluded: `not in the catalogue: ${what}` };
}

/** Options without those that are undefined. */
export function defined(options: Readonly<Record<string, unknown>>): LossOptions {
  return Object.fromEntries(Object.entries(options).filter(([, v]) => v !== undefined)) as LossOptions;
}

/** Half a unit of float32's last digit and the rounding of the sums behind it, as PyTorch's tests allow. */
export const float32Tolerance: Tolerance = { rtol: 1.3e-6, atol: 1e-5 };
