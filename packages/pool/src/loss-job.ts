/** What a loss job says: pieces by address in the memory that all threads share, or units of a field. @module */
import type { FieldUnit, LossSpec, PieceOrigin, Rows } from "@pixelgrad/core";
import type { ArrayType } from "./array-types.ts";

/** Element `i` of row `c` is `c * stride + i * step` elements after `address` (in bytes). */
export interface ResidentRows {
  readonly address: number;
  readonly channels: number;
  readonly stride: number;
  readonly step: number;
  readonly type: ArrayType;
}

export interface ResidentPiece {
  readonly count: number;
  readonly rows: {
    readonly logits: ResidentRows;
    readonly target: ResidentRows;
    readonly grad?: ResidentRows;
    readonly elements?: ResidentRows;
    readonly pixelWeights?: ResidentRows;
    readonly teacher?: ResidentRows;
    readonly upstream?: ResidentRows;
  };
  /** Over a SharedArrayBuffer, which crosses by reference. */
  readonly fields?: readonly (Rows<Float64Array> | undefined)[];
  readonly classMask?: Uint8Array;
  readonly origin: PieceOrigin;
  /** Of the piece's image; absent in the first map. */
  readonly coefficients?: Float64Array;
}

/** A unit over SharedArrayBuffers. */
export interface UnitJob {
  /** Index of the term in the plan. */
  readonly term: number;
  readonly unit: FieldUnit;
  /** Of the unit's term and image; absent to measure, present to fill. */
  readonly coefficients?: Float64Array;
}

export interface LossJob {
  readonly loss: LossSpec;
  readonly classes: number;
  readonly targetKind: "labels" | "dense";
  readonly work: { readonly pieces: readonly ResidentPiece[] } | { readonly units: readonly UnitJob[] };
}

/** The sums of each piece or unit, in order. */
export type LossJobResult = readonly Float64Array[];
