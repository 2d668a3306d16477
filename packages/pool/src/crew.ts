/**
 * The threads that share one unit of a field: each runs all of its code, and takes bands of every pass as it gets hold of
 * them. Which pass and which band is next follows from one number, how many have ended from another; both only grow.
 * Nobody waits for a thread that has not taken a band.
 *
 * @module
 */
import { type Bands, Workspace } from "@pixelgrad/core";

/** The next band, counted over all passes. */
const NEXT = 0;
/** Bands that have ended. */
const ENDED = 1;
/** 1 once the crew is stopped. */
const STOPPED = 2;

/** More than all bands of a unit: added to both counts when the crew is stopped, so that nobody takes or waits. */
const BEYOND = 2 ** 30;

/** Elements of a band, at least: what takes some ten microseconds. */
const BAND = 16_384;

/** Milliseconds that a thread looks for the end of a pass before it waits. */
const SPIN = 0.02;

/** What the threads of a crew have in common. */
export interface CrewMemory {
  readonly counts: Int32Array;
  /** A buffer, as a message keeps 32 bits of a view's length. */
  readonly workspace: SharedArrayBuffer;
}

/** Thrown in every thread of a crew that was stopped. */
export class CrewStopped extends Error {}

/** @param workspace - at the start of a buffer, of as many numbers as the unit takes, or more. */
export function makeCrew({ buffer }: Float64Array<SharedArrayBuffer>): CrewMemory {
  return { counts: new Int32Array(new SharedArrayBuffer(12)), workspace: buffer };
}

/** No thread takes another band; those in flight end. */
export function stopCrew({ counts }: CrewMemory): void {
  if (Atomics.exchange(counts, STOPPED, 1) === 1) return;
  Atomics.add(counts, NEXT, BEYOND);
  Atomics.add(counts, ENDED, BEYOND);
  Atomics.notify(counts, ENDED);
}

/** One thread of a crew. */
export class Crew implements Bands {
  readonly #memory: CrewMemory;
  readonly #workspace: Workspace;
  /** Bands of the passes before; shared with nested ones, whose passes are the same crew's. */
  readonly #passed: { bands: number };

  constructor(
    memory: CrewMemory,
    workspace: Workspace = new Workspace(new Float64Array(memory.workspace)),
    passed: { bands: number } = { bands: 0 },
  ) {
    this.#memory = memory;
    this.#workspace = workspace;
    this.#passed = passed;
  }

  /** @throws CrewStopped; what `body` throws, which stops the crew. */
  each(lines: number, length: number, body: (from: number, to: number) => void): void {
    const { counts } = this.#memory;
    const perBand = Math.ceil(BAND / Math.max(1, length));
    const first = this.#passed.bands;
    const end = first + Math.ceil(lines / perBand);
    this.#passed.bands = end;
    for (;;) {
      const next = Atomics.load(counts, NEXT);
      if (next >= end) break;
      if (Atomics.compareExchange(counts, NEXT, next, next + 1) !== next) continue;
      const from = (next - first) * perBand;
      this.#run(body, from, Math.min(lines, from + perBand));
      if (Atomics.add(counts, ENDED, 1) + 1 === end) Atomics.notify(counts, ENDED);
    }
    this.#wait(end);
  }

  doubles(length: number): Float64Array {
    const taken = this.#workspace.doubles(length);
    if (taken === undefined) throw new Error(`unreachable: a workspace has no ${length} numbers left`);
    return taken;
  }

  nested(): Bands {
    return new Crew(this.#memory, this.#workspace.nested(), this.#passed);
  }

  #run(body: (from: number, to: number) => void, from: number, to: number): void {
    try {
      body(from, to);
    } catch (error) {
      stopCrew(this.#memory);
      throw error;
    }
  }

  /** Until so many bands have ended. */
  #wait(bands: number): void {
    const { counts } = this.#memory;
    const spinEnd = performance.now() + SPIN;
    for (;;) {
      const ended = Atomics.load(counts, ENDED);
      if (ended >= bands) break;
      if (performance.now() > spinEnd) Atomics.wait(counts, ENDED, ended);
    }
    if (Atomics.load(counts, STOPPED) === 1) throw new CrewStopped();
  }
}
