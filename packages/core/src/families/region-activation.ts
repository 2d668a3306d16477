/** Options of losses that compare the probability of a class with its region. @module */
import type { OptionFields } from "../options.ts";
import type { Term } from "../term.ts";
import { type ClassChoice, classChoiceField } from "./class-choice.ts";
import { type CommonOptions, commonTerm } from "./common-options.ts";

export interface RegionOptions extends CommonOptions {
  /** `sigmoid` for one channel and `softmax` for more, by default. */
  readonly activation?: "sigmoid" | "softmax";
  /** What the first argument holds: `logits` by default. */
  readonly input?: "logits" | "probabilities";
  /** `all` classes, the `foreground` (all but channel 0, which a single channel keeps), or a list of them. */
  readonly classes?: ClassChoice;
  /** Takes labels under a sigmoid too: each class against all others. */
  readonly oneVsRest?: boolean;
}

export const regionFields = (classes: "all" | "foreground"): OptionFields => ({
  activation: {
    kind: "choice",
    values: ["sigmoid", "softmax"],
    default: "sigmoid for one channel, else softmax",
    doc: "What makes probabilities of the logits.",
  },
  input: {
    kind: "choice",
    values: ["logits", "probabilities"],
    default: "logits",
    doc: "What the input holds.",
  },
  ...classChoiceField(classes),
  oneVsRest: {
    kind: "boolean",
    default: false,
    doc: "Takes labels under a sigmoid too: each class against all others.",
  },
});

/** What a term takes over from these options. */
export function regionTerm(
  options: RegionOptions,
  classes: number,
): Pick<
  Term,
  "activation" | "input" | "targets" | "slope" | "ignored" | "nonFinite" | "outOfRange" | "range"
> {
  const { input = "logits", oneVsRest = false } = options;
  const activation = options.activation ?? (classes === 1 ? "sigmoid" : "softmax");
  return {
    activation,
    input,
    targets: activation === "softmax" || oneVsRest ? "either" : "dense",
    slope: "probabilities",
    ...commonTerm(options),
  };
}
