/**
 * Room in the engine's memory for fields, and for the kernels that work on a whole unit of one. Threads share 4 GiB of
 * it, also with what a caller keeps there: a thread that finds no room for a unit runs it, on the same kernels, in a
 * memory of its own.
 *
 * @module
 */

import type { Ranking } from "../families/ranking.ts";
import { type Area, Arena, grownSize } from "./arena.ts";
import type { FieldKernels } from "./field-kernels.ts";
import { instantiateKernels } from "./kernels.ts";

/** Numbers of a unit that the kernels run on at most. */
const LARGEST_UNIT = 2 ** 24;

/** Float64 numbers of a field that the memory keeps from call to call: 64 MiB. */
const LARGEST_KEPT_FIELD = 2 ** 23;

/** Float64 numbers of a workspace that are kept from unit to unit: 256 MiB. Fresh memory costs more than what is done in it. */
const LARGEST_WORKSPACE = 2 ** 25;

/** Bytes of the counts of the radix sort. */
const COUNTS = 16 * 1024;

/** What errors are: of `probabilities`, whose derivatives go on to logits, those that are negligible count as 0. */
export type ErrorKind = "probabilities" | "any";

export class UnitRoom {
  readonly #arena: Arena;
  readonly #kernels: FieldKernels;
  readonly #largest: number;
  readonly #areas = new Map<string, Area>();
  /** Where the memory has no room. */
  #apart: UnitRoom | undefined;
  #workspace = new Float64Array(0);

  /** @param largest - numbers of a unit that there is room for. */
  constructor(arena: Arena, kernels: FieldKernels, largest: number = LARGEST_UNIT) {
    this.#arena = arena;
    this.#kernels = kernels;
    this.#largest = largest;
  }

  /** The field of term `i` of a call, over whatever the last call left there; undefined where it is too large to keep. */
  field(i: number, length: number): Float64Array | undefined {
    if (length > LARGEST_KEPT_FIELD) return undefined;
    const address = this.#take(`field ${i}`, length * 8, LARGEST_KEPT_FIELD * 8);
    return address === undefined ? undefined : this.#arena.doubles(address, length);
  }

  /** Room for what a unit needs besides its field, over whatever the last unit left there; not all of it where that is much. */
  workspace(length: number): Float64Array {
    const kept = Math.min(length, LARGEST_WORKSPACE);
    // Not in the engine's memory, which has an end and in which no kernel needs it.
    if (this.#workspace.length < kept) this.#workspace = new Float64Array(kept);
    return this.#workspace;
  }

  /** Whether units of so many numbers run on the kernels. */
  fits(length: number): boolean {
    return length <= this.#largest;
  }

  /** The Lovász extension of a row of signed errors, which become `scale` times its derivatives (assembly/lovasz.ts). */
  lovasz(values: Float64Array, scale: number, errors: ErrorKind): number {
    const { length } = values;
    return this.#inMemory(values, lovaszScratch(length), (kernels, address, counts) => {
      const items = counts + COUNTS;
      const spare = items + 8 * length;
      const row = errors === "probabilities" ? kernels.lovaszRowOfProbabilities : kernels.lovaszRow;
      return row(address, length, scale, items, spare, spare + 8 * length, counts);
    });
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
    const { length } = values;
    return this.#inMemory(values, COUNTS, (kernels, address, counts) => {
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

  /** Runs on numbers where they are, or on a copy that is then copied back, with so many bytes of scratch. */
  #inMemory<T>(
    values: Float64Array,
    scratchBytes: number,
    run: (kernels: FieldKernels, address: number, scratch: number) => T,
  ): T {
    const { length } = values;
    const isHere = this.#arena.holds(values);
    const scratch = this.#take("unit", scratchBytes, lovaszScratch(this.#largest));
    const address = isHere ? values.byteOffset : this.#take("values", length * 8, 8 * this.#largest);
    if (scratch === undefined || address === undefined) {
      this.#apart ??= ownRoom(this.#largest);
      return this.#apart.#inMemory(values, scratchBytes, run);
    }
    if (isHere) return run(this.#kernels, address, scratch);
    this.#arena.doubles(address, length).set(values);
    const result = run(this.#kernels, address, scratch);
    values.set(this.#arena.doubles(address, length));
    return result;
  }

  /** The address of at least so many bytes, of which there will never be asked more than `most`; undefined without room. */
  #take(name: string, bytes: number, most: number): number | undefined {
    const area = this.#areas.get(name);
    if (area !== undefined && area.bytes >= bytes) return area.address;
    const grown = grownSize(area, bytes, most);
    const address = this.#arena.allocateToKeep(grown);
    if (address !== undefined) this.#areas.set(name, { address, bytes: grown });
    return address;
  }
}

function ownRoom(largest: number): UnitRoom {
  const arena = new Arena();
  return new UnitRoom(arena, instantiateKernels(arena.memory), largest);
}

/** Bytes of scratch that a row of so many errors takes. */
function lovaszScratch(length: number): number {
  return COUNTS + 20 * length + 8;
}
