/**
 * The replicas of a run: one thread each, because a sample's second map must reach the thread that kept its
 * activations, and a pool gives its jobs to whoever is free.
 *
 * @module
 */
import { OrderedPool, type RunOptions } from "@pixelgrad/pool";
import type { ReplicaJob, ReplicaResults, ReplicaSetup } from "./replica-jobs.ts";

type JobOf<K extends ReplicaJob["kind"]> = Extract<ReplicaJob, { readonly kind: K }>;

export class Replicas implements AsyncDisposable {
  readonly #pools: readonly OrderedPool<ReplicaJob, unknown>[];
  readonly #options: RunOptions;

  constructor(threads: number, signal: AbortSignal | undefined) {
    const worker = new URL("./worker.js", import.meta.url);
    this.#pools = Array.from({ length: threads }, () => new OrderedPool({ worker, threads: 1 }));
    this.#options = signal === undefined ? {} : { signal };
  }

  get count(): number {
    return this.#pools.length;
  }

  /**
   * Runs job `i` on replica `i % count` and merges the results in order of `i`.
   * @throws the error of the first job, in order, that failed, once every replica is idle.
   */
  async map<K extends ReplicaJob["kind"]>(
    jobs: readonly JobOf<K>[],
    merge: (result: ReplicaResults[K], index: number) => void = () => undefined,
  ): Promise<void> {
    const waiting = new Map<number, ReplicaResults[K]>();
    const failures: { readonly job: number; readonly error: unknown }[] = [];
    let next = 0;
    const arrive = (result: unknown, index: number) => {
      waiting.set(index, result as ReplicaResults[K]);
      for (let ready = waiting.get(next); ready !== undefined; ready = waiting.get(next)) {
        waiting.delete(next);
        merge(ready, next++);
      }
    };
    const runs = this.#pools.map((pool, r) => {
      const own = jobs.map((_, i) => i).filter((i) => i % this.count === r);
      let done = 0;
      const failed = (error: unknown) => failures.push({ job: own[done] ?? jobs.length, error });
      const run = pool.run(
        own.map((i) => jobs[i] as JobOf<K>),
        (result) => arrive(result, own[done++] as number),
        this.#options,
      );
      return run.catch(failed);
    });
    await Promise.all(runs);
    const [first] = failures.sort((a, b) => a.job - b.job);
    if (first !== undefined) throw first.error;
  }

  /** Runs one job on one replica. */
  async run<K extends ReplicaJob["kind"]>(job: JobOf<K>): Promise<ReplicaResults[K]> {
    let result: ReplicaResults[K] | undefined;
    await this.map<K>([job], (only) => {
      result = only;
    });
    return result as ReplicaResults[K];
  }

  /** Opens every replica. */
  async open(setup: ReplicaSetup): Promise<void> {
    await this.map<"open">(this.#pools.map(() => ({ kind: "open", setup })));
  }

  /** Releases the sessions, then ends the threads; waits for whatever they are doing. */
  async close(): Promise<void> {
    await Promise.all(
      this.#pools.map(async (pool) => {
        await pool.run([{ kind: "close" }], () => undefined).catch(() => undefined);
        await pool.close();
      }),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
