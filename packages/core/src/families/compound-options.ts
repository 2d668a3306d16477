/** Options of the losses that are a cross-entropy and an overlap in one. @module */
import type { OptionFields } from "../options.ts";
import type { CommonOptions } from "./common-options.ts";
import { overlapFields } from "./overlap-options.ts";

export interface CompoundOptions extends CommonOptions {
  /** `sigmoid` for one channel and `softmax` for more, by default. */
  readonly activation?: "sigmoid" | "softmax";
  /** What the first argument holds: `logits` by default. */
  readonly input?: "logits" | "probabilities";
  /** Takes labels under a sigmoid too: each class against all others. */
  readonly oneVsRest?: boolean;
  /** Over which pixels the sums of the overlap run; the other part is a mean over all pixels of the batch. */
  readonly accumulate?: "batch" | "image";
}

/** `activation`, `input` and `oneVsRest`. */
export const compoundFields: OptionFields = {
  activation: overlapFields["activation"]!,
  input: overlapFields["input"]!,
  oneVsRest: overlapFields["oneVsRest"]!,
};
