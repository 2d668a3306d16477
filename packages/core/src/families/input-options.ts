/** What the input of a loss is, in the same words for every loss. @module */
import type { OptionField, OptionFields } from "../options.ts";
import type { Term } from "../term.ts";
import type { CommonOptions } from "./common-options.ts";

export interface InputOptions {
  /** What the first argument holds: `logits` by default. */
  readonly input?: "logits" | "probabilities";
}

/** @param more - what else there is to say of it, a clause. */
export function inputField(
  more?: string,
  values: readonly string[] = ["logits", "probabilities"],
): OptionFields {
  const doc = `What the input holds${more === undefined ? "" : `; ${more}`}.`;
  return { input: { kind: "choice", values, default: "logits", doc } };
}

/** Of losses without a choice of clamps. */
export const LOGARITHMS_FLOORED = "logarithms of probabilities are at least -100";
export const PROBABILITIES_FLOORED = "the cross-entropy takes probabilities of at least 1e-7";

export interface OneVsRestOptions {
  /** Takes labels under a sigmoid too: each class against all others. */
  readonly oneVsRest?: boolean;
}

export const oneVsRestField: OptionFields = {
  oneVsRest: {
    kind: "boolean",
    default: false,
    doc: "Takes labels under a sigmoid too: each class against all others.",
  },
};

/** Options of losses under either activation. */
export interface ActivationOptions extends InputOptions, OneVsRestOptions {
  /** What makes probabilities of the logits: `sigmoid` for one channel and `softmax` for more, by default. */
  readonly activation?: "sigmoid" | "softmax";
}

export const activationField = (normal: string): OptionField => ({
  kind: "choice",
  values: ["sigmoid", "softmax"],
  default: normal,
  doc: "What makes probabilities of the logits.",
});

export const activationFields: OptionFields = {
  activation: activationField("sigmoid for one channel, else softmax"),
  ...inputField(),
  ...oneVsRestField,
};

/** What a term takes over from these options. */
export function activationTerm(
  options: ActivationOptions & CommonOptions,
  classes: number,
): Pick<Term, "activation" | "input" | "targets"> {
  const { input = "logits", oneVsRest = false } = options;
  const activation = options.activation ?? (classes === 1 ? "sigmoid" : "softmax");
  return { activation, input, targets: activation === "softmax" || oneVsRest ? "either" : "dense" };
}
