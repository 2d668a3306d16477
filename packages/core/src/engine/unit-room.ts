/**
 * Room in the engine's memory for fields, and for the kernels that work on a whole unit of one.
 *
 * @module
 */

import type { Ranking } from "../families/ranking.ts";
import type { Arena } from "./arena.ts";
import type { FieldKernels } from "./field-kernels.ts";

/** Numbers of a unit that are copied to the engine's memory at most: threads share 4 GiB of it. */
const LARGEST_UNIT = 2 ** 24;

/** Float64 numbers of a field that the memory keeps from call to call: 64 MiB. */
const LARGEST_KEPT_FIELD = 2 ** 23;

/** Bytes of the counts of the radix sort. */
const COUNTS = 16 * 1024;

/** What errors are: of `probabilities`, whose derivatives go on to logits, those that are negligible count as 0. */
export type ErrorKind = "probabilities" | "any";

export class UnitRoom {
  readonly #arena: Arena;
  readonly #kernels: FieldKernels;
  readonly #largest: number;
  readonly #areas = new Map<string, { readonly address: number; readonly bytes: number }>();

  /** @param largest - numbers of a unit that there is room for. */
  constructor(arena: Arena, kernels: FieldKernels, largest: number = LARGEST_UNIT) {
    this.#arena = arena;
    this.#kernels = kernels;
    this.#largest = largest;
  }

  /** The field of term `i` of a call, over whatever the last call left there; undefined where it is too large to keep. */
  field(i: number, length: number): Float64Array | undefined {
    if (length > LARGEST_KEPT_FIELD) return undefined;
    return this.#arena.doubles(this.#take(`field ${i}`, length * 8), length);
  }

  /** Whether there is room for a unit of so many numbers. */
  fits(length: number): boolean {
    return length <= this.#largest;
  }

  /**
   * The Lovász extension of a row of signed errors, which become `scale` times its derivatives (assembly/lovasz.ts).
   */
  lovasz(values: Float64Array, scale: number, errors: ErrorKind): number {
    const { length } = values;
    const counts = this.#take("unit", COUNTS + 20 * length + 8);
    const items = counts + COUNTS;
    const spare = items + 8 * length;
    const kernels = this.#kernels;
    const row = errors === "probabilities" ? kernels.lovaszRowOfProbabilities : kernels.lovaszRow;
    return this.#inMemory(values, (address) =>
      row(address, length, scale, items, spare, spare + 8 * length, counts),
    );
  }

  /**
   * Keeps the hardest of losses, NaN for what does not rank: they become `shareOf` their number, all others 0.
   * @returns their number and the sum of their losses.
   */
  keepHardest(
    values: Float64Array,
    keep: (ranking: Ranking) => number,
    shareOf: (count: number) => number,
  ): { readonly count: number; readonly sum: number } {
    const kernels = this.#kernels;
    const { length } = values;
    const counts = this.#take("unit", COUNTS);
    return this.#inMemory(values, (address) => {
      const members = kernels.countMembers(address, length);
      const after = (k: number) =>
        k >= 0 && k < members ? kernels.largestAfter(address, length, k, counts) : Number.NaN;
      const above = (bound: number) => kernels.countAbove(address, length, bound);
      const count = keep({ length: members, after, above });
      const bound = count === 0 ? Number.POSITIVE_INFINITY : after(count - 1);
      const sum = kernels.keepLargest(address, length, count, bound, count === 0 ? 0 : shareOf(count));
      return { count, sum };
    });
  }

  /** Runs on numbers where they are, or on a copy that is then copied back. */
  #inMemory<T>(values: Float64Array, run: (address: number) => T): T {
    if (this.#arena.holds(values)) return run(values.byteOffset);
    const { length } = values;
    const address = this.#take("values", length * 8);
    this.#arena.doubles(address, length).set(values);
    const result = run(address);
    values.set(this.#arena.doubles(address, length));
    return result;
  }

  #take(area: string, bytes: number): number {
    const taken = this.#areas.get(area);
    if (taken !== undefined && taken.bytes >= bytes) return taken.address;
    const address = this.#arena.allocate(bytes);
    this.#areas.set(area, { address, bytes });
    return address;
  }
}
