/**
 * A loss as its file declares it: the one list of these feeds the factories, the parser and the documentation.
 *
 * @module
 */
import type { Coupling, LossOptions } from "../loss.ts";
import type { OptionFields } from "../options.ts";
import type { Term } from "../term.ts";

export interface LossDefinition {
  /** kebab-case: the factory's name, the word in an expression and the file's name. */
  readonly id: string;
  /** In the symbols of the docstring of its reference. */
  readonly formula: string;
  /** Paper and equation, or library and version, and where this differs. */
  readonly source: string;
  readonly coupling: Coupling;
  readonly kernel: "scalar" | "simd";
  readonly fields: OptionFields;
  /** The loss for logits of `classes` channels; `options` are checked. */
  resolve(options: LossOptions, classes: number): Term;
}
