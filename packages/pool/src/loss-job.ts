/** What a loss job says: pieces by address in the memory that all threads share. @module */
import type { LossSpec, PieceOrigin } from "@pixelgrad/core";
import type { ArrayType } from "./array-types.ts";

/** Row `c` starts `c * stride` elements after `address` (in bytes). */
export interface ResidentRows {
  readonly address: number;
  readonly stride: number;
  readonly type: ArrayType;
}

export interface ResidentPiece {
  readonly count: number;
  readonly logits: ResidentRows;
  readonly target: ResidentRows;
  readonly grad?: ResidentRows;
  readonly elements?: ResidentRows;
  readonly origin: PieceOrigin;
}

export interface LossJob {
  readonly loss: LossSpec;
  readonly classes: number;
  readonly targetKind: "labels" | "dense";
  /** Absent in the first map. */
  readonly coefficients?: Float64Array;
  readonly pieces: readonly ResidentPiece[];
}

/** The sums of each piece, in order. */
export type LossJobResult = readonly Float64Array[];
