/** Options of losses that compare the probability of a class with its region. @module */
import type { OptionFields } from "../options.ts";
import type { Term } from "../term.ts";
import { type ClassChoice, classChoiceField } from "./class-options.ts";
import { type CommonOptions, commonTerm } from "./common-options.ts";
import { type ActivationOptions, activationFields, activationTerm } from "./input-options.ts";

export interface RegionOptions extends CommonOptions, ActivationOptions {
  /** `all` classes, the `foreground` (all but channel 0, which a single channel keeps), or a list of them. */
  readonly classes?: ClassChoice;
}

export const regionFields = (classes: "all" | "foreground"): OptionFields => ({
  ...activationFields,
  ...classChoiceField(classes),
});

/** What a term takes over from these options. */
export function regionTerm(
  options: RegionOptions,
  classes: number,
): Pick<
  Term,
  "activation" | "input" | "targets" | "slope" | "ignored" | "nonFinite" | "outOfRange" | "range"
> {
  return { ...activationTerm(options, classes), slope: "probabilities", ...commonTerm(options) };
}
