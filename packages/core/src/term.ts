/**
 * One loss of a weighted sum with its options resolved for a number of classes: two maps over pieces with a merge
 * between them (ARCHITECTURE.md, "One idea").
 *
 *   first(piece) -> sums;   finish(sums) -> coefficients;   second(piece, coefficients) -> gradient and more sums
 *
 * @module
 */
import type { SimdTile } from "./engine/tile.ts";
import type { Coupling } from "./loss.ts";
import type { ReferencePixel } from "./reference/pixel.ts";

/** The maps of one twin; `P` is what they run on, a tile (SIMD) or a pixel (float64 reference). */
export interface TermMaps<P> {
  /** Adds to `sums`; `sums[0]` counts pixels. */
  first(piece: P, sums: Float64Array): void;
  /** Adds to `sums`; writes elements and gradient where the piece has room for them. */
  second(piece: P, coefficients: Float64Array, sums: Float64Array): void;
}

export interface Term {
  readonly id: string;
  readonly coupling: Coupling;
  /** `softmax` terms take labels and are given a softmax of the piece; the others take dense targets. */
  readonly activation: "sigmoid" | "softmax";
  readonly input: "logits" | "probabilities";
  readonly ignored: readonly number[];
  readonly writesElements: boolean;
  readonly firstLength: number;
  readonly secondLength: number;
  readonly coefficientLength: number;
  /** What the second map needs; `scale` is the weight of the term. */
  finish(sums: Float64Array, scale: number): Float64Array;
  /** The unweighted loss, from the merged sums of both maps. */
  value(first: Float64Array, second: Float64Array): number;
  readonly simd: TermMaps<SimdTile>;
  readonly reference: TermMaps<ReferencePixel>;
}

export interface WeightedTerm {
  readonly weight: number;
  readonly term: Term;
}
