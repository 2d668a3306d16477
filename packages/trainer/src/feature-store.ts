/**
 * Features of the frozen part, made once per sample and kept in shared memory while there is room.
 *
 * @module
 */
import type { Sample } from "@pixelgrad/dataset";
import type { PreparedSample } from "./replica-jobs.ts";
import type { Replicas } from "./replicas.ts";

export class FeatureStore {
  readonly #replicas: Replicas;
  readonly #samples: readonly Sample[];
  readonly #kept = new Map<number, PreparedSample>();
  #room: number;

  /** @param room - bytes that may be kept. */
  constructor(replicas: Replicas, samples: readonly Sample[], room: number) {
    this.#replicas = replicas;
    this.#samples = samples;
    this.#room = room;
  }

  get count(): number {
    return this.#samples.length;
  }

  /** Bytes still free. */
  get room(): number {
    return this.#room;
  }

  /** The prepared samples of `indices`, in order; what is not kept is made. */
  async take(indices: readonly number[]): Promise<PreparedSample[]> {
    const made = new Map<number, PreparedSample>();
    const missing = indices.filter((index) => !this.#kept.has(index));
    await this.#replicas.map<"prepare">(
      missing.map((index) => ({ kind: "prepare", sample: this.#samples[index] as Sample })),
      (prepared, i) => {
        const index = missing[i] as number;
        made.set(index, prepared);
        this.#keep(index, prepared);
      },
    );
    return indices.map((index) => (this.#kept.get(index) ?? made.get(index)) as PreparedSample);
  }

  #keep(index: number, prepared: PreparedSample): void {
    const { features, mask, distances } = prepared;
    const arrays = [...features, mask, ...distances.flat()];
    const bytes = arrays.reduce((total, array) => total + (array?.byteLength ?? 0), 0);
    if (bytes > this.#room) return;
    this.#room -= bytes;
    this.#kept.set(index, prepared);
  }
}
