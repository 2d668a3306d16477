/** Options of the losses that are a cross-entropy and an overlap in one. @module */
import type { AccumulateOptions } from "./accumulate-option.ts";
import type { CommonOptions } from "./common-options.ts";
import type { ActivationOptions } from "./input-options.ts";

/** `accumulate` is that of the overlap; the other part is a mean over all pixels of the batch. */
export interface CompoundOptions extends CommonOptions, ActivationOptions, AccumulateOptions {}
