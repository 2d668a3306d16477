/** A term that runs on the kernels, with its part of the sums and its constants in the engine's memory. */
import type { KernelMaps, Term } from "../term.ts";
import type { Place } from "./staging.ts";

export interface KernelTerm {
  readonly term: Term;
  readonly maps: KernelMaps;
  readonly sums: Float64Array;
  readonly coefficients: Float64Array;
  readonly constants: number;
  readonly table: number;
  /** Of a term that gathers. */
  readonly field: Place | undefined;
}
