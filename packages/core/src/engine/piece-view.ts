/**
 * A piece with its arrays: rows of pixels, one row per channel, in any typed array.
 *
 * @module
 */
import type { Piece } from "../pieces.ts";
import type { LossPlan } from "../plan.ts";
import type { Problem } from "../problem.ts";
import type { TypedArray } from "../tensor.ts";

/** Element `i` of row `c` is at `offset + c * stride + i * step`. */
export interface Rows<A extends TypedArray = TypedArray> {
  readonly data: A;
  readonly channels: number;
  readonly offset: number;
  readonly stride: number;
  /** 1, or the number of channels when those are last. */
  readonly step: number;
}

export type Floats = Float32Array | Float64Array;

export interface PieceView {
  readonly classes: number;
  /** Pixels. */
  readonly count: number;
  readonly targetKind: "labels" | "dense";
  readonly rows: PieceRows;
  /** `[C]`, of this image. */
  readonly classMask?: Uint8Array;
  /** Where the piece lies in the batch, for messages. */
  readonly origin: PieceOrigin;
}

/** The arrays a piece reads and writes. */
export interface PieceRows {
  readonly logits: Rows<Floats>;
  readonly target: Rows;
  readonly grad?: Rows<Floats>;
  readonly elements?: Rows<Floats>;
  /**
   * Where the first map may leave its softmax for the second: the rows that the gradient will take, given to both maps
   * or to none, and not overlapping the logits.
   */
  readonly softmax?: Rows<Floats>;
  readonly pixelWeights?: Rows;
  readonly teacher?: Rows<Floats>;
  readonly upstream?: Rows;
  /** One entry per term; undefined for those that do not gather. */
  readonly fields?: readonly (Rows<Float64Array> | undefined)[];
}

export interface PieceOrigin {
  readonly image: number;
  readonly begin: number;
  readonly pixels: number;
  readonly layout: Problem["layout"];
  readonly logitsDims: readonly number[];
  readonly targetDims: readonly number[];
}

/** What a caller wants written: as many gradients as logits, `[N, rows, P]` elements, and the fields of the terms. */
export interface PieceOutputs {
  readonly grad?: Floats;
  readonly elements?: Floats;
  readonly fields?: readonly (Float64Array | undefined)[];
  /** See {@link PieceRows.softmax}. */
  readonly softmax?: Floats;
}

/** The rows of one piece of a whole batch. */
export function viewPiece(
  plan: LossPlan,
  problem: Problem,
  piece: Piece,
  { grad, elements, fields, softmax }: PieceOutputs = {},
): PieceView {
  const { pixels, classes, layout, classMask, pixelWeights, teacher, upstream } = problem;
  const rowsOf = <A extends TypedArray>(data: A, channels: number): Rows<A> =>
    layout === "channels-first" || channels === 1
      ? { data, channels, offset: piece.image * channels * pixels + piece.begin, stride: pixels, step: 1 }
      : {
          data,
          channels,
          offset: (piece.image * pixels + piece.begin) * channels,
          stride: 1,
          step: channels,
        };
  return {
    classes,
    count: piece.count,
    targetKind: problem.targetKind,
    rows: {
      logits: rowsOf(problem.logits, classes),
      target: rowsOf(problem.target, problem.targetKind === "dense" ? classes : 1),
      ...(grad && { grad: rowsOf(grad, classes) }),
      ...(elements && { elements: rowsOf(elements, plan.elementRows) }),
      ...(softmax && { softmax: rowsOf(softmax, classes) }),
      ...(pixelWeights && { pixelWeights: rowsOf(pixelWeights, 1) }),
      ...(teacher && { teacher: rowsOf(teacher, classes) }),
      ...(upstream && plan.elementRows > 0 && { upstream: rowsOf(upstream, plan.elementRows) }),
      ...(fields && { fields: viewFields(plan, problem, piece, fields) }),
    },
    ...(classMask && { classMask: classMask.subarray(piece.image * classes, (piece.image + 1) * classes) }),
    origin: { ...piece, pixels, layout, logitsDims: problem.logitsDims, targetDims: problem.targetDims },
  };
}

/** The fields of one piece, a row per row of each term that gathers. */
export function viewFields(
  plan: LossPlan,
  { images, pixels }: Pick<Problem, "images" | "pixels">,
  { image, begin }: Piece,
  fields: readonly (Float64Array | undefined)[],
): (Rows<Float64Array> | undefined)[] {
  return plan.terms.map(({ term: { field } }, i) => {
    const data = fields[i];
    if (field === undefined || data === undefined) return undefined;
    const { rows, scope } = field;
    return scope === "image"
      ? { data, channels: rows, offset: image * rows * pixels + begin, stride: pixels, step: 1 }
      : { data, channels: rows, offset: image * pixels + begin, stride: images * pixels, step: 1 };
  });
}
