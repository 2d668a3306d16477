/**
 * Slots in the shared memory through which ordinary arrays pass, piece by piece: they are never copied whole.
 *
 * @module
 */
import type { LossEngine, PieceView, Rows, TypedArray } from "@pixelgrad/core";
import { arrayType } from "./array-types.ts";
import {
  type ArrayName,
  arrayNames,
  rowsInSlot,
  type SharedArray,
  type SlotLayout,
} from "./shared-problem.ts";

/** Cache lines, which also aligns every element type. */
const ALIGNMENT = 64;

/** The memory that the slots of one map after the other lie in. */
export class StagingMemory {
  readonly engine: LossEngine;
  #area: ReturnType<LossEngine["arena"]["fit"]> | undefined;

  constructor(engine: LossEngine) {
    this.engine = engine;
  }

  /** The address of at least so many bytes; what an earlier call gave is given up. */
  fit(bytes: number): number {
    this.#area = this.engine.arena.fit(this.#area, bytes);
    return this.#area.address;
  }
}

type SlotArray = Extract<SharedArray, { how: "slot" }>;

/** The slots of one map. */
export class Staging {
  readonly layout: SlotLayout;
  readonly arrays: Readonly<Partial<Record<ArrayName, SlotArray>>>;
  readonly #engine: LossEngine;

  /** Room for the arrays called `names` of pieces no larger than `largest`. */
  constructor(memory: StagingMemory, largest: PieceView, names: ReadonlySet<ArrayName>, slots: number) {
    const stride = largest.count;
    const arrays: Partial<Record<ArrayName, SlotArray>> = {};
    let slotBytes = 0;
    for (const name of arrayNames) {
      const rows = largest.rows[name];
      if (rows === undefined || !names.has(name)) continue;
      arrays[name] = { how: "slot", offset: slotBytes, type: arrayType(rows.data) };
      const bytes = rows.channels * stride * rows.data.BYTES_PER_ELEMENT;
      slotBytes += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    }
    this.arrays = arrays;
    this.layout = { address: memory.fit(slots * slotBytes), slots, slotBytes, stride };
    this.#engine = memory.engine;
  }

  /** Brings a piece's inputs into its slot; without `readsLogits` those stay where they are. */
  copyIn(view: PieceView, piece: number, readsLogits: boolean): void {
    this.#each(view, piece, (name, own, slot) => {
      if (name === "grad" || name === "elements" || (name === "logits" && !readsLogits)) return;
      copyRows(own, slot, view.count);
    });
  }

  /** Brings what a piece wrote from its slot to where it belongs. */
  copyOut(view: PieceView, piece: number): void {
    this.#each(view, piece, (name, own, slot) => {
      if (name === "grad" || name === "elements") copyRows(slot, own, view.count);
    });
  }

  #each({ rows }: PieceView, piece: number, act: (name: ArrayName, own: Rows, slot: Rows) => void): void {
    for (const name of arrayNames) {
      const own = rows[name];
      const array = this.arrays[name];
      if (own && array) act(name, own, rowsInSlot(own, array, this.layout, piece, this.#engine.arena));
    }
  }
}

/** Copies between rows of one shape and element type: row by row, or at once where channels are last. */
function copyRows(from: Rows, to: Rows, count: number): void {
  const runs = from.step === 1 ? from.channels : 1;
  const length = from.step === 1 ? count : from.channels * count;
  for (let c = 0; c < runs; c++) {
    asBytes(to.data, to.offset + c * to.stride, length).set(
      asBytes(from.data, from.offset + c * from.stride, length),
    );
  }
}

function asBytes(
  { buffer, byteOffset, BYTES_PER_ELEMENT }: TypedArray,
  from: number,
  count: number,
): Uint8Array {
  return new Uint8Array(buffer, byteOffset + from * BYTES_PER_ELEMENT, count * BYTES_PER_ELEMENT);
}
