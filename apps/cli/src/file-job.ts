/** What crosses the thread boundary: a pair of files one way, their sums the other. @module */
import type { LossSpec } from "@pixelgrad/core";
import type { FilePair } from "./file-pairs.ts";

export interface FileJob {
  readonly pair: FilePair;
  readonly losses: readonly LossSpec[];
}

/** Sums of both maps of one loss, piece by piece; no `second` where the value does not need it. */
export interface PieceSums {
  readonly first: readonly Float64Array[];
  readonly second: readonly Float64Array[];
}

export interface FileSums {
  readonly images: number;
  readonly classes: number;
  /** One entry per loss. */
  readonly losses: readonly PieceSums[];
}
