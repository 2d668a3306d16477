/**
 * Slots in the shared memory through which ordinary arrays pass, piece by piece: they are never copied whole.
 *
 * @module
 */
import type { LossEngine, PieceView, Rows, TypedArray } from "@pixelgrad/core";
import { arrayType } from "./array-types.ts";
import type { ResidentRows } from "./loss-job.ts";

/** Cache lines, which also aligns every element type. */
const ALIGNMENT = 64;

export class StagingSlot {
  readonly #engine: LossEngine;
  #address = 0;
  #capacity = 0;
  #used = 0;

  constructor(engine: LossEngine) {
    this.#engine = engine;
  }

  /** Empties the slot and makes room for the arrays of `view`. */
  open(view: PieceView): void {
    const needed = [view.logits, view.target, view.grad, view.elements]
      .map((rows) =>
        rows === undefined ? 0 : view.classes * view.count * rows.data.BYTES_PER_ELEMENT + ALIGNMENT,
      )
      .reduce((a, b) => a + b, 0);
    if (needed > this.#capacity) {
      this.#address = this.#engine.arena.allocate(needed);
      this.#capacity = needed;
    }
    this.#used = 0;
  }

  /** Room for `channels` rows of `count` elements of the type of `rows`. */
  reserve(rows: Rows, channels: number, count: number): ResidentRows {
    const address = this.#address + this.#used;
    const bytes = channels * count * rows.data.BYTES_PER_ELEMENT;
    this.#used += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return { address, stride: count, type: arrayType(rows.data) };
  }

  /** Copies rows in. */
  copyIn(rows: Rows, channels: number, count: number): ResidentRows {
    const resident = this.reserve(rows, channels, count);
    const bytes = this.#engine.arena.bytes;
    for (let c = 0; c < channels; c++) {
      const from = rows.offset + c * rows.stride;
      const size = rows.data.BYTES_PER_ELEMENT;
      bytes.set(asBytes(rows.data, from, count), resident.address + c * count * size);
    }
    return resident;
  }

  /** Copies float32 rows out. */
  copyOut(resident: ResidentRows, rows: Rows<Float32Array>, channels: number, count: number): void {
    const floats = this.#engine.arena.floats(resident.address, channels * count);
    for (let c = 0; c < channels; c++) {
      rows.data.set(floats.subarray(c * count, (c + 1) * count), rows.offset + c * rows.stride);
    }
  }
}

function asBytes(data: TypedArray, from: number, count: number): Uint8Array {
  const size = data.BYTES_PER_ELEMENT;
  return new Uint8Array(data.buffer, data.byteOffset + from * size, count * size);
}
