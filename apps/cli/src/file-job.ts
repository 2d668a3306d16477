/** What crosses the thread boundary: a pair of files one way, their sums the other. @module */
import type { ImageSums, LossSpec } from "@pixelgrad/core";
import type { FilePair } from "./file-pairs.ts";

export interface FileJob {
  readonly pair: FilePair;
  readonly losses: readonly LossSpec[];
}

/** One row of a field over the pixels of a file, of a term that gathers the pixels of the whole batch. */
export interface GatheredRow {
  /** Index of the term in the plan. */
  readonly term: number;
  readonly row: number;
  readonly values: Float64Array;
  /** As in a `FieldUnit`. */
  readonly target: Float64Array;
  readonly packed: boolean;
}

/** Sums of both maps of one loss, image by image, and what it gathers over the batch. */
export interface LossSums extends ImageSums {
  readonly gathered: readonly GatheredRow[];
}

export interface FileSums {
  readonly images: number;
  readonly classes: number;
  /** One entry per loss. */
  readonly losses: readonly LossSums[];
}
