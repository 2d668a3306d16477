/**
 * Room in the engine's memory for the kernels that work on a whole unit of a field.
 *
 * @module
 */
import type { Arena } from "./arena.ts";
import type { FieldKernels } from "./field-kernels.ts";

/** Numbers of a unit that are copied to the engine's memory at most: threads share 4 GiB of it. */
const LARGEST_UNIT = 2 ** 24;

/** Bytes of the counts of the radix sort. */
const COUNTS = 24 * 1024;

export class UnitRoom {
  readonly #arena: Arena;
  readonly #kernels: FieldKernels;
  #address = 0;
  #bytes = 0;

  constructor(arena: Arena, kernels: FieldKernels) {
    this.#arena = arena;
    this.#kernels = kernels;
  }

  /** Whether there is room for a unit of so many numbers. */
  fits(length: number): boolean {
    return length <= LARGEST_UNIT;
  }

  /** The Lovász extension of a row of signed errors, which become `scale` times its derivatives (assembly/lovasz.ts). */
  lovasz(values: Float64Array, scale: number): number {
    const { length } = values;
    const bytes = length * 8;
    const counts = this.#take(3 * bytes + COUNTS);
    const items = counts + COUNTS;
    const spare = items + bytes;
    const address = spare + bytes;
    this.#arena.doubles(address, length).set(values);
    const loss = this.#kernels.lovaszRow(address, length, scale, items, spare, counts);
    values.set(this.#arena.doubles(address, length));
    return loss;
  }

  #take(bytes: number): number {
    if (bytes > this.#bytes) {
      this.#address = this.#arena.allocate(bytes);
      this.#bytes = bytes;
    }
    return this.#address;
  }
}
