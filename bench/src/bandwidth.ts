/** What the memory itself allows more threads: a copy, cut into as many slices as threads. @module */
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { type CopyWork, copySlice, DONE, THREADS, TURN } from "./copy-slice.ts";
import { interleave, median, pairedRatio } from "./measure.ts";

/** The built script: Node 20 runs no TypeScript. */
const SCRIPT = fileURLToPath(new URL("../dist/copy-worker.js", import.meta.url));
const PAGE = 65_536;

export interface Bandwidth {
  readonly bytes: number;
  readonly series: readonly {
    readonly threads: number;
    readonly ms: readonly number[];
    /** Bytes read and written in a second, in 1e9. */
    readonly gigabytes: number;
    /** The time of one thread over this. */
    readonly speedup: number;
  }[];
}

/** @param bytes - of what is copied, rounded up to whole pages. */
export async function measureBandwidth(
  bytes: number,
  threads: readonly number[],
  rounds: number,
): Promise<Bandwidth> {
  const pages = Math.ceil(bytes / PAGE);
  const half = pages * PAGE;
  const memory = new WebAssembly.Memory({ initial: 2 * pages, maximum: 2 * pages, shared: true });
  new Uint8Array(memory.buffer).fill(1);
  const control = new SharedArrayBuffer(12);
  const words = new Int32Array(control);
  const work = (index: number): CopyWork => ({ memory, control, half, index });
  const counts = [...new Set([1, ...threads])];
  const workers = Array.from(
    { length: Math.max(...counts) - 1 },
    (_, i) => new Worker(SCRIPT, { workerData: work(i + 1) }),
  );
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once("online", resolve))));
  const samples = await interleave(
    counts.map((count) => ({ run: async () => copyOn(count, words, work(0)) })),
    rounds,
  );
  Atomics.store(words, TURN, -1);
  Atomics.notify(words, TURN);
  await Promise.all(workers.map((worker) => worker.terminate()));
  return {
    bytes: half,
    series: counts.map((count, i) => ({
      threads: count,
      ms: samples[i]!,
      gigabytes: (2 * half) / median(samples[i]!) / 1e6,
      speedup: pairedRatio(samples[0]!, samples[i]!),
    })),
  };
}

/** @returns milliseconds. */
function copyOn(threads: number, control: Int32Array, own: CopyWork): number {
  Atomics.store(control, DONE, 0);
  Atomics.store(control, THREADS, threads);
  const begin = performance.now();
  Atomics.add(control, TURN, 1);
  Atomics.notify(control, TURN);
  copySlice(own);
  for (let done = 0; done < threads - 1; done = Atomics.load(control, DONE)) {
    Atomics.wait(control, DONE, done);
  }
  return performance.now() - begin;
}
