/**
 * A loss as its file declares it: the one list of these feeds the factories, the parser and the documentation.
 *
 * @module
 */

import {
  allIgnoredField,
  ignoreField,
  nonFiniteField,
  outOfRangeField,
  rangeField,
} from "./families/common-options.ts";
import type { Coupling, LossOptions } from "./loss.ts";
import type { OptionFields } from "./options.ts";
import type { Term, WeightedTerm } from "./term.ts";

/** Libraries whose defaults and conventions a loss can take over. */
export const presetNames = [
  "torch",
  "torchvision",
  "monai",
  "smp",
  "kornia",
  "keras",
  "mmseg",
  "nnunet",
] as const;
export type Preset = (typeof presetNames)[number];

export interface LossPreset {
  /** What the library's defaults are, in this loss's options. */
  readonly options: LossOptions;
  /** The library's own name of the loss, and where this differs from it on purpose. */
  readonly note: string;
}

interface LossDescription {
  /** kebab-case: the factory's name, the word in an expression and the file's name. */
  readonly id: string;
  /** In the symbols of the docstring of its reference. */
  readonly formula: string;
  /** Paper and equation, or library and version, and where this differs. */
  readonly source: string;
  readonly coupling: Coupling;
  /** `simd`: on the WebAssembly kernels unless an option or an extra needs the scalar path. */
  readonly kernel: "scalar" | "simd";
  /** Options of its own; those of every loss come on top (`fieldsOf`). */
  readonly fields: OptionFields;
  readonly presets?: { readonly [P in Preset]?: LossPreset };
}

interface SingleDefinition extends LossDescription {
  /** The loss for logits of `classes` channels; `options` are checked, and on top of those of the preset. */
  resolve(options: LossOptions, classes: number): Term;
}

interface CompoundDefinition extends LossDescription {
  /** As `resolve`, for a loss that is a weighted sum. */
  resolveTerms(options: LossOptions, classes: number): readonly WeightedTerm[];
}

export type LossDefinition = SingleDefinition | CompoundDefinition;

/** The terms of a loss for logits of `classes` channels. */
export function termsOf(
  definition: LossDefinition,
  options: LossOptions,
  classes: number,
): readonly WeightedTerm[] {
  if ("resolveTerms" in definition) return definition.resolveTerms(options, classes);
  return [{ weight: 1, term: definition.resolve(options, classes) }];
}

/** All options of a loss, its own first. */
export function fieldsOf({ fields, presets }: LossDefinition): OptionFields {
  const values = Object.keys(presets ?? {});
  return {
    ...fields,
    ...ignoreField,
    ...allIgnoredField,
    ...nonFiniteField,
    ...outOfRangeField,
    ...rangeField,
    ...(values.length > 0 && {
      preset: {
        kind: "choice",
        values,
        doc: "Defaults and conventions of a library; options given go before them.",
      },
    }),
  };
}

/** Checked options on top of those of their preset, which itself is left out. */
export function withPreset({ presets, fields }: LossDefinition, options: LossOptions): LossOptions {
  const { preset, ...given } = options;
  const replaced = Object.keys(given).flatMap((name) => fields[name]?.replaces ?? []);
  const defaults = Object.entries(presets?.[preset as Preset]?.options ?? {});
  return { ...Object.fromEntries(defaults.filter(([name]) => !replaced.includes(name))), ...given };
}
