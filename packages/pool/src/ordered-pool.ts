/**
 * Worker threads that take jobs in order and whose results are merged in order.
 *
 * A thread may be inside a native call that must not be interrupted: terminating it aborts the whole process. So no
 * thread is ever terminated while it works. Cancelling sets a flag that jobs read between pieces; every way out of a
 * run waits for what is in flight.
 *
 * @module
 */
import type { Transferable } from "node:worker_threads";
import { PixelgradError } from "@pixelgrad/core";
import { Piscina } from "piscina";
import { availableCpus } from "./cpus.ts";
import type { Envelope, Reply } from "./protocol.ts";

/**
 * Milliseconds after which Piscina would end threads that still work: none does, because `close()` waits for every run
 * first. Its timer keeps the pool and its memory alive until then, so it is short.
 */
const CLOSE_TIMER = 1000;

/** Jobs issued beyond those running, so that a thread never waits for the main one to merge. */
const READY_JOBS = 2;

/** From src/ in a unit test and from dist/ in the package alike. */
const LOADER = new URL("../src/load-worker.cjs", import.meta.url);

export interface OrderedPoolOptions {
  /** The compiled worker, whose default export comes from `serveJobs`. */
  readonly worker: URL;
  /** Default: the CPUs this process may use. */
  readonly threads?: number;
  /** What the worker finds in its `workerData`, besides `entry`. */
  readonly workerData?: object;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
}

export class OrderedPool<Job, Result> implements AsyncDisposable {
  readonly threads: number;
  /** Jobs in flight at most: job `i` is not made before result `i - window` is merged. */
  readonly window: number;
  readonly #piscina: Piscina<Envelope<Job>, Reply<Result>>;
  readonly #runs = new Set<Promise<unknown>>();
  #closed = false;

  /** @throws PixelgradError `THREADS_INVALID`. */
  constructor({ worker, threads = availableCpus(), workerData }: OrderedPoolOptions) {
    if (!Number.isInteger(threads) || threads < 1) {
      throw new PixelgradError(
        "THREADS_INVALID",
        `A pool needs a whole number of threads, at least 1, got ${threads}.`,
        { threads },
      );
    }
    this.threads = threads;
    this.window = threads + READY_JOBS;
    this.#piscina = new Piscina({
      filename: LOADER.href,
      minThreads: threads,
      maxThreads: threads,
      closeTimeout: CLOSE_TIMER,
      workerData: { ...workerData, entry: worker.href },
    });
  }

  /**
   * Runs every job. `jobs` is read lazily; `merge` is called once per job, in their order, on this thread.
   * @throws the error of the first job, in order, that failed; PixelgradError `CANCELLED`, `POOL_CLOSED`.
   */
  async run(
    jobs: Iterable<Job>,
    merge: (result: Result, index: number) => void | Promise<void>,
    { signal }: RunOptions = {},
  ): Promise<void> {
    if (this.#closed) throw poolClosed(this.threads);
    await this.#track(this.#run(jobs, merge, signal));
  }

  /**
   * Runs one job, with no order to keep and nothing to cancel it; `transfer` lists what moves to its thread.
   * @throws the error of the job; PixelgradError `POOL_CLOSED`.
   */
  async runAlone(job: Job, transfer: readonly Transferable[] = []): Promise<Result> {
    if (this.#closed) throw poolClosed(this.threads);
    const cancel = new Int32Array(new SharedArrayBuffer(4));
    const reply = await this.#track(this.#piscina.run({ job, cancel }, { transferList: [...transfer] }));
    if (!reply.ok) throw PixelgradError.decode(reply.error);
    return reply.result;
  }

  /** Waits for every run to end, then ends the threads. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#runs);
    await this.#piscina.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #track<T>(running: Promise<T>): Promise<T> {
    this.#runs.add(running);
    try {
      return await running;
    } finally {
      this.#runs.delete(running);
    }
  }

  async #run(
    jobs: Iterable<Job>,
    merge: (result: Result, index: number) => void | Promise<void>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const source = jobs[Symbol.iterator]();
    const cancel = new Int32Array(new SharedArrayBuffer(4));
    const raise = () => Atomics.store(cancel, 0, 1);
    signal?.addEventListener("abort", raise);
    const inFlight: Promise<Reply<Result>>[] = [];
    let exhausted = false;
    let merged = 0;
    try {
      for (;;) {
        if (signal?.aborted) throw cancelled(merged);
        while (!exhausted && inFlight.length < this.window) {
          const next = source.next();
          if (next.done) exhausted = true;
          else inFlight.push(this.#issue(next.value, cancel));
        }
        const oldest = inFlight.shift();
        if (oldest === undefined) return;
        const reply = await oldest;
        if (signal?.aborted) throw cancelled(merged);
        if (!reply.ok) throw PixelgradError.decode(reply.error);
        await merge(reply.result, merged++);
      }
    } finally {
      raise();
      await Promise.allSettled(inFlight);
      signal?.removeEventListener("abort", raise);
      // As `for … of` does on its way out, so that a generator's `finally` runs.
      if (!exhausted) source.return?.();
    }
  }

  #issue(job: Job, cancel: Int32Array): Promise<Reply<Result>> {
    const reply = this.#piscina.run({ job, cancel });
    // A failure is seen when its turn comes; until then it must not count as unhandled.
    reply.catch(() => undefined);
    return reply;
  }
}

/** The error of a run that was cancelled after `done` merged jobs. */
export function cancelled(done: number): PixelgradError {
  return new PixelgradError("CANCELLED", `Cancelled after ${done} finished jobs.`, { done });
}

/** The error of a run that came too late. */
export function poolClosed(threads: number): PixelgradError {
  return new PixelgradError("POOL_CLOSED", "The pool is closed: open another one.", { threads });
}
