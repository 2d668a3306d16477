/**
 * Slots in the shared memory through which ordinary arrays pass, piece by piece: they are never copied whole.
 *
 * @module
 */
import type { Floats, LossEngine, PieceView, Rows, TypedArray } from "@pixelgrad/core";
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
  open({ count, rows: { fields: _fields, ...rows } }: PieceView): void {
    const needed = Object.values(rows).reduce(
      (bytes, { channels, data }) => bytes + channels * count * data.BYTES_PER_ELEMENT + ALIGNMENT,
      0,
    );
    if (needed > this.#capacity) {
      this.#address = this.#engine.arena.allocate(needed);
      this.#capacity = needed;
    }
    this.#used = 0;
  }

  /** Room for `count` pixels of `rows`; those of channels that are last stay so. */
  reserve({ data, channels, step }: Rows, count: number): ResidentRows {
    const address = this.#address + this.#used;
    const bytes = channels * count * data.BYTES_PER_ELEMENT;
    this.#used += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return { address, channels, stride: step === 1 ? count : 1, step, type: arrayType(data) };
  }

  /** Copies rows in. */
  copyIn(rows: Rows, count: number): ResidentRows {
    const resident = this.reserve(rows, count);
    const { bytes } = this.#engine.arena;
    const size = rows.data.BYTES_PER_ELEMENT;
    for (const { from, to, length } of runsOf(rows, count)) {
      bytes.set(asBytes(rows.data, from, length), resident.address + to * size);
    }
    return resident;
  }

  /** Copies float32 rows out. */
  copyOut(resident: ResidentRows, rows: Rows<Floats>, count: number): void {
    const floats = this.#engine.arena.floats(resident.address, rows.channels * count);
    for (const { from, to, length } of runsOf(rows, count)) {
      rows.data.set(floats.subarray(to, to + length), from);
    }
  }
}

/** Stretches of `rows` that are contiguous, and where they go in a slot: a row each, or all where channels are last. */
function runsOf({ channels, offset, stride, step }: Rows, count: number) {
  if (step !== 1) return [{ from: offset, to: 0, length: channels * count }];
  return Array.from({ length: channels }, (_, c) => ({
    from: offset + c * stride,
    to: c * count,
    length: count,
  }));
}

function asBytes(data: TypedArray, from: number, count: number): Uint8Array {
  const size = data.BYTES_PER_ELEMENT;
  return new Uint8Array(data.buffer, data.byteOffset + from * size, count * size);
}
