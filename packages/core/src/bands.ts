/**
 * Work on a unit of a field in bands of its lines, which any number of threads take.
 *
 * Each thread of a unit runs the same code, pass after pass. A thread may be late, and run code whose bands others have
 * long ended. So all writing is done in bands, and what is computed or decided between two passes depends only on numbers
 * that no later pass overwrites. Bands must not depend on each other, nor results on how lines are cut: then they have the
 * same bits for any number of threads.
 *
 * @module
 */
export interface Bands {
  /**
   * One pass: runs `body` on bands of lines, `[from, to)` each, which together are `[0, lines)`; returns once all have
   * ended.
   * @param length - elements of a line, by which bands are cut.
   */
  each(lines: number, length: number, body: (from: number, to: number) => void): void;
  /** Memory that all threads of the unit see, the same for the same call; what it holds is left over from other work. */
  doubles(length: number): Float64Array;
  /** The same bands; what they take is free for the next to take once these are no longer used. */
  nested(): Bands;
}

/** Memory handed out piece by piece. */
export class Workspace {
  readonly #memory: Float64Array;
  #used: number;

  /** @param used - numbers at the start of the memory that are taken already. */
  constructor(memory: Float64Array, used = 0) {
    this.#memory = memory;
    this.#used = used;
  }

  /** Undefined when too little is left. */
  doubles(length: number): Float64Array | undefined {
    const end = this.#used + length;
    if (end > this.#memory.length) return undefined;
    const taken = this.#memory.subarray(this.#used, end);
    this.#used = end;
    return taken;
  }

  nested(): Workspace {
    return new Workspace(this.#memory, this.#used);
  }
}

/** One band that is all lines: a unit that one thread works on. */
export class OneBand implements Bands {
  readonly #workspace: Workspace;

  /** @param workspace - taken first; what does not fit is allocated. */
  constructor(workspace: Workspace = new Workspace(new Float64Array(0))) {
    this.#workspace = workspace;
  }

  each(lines: number, _length: number, body: (from: number, to: number) => void): void {
    body(0, lines);
  }

  doubles(length: number): Float64Array {
    return this.#workspace.doubles(length) ?? new Float64Array(length);
  }

  nested(): Bands {
    return new OneBand(this.#workspace.nested());
  }
}

/** Float64 numbers that take the room of so many bytes. */
export function doublesOf(bytes: number): number {
  return Math.ceil(bytes / 8);
}

/** As {@link Bands.doubles}, of bytes: they take {@link doublesOf} so many. */
export function takeBytes(bands: Bands, length: number): Uint8Array {
  const { buffer, byteOffset } = bands.doubles(doublesOf(length));
  return new Uint8Array(buffer, byteOffset, length);
}

/** The sum of numbers, added in their order. */
export function sumInOrder(numbers: Float64Array, bands: Bands): number {
  const sum = bands.doubles(1);
  bands.each(1, numbers.length, () => {
    let total = 0;
    for (let i = 0; i < numbers.length; i++) total += numbers[i];
    sum[0] = total;
  });
  return sum[0];
}
