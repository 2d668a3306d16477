/**
 * A piece with its arrays: rows of pixels, one row per channel, in any typed array.
 *
 * @module
 */
import type { Piece } from "../pieces.ts";
import type { Problem } from "../problem.ts";
import type { TypedArray } from "../tensor.ts";

/** Row `c` of a piece starts at element `offset + c * stride`. */
export interface Rows<A extends TypedArray = TypedArray> {
  readonly data: A;
  readonly offset: number;
  readonly stride: number;
}

export interface PieceView {
  readonly classes: number;
  /** Pixels. */
  readonly count: number;
  readonly logits: Rows<Float32Array>;
  readonly target: Rows;
  readonly targetKind: "labels" | "dense";
  readonly grad?: Rows<Float32Array>;
  readonly elements?: Rows<Float32Array>;
  /** Where the piece lies in the batch, for messages. */
  readonly origin: PieceOrigin;
}

export interface PieceOrigin {
  readonly image: number;
  readonly begin: number;
  readonly pixels: number;
  readonly logitsDims: readonly number[];
  readonly targetDims: readonly number[];
}

/** What a caller wants written: as many elements as logits, and `[N, rows, P]` elements. */
export interface PieceOutputs {
  readonly grad?: Float32Array;
  readonly elements?: Float32Array;
  readonly elementRows?: number;
}

/** The rows of one piece of a whole batch. */
export function viewPiece(problem: Problem, piece: Piece, outputs: PieceOutputs = {}): PieceView {
  const { pixels, classes } = problem;
  const rowsOf = <A extends TypedArray>(data: A, channels: number): Rows<A> => ({
    data,
    offset: piece.image * channels * pixels + piece.begin,
    stride: pixels,
  });
  return {
    classes,
    count: piece.count,
    logits: rowsOf(problem.logits, classes),
    target: rowsOf(problem.target, problem.targetKind === "dense" ? classes : 1),
    targetKind: problem.targetKind,
    ...(outputs.grad && { grad: rowsOf(outputs.grad, classes) }),
    ...(outputs.elements && { elements: rowsOf(outputs.elements, outputs.elementRows ?? classes) }),
    origin: { ...piece, pixels, logitsDims: problem.logitsDims, targetDims: problem.targetDims },
  };
}
