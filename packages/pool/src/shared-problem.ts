/**
 * A problem as another thread sees it: arrays in the pool's memory by address, arrays over SharedArrayBuffers by
 * reference, and all others piece by piece in slots of the pool's memory.
 *
 * @module
 */
import {
  type Floats,
  type LossEngine,
  type LossPlan,
  type Piece,
  type PieceView,
  type Problem,
  type Rows,
  type TypedArray,
  viewPiece,
} from "@pixelgrad/core";
import { type ArrayType, arrayType, arrayTypes } from "./array-types.ts";

type Arena = LossEngine["arena"];

/** The arrays of a piece that are shared in one of these ways. */
export const arrayNames = [
  "logits",
  "target",
  "pixelWeights",
  "teacher",
  "upstream",
  "grad",
  "elements",
  "softmax",
] as const;

export type ArrayName = (typeof arrayNames)[number];

export type SharedArray =
  | { readonly how: "address"; readonly address: number; readonly length: number; readonly type: ArrayType }
  /** In parts: structured clone keeps 32 bits of the offset and the length of a view, but buffers of any size. */
  | {
      readonly how: "reference";
      readonly buffer: SharedArrayBuffer;
      readonly offset: number;
      readonly length: number;
      readonly type: ArrayType;
    }
  /** `offset` bytes after the start of a slot. */
  | { readonly how: "slot"; readonly offset: number; readonly type: ArrayType };

/** Slots for the pieces of one map: piece `i` passes through slot `i mod slots`. */
export interface SlotLayout {
  readonly address: number;
  readonly slots: number;
  readonly slotBytes: number;
  /** Pixels of the largest piece, and elements between the rows of one channel and the next. */
  readonly stride: number;
}

export type SharedProblem = Omit<
  Problem,
  "logits" | "target" | "pixelWeights" | "teacher" | "upstream" | "distanceMaps"
> & {
  readonly arrays: Readonly<Partial<Record<ArrayName, SharedArray>>>;
  readonly layoutOfSlots?: SlotLayout;
};

/** How an array that does not pass through slots is shared; undefined for those that have to. */
export function shareWhole(data: TypedArray, arena: Arena): SharedArray | undefined {
  if (arena.holds(data)) {
    return { how: "address", address: data.byteOffset, length: data.length, type: arrayType(data) };
  }
  const { buffer, byteOffset: offset, length } = data;
  return buffer instanceof SharedArrayBuffer
    ? { how: "reference", buffer, offset, length, type: arrayType(data) }
    : undefined;
}

/** The rows of `like` in a slot; those of channels that are last stay so. */
export function rowsInSlot(
  { channels, step }: Rows,
  { offset, type }: { readonly offset: number; readonly type: ArrayType },
  { address, slots, slotBytes, stride }: SlotLayout,
  piece: number,
  arena: Arena,
): Rows {
  const at = address + (piece % slots) * slotBytes + offset;
  const data = new arrayTypes[type](arena.bytes.buffer, at, channels * stride);
  return { data, channels, offset: 0, stride: step === 1 ? stride : 1, step };
}

/** Views the pieces of a problem that another thread shares. */
export class SharedView {
  readonly #plan: LossPlan;
  readonly #arena: Arena;
  readonly #shared: SharedProblem;
  readonly #whole: Partial<Record<ArrayName, TypedArray>> = {};
  readonly #fields: readonly (Float64Array | undefined)[] | undefined;

  constructor(
    plan: LossPlan,
    arena: Arena,
    shared: SharedProblem,
    fields: readonly (SharedArray | undefined)[] | undefined,
  ) {
    this.#plan = plan;
    this.#arena = arena;
    this.#shared = shared;
    this.#fields = fields?.map((field) => field && (wholeArray(field, arena) as Float64Array));
    for (const name of arrayNames) {
      const array = shared.arrays[name];
      if (array !== undefined) this.#whole[name] = wholeArray(array, arena);
    }
  }

  view(piece: Piece, index: number): PieceView {
    const { arrays, layoutOfSlots, ...problem } = this.#shared;
    const { grad, elements, softmax, logits, target, ...inputs } = this.#whole;
    const view = viewPiece(this.#plan, { ...problem, ...inputs, logits, target } as Problem, piece, {
      ...(grad && { grad: grad as Floats }),
      ...(elements && { elements: elements as Floats }),
      ...(softmax && { softmax: softmax as Floats }),
      ...(this.#fields && { fields: this.#fields }),
    });
    if (layoutOfSlots === undefined) return view;
    const rows: Partial<Record<ArrayName, Rows>> = {};
    for (const name of arrayNames) {
      const own = view.rows[name];
      const array = arrays[name];
      if (own && array?.how === "slot")
        rows[name] = rowsInSlot(own, array, layoutOfSlots, index, this.#arena);
    }
    return { ...view, rows: { ...view.rows, ...rows } as PieceView["rows"] };
  }
}

/** A slot has no whole array: an empty one keeps its place until a piece is known. */
export function wholeArray(array: SharedArray, arena: Arena): TypedArray {
  switch (array.how) {
    case "address":
      return new arrayTypes[array.type](arena.bytes.buffer, array.address, array.length);
    case "reference":
      return new arrayTypes[array.type](array.buffer, array.offset, array.length);
    case "slot":
      return new arrayTypes[array.type](new ArrayBuffer(0), 0, 0);
  }
}
