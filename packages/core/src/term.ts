/**
 * One loss of a weighted sum with its options resolved for a number of classes: maps over pieces with merges between
 * them (ARCHITECTURE.md, "One idea").
 *
 *   first(piece) -> sums and fields;  finish(sums of each image) -> coefficients;  fill(field, coefficients);
 *   second(piece, coefficients, field) -> gradient and more sums
 *
 * Sums are kept per image, so that a term may finish over the batch or over each image.
 *
 * @module
 */
import type { SimdTile } from "./engine/tile.ts";
import type { FieldMaps } from "./field.ts";
import type { Coupling } from "./loss.ts";
import type { Pixel } from "./reference/pixel.ts";

/** The maps of one twin; `P` is what they run on, a tile (SIMD) or a pixel (float64). */
export interface TermMaps<P> {
  /** Adds to `sums`; `sums[0]` counts pixels. Fills the fields of a term that gathers. */
  first(piece: P, sums: Float64Array): void;
  /** Adds to `sums`; writes elements and gradient where the piece has room for them. */
  second(piece: P, coefficients: Float64Array, sums: Float64Array): void;
}

/**
 * Maps of labels, and of logits as they lie, on tiles of any length: the engine makes no softmax for them and does not
 * look at the logits. They return whether a logit is not finite, and have then written no gradient there.
 */
export interface StraightMaps {
  first?(tile: SimdTile, sums: Float64Array): boolean;
  second?(tile: SimdTile, coefficients: Float64Array, sums: Float64Array): boolean;
}

/** The maps of the SIMD twin. Sums lie in the engine's memory: their `byteOffset` is an address. */
export interface KernelMaps extends TermMaps<SimdTile> {
  /**
   * Writes the numbers that the kernels need on every tile of a piece, at most 12 (C + 1); `coefficients` in the second map.
   * They lie at `tile.constants`.
   */
  prepare?(
    constants: Float32Array,
    coefficients: Float64Array | undefined,
    targetKind: "labels" | "dense",
  ): void;
  /** Float64 numbers that the kernels find at `tile.table`. */
  readonly table?: Float64Array;
  /** Targets that the kernels take: labels under a softmax and dense ones under a sigmoid, by default. */
  readonly targets?: readonly ("labels" | "dense")[];
  /**
   * Whether calls may bring pixel weights and upstream gradients: the first map counts by `tile.weights`, the second adds
   * to `sums[0]` alone, and what it makes is multiplied afterwards (engine/weight-tile.ts).
   */
  readonly weighs?: true;
  /**
   * Whether the second map of a tile makes `sums[0]` no finite number when a logit is none, so that no pass before it has
   * to look for such.
   */
  noticesNonFinite?(tile: SimdTile): boolean;
  /**
   * Whether its maps, where no other kernel runs, leave in the rows of `tile.kept` and find there what the second needs
   * of the first, in place of the e of the softmax.
   */
  readonly keeps?: true;
  /** The maps of few classes, where nothing but labels and logits comes in and nothing but the gradient goes out. */
  readonly straight?: StraightMaps;
  /** Whether of labels the gradient of its second map is `coefficients[0]` (p - g). */
  readonly isPlainCrossEntropy?: true;
  /** The second map, with that of a plain cross-entropy whose only coefficient is `scale`. */
  secondWithCrossEntropy?(tile: SimdTile, scale: number, crossEntropySums: Float64Array): void;
  /**
   * Whether calls may bring a class mask: nothing of the term counts its classes, and what has no softmax and no target
   * costs nothing (engine/mask-tile.ts).
   */
  readonly masks?: boolean;
}

/** What `elements` holds: nothing, one number per pixel, per logit, or per image and class. */
export type ElementKind = "none" | "pixels" | "logits" | "classes";

export interface Term {
  readonly id: string;
  readonly coupling: Coupling;
  /** How probabilities come of logits; a softmax term ignores pixels, a sigmoid term single channels. */
  readonly activation: "sigmoid" | "softmax";
  readonly input: "logits" | "probabilities" | "log-probabilities";
  /** Softmax terms: `labels`, or `either` where dense targets mean something too. Sigmoid terms: `dense`, or `either`. */
  readonly targets: "labels" | "dense" | "either";
  readonly ignored: readonly number[];
  /** Whether NaN and infinity are refused, or go through to the value. */
  readonly nonFinite: "throw" | "propagate";
  /** Whether the pixel maps leave their gradient in `pixel.grad` (d/dx) or in `pixel.slope` (d/dp, chained by the engine). */
  readonly slope: "input" | "probabilities";
  /** Whether a label that is no class is refused, or its pixel ignored. */
  readonly outOfRange: "throw" | "ignore";
  /** What probabilities and dense targets must keep to: [0, 1], or any finite number. */
  readonly range: "unit" | "any";
  /** Tensors of the call that the term cannot do without. */
  readonly needs?: readonly ("teacher" | "distanceMaps")[];
  readonly elements: ElementKind;
  readonly firstLength: number;
  readonly secondLength: number;
  readonly coefficientLength: number;
  /** Present when the term gathers: what is kept per pixel between the maps. */
  readonly field?: FieldMaps;
  /**
   * What the second map needs, for each image; `scale` is the weight of the term. With `upstream`, the gradient of
   * the elements, nothing is divided by their number.
   */
  finish(
    images: readonly Float64Array[],
    scale: number,
    upstream?: ArrayLike<number>,
  ): readonly Float64Array[];
  /** The unweighted loss, from the merged sums of both maps of each image. */
  value(first: readonly Float64Array[], second: readonly Float64Array[]): number;
  /** Elements of kind `classes`, from the merged sums of each image. */
  classElements?(first: readonly Float64Array[]): Float32Array;
  /** Their dims, for a number of images: `[N, C]` unless sums run over the batch or classes are chosen. */
  classElementDims?(images: number): readonly number[];
  /** Absent where only the pixel maps exist. */
  readonly simd?: KernelMaps;
  readonly pixel: TermMaps<Pixel>;
}

export interface WeightedTerm {
  readonly weight: number;
  readonly term: Term;
}

/** The coefficients of a term that finishes over the whole batch: the same for each image. */
export function forEachImage(images: readonly Float64Array[], coefficients: Float64Array): Float64Array[] {
  return images.map(() => coefficients);
}

/** The sums of the batch: those of its images, added in order. */
export function totalOf(images: readonly Float64Array[], length: number): Float64Array {
  const total = new Float64Array(length);
  for (const sums of images) for (let i = 0; i < length; i++) total[i] += sums[i];
  return total;
}
