/** The generic engine, with a worker that does as each job says. */
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { isPixelgradError } from "@pixelgrad/core";
import { seededRandom } from "@pixelgrad/core/testing";
import { OrderedPool } from "@pixelgrad/pool";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

interface Job {
  readonly value: number;
  /** How long it takes. */
  readonly milliseconds?: number;
  readonly untilCancelled?: boolean;
  readonly fail?: "data" | "bug";
  readonly port?: MessagePort;
}

const THREADS = 3;
let counters: Int32Array;
let pool: OrderedPool<Job, number>;

beforeEach(() => {
  counters = new Int32Array(new SharedArrayBuffer(8));
  pool = new OrderedPool({
    worker: new URL("./fixtures/job-worker.mjs", import.meta.url),
    threads: THREADS,
    workerData: { counters },
  });
});

afterEach(async () => {
  await pool.close();
  expect(counters[1], "jobs ended, of those begun").toBe(counters[0]);
});

const numbered = (count: number): Job[] => Array.from({ length: count }, (_, value) => ({ value }));

async function results(jobs: Iterable<Job>): Promise<number[]> {
  const merged: number[] = [];
  await pool.run(jobs, (result) => void merged.push(result));
  return merged;
}

/** A signal that aborts once `jobs` jobs have begun. */
function abortOnceBegun(jobs: number): AbortSignal {
  const controller = new AbortController();
  const timer = setInterval(() => {
    if (Atomics.load(counters, 0) < jobs) return;
    clearInterval(timer);
    controller.abort();
  }, 1);
  return controller.signal;
}

describe("OrderedPool", () => {
  test("merges in job order whatever each job takes", async () => {
    const random = seededRandom(1);
    const jobs = numbered(60).map((job) => ({ ...job, milliseconds: Math.floor(random() * 6) }));
    const indices: number[] = [];
    const merged: number[] = [];
    await pool.run(jobs, (result, index) => {
      merged.push(result);
      indices.push(index);
    });
    expect(merged).toEqual(jobs.map(({ value }) => value));
    expect(indices).toEqual(merged);
  });

  test("waits for a merge that is asynchronous before the next", async () => {
    let merging = 0;
    await pool.run(numbered(10), async () => {
      expect(++merging).toBe(1);
      await new Promise(setImmediate);
      merging--;
    });
  });

  test("reads jobs lazily: never more than the window ahead of the merge, and the window in full", async () => {
    let made = 0;
    let merged = 0;
    let ahead = 0;
    function* jobs(): Generator<Job> {
      for (const job of numbered(40)) {
        made++;
        ahead = Math.max(ahead, made - merged);
        yield job;
      }
    }
    await pool.run(jobs(), () => void merged++);
    expect(merged).toBe(40);
    expect(ahead).toBe(pool.window);
    expect(pool.window).toBeGreaterThan(pool.threads);
  });

  test("runs no job at all", async () => {
    expect(await results([])).toEqual([]);
  });

  test("throws the error of the first job in order, though a later one failed earlier", async () => {
    const merged: number[] = [];
    const run = pool.run(
      [
        { value: 0 },
        { value: 1, milliseconds: 60, fail: "data" },
        { value: 2, fail: "data" },
        { value: 3, fail: "bug" },
      ],
      (result) => void merged.push(result),
    );
    const error = await run.catch((thrown: unknown) => thrown);
    expect(isPixelgradError(error, "ALL_IGNORED")).toBe(true);
    expect(error).toMatchObject({ message: "Job 1 is refused.", context: { loss: "1" } });
    expect(merged).toEqual([0]);
    expect(await results(numbered(5))).toEqual([0, 1, 2, 3, 4]);
  });

  test("surfaces a bug with its class and the stack of its thread", async () => {
    const error = await results([{ value: 0, fail: "bug" }]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).stack).toContain("job-worker.mjs");
    expect(await results(numbered(3))).toEqual([0, 1, 2]);
  });

  test("stops jobs in flight after an error, and waits for them", async () => {
    const waiting = Array.from({ length: 8 }, (_, value) => ({ value, untilCancelled: true }));
    await expect(results([{ value: 0, fail: "data" }, ...waiting])).rejects.toThrow("Job 0 is refused.");
    expect(counters[1]).toBe(counters[0]);
  });

  test("stops jobs in flight when a merge throws, and waits for them", async () => {
    const run = pool.run([{ value: 0 }, { value: 1, untilCancelled: true }], () => {
      throw new RangeError("from the merge");
    });
    await expect(run).rejects.toThrow("from the merge");
    expect(counters[1]).toBe(counters[0]);
  });

  test("closes the iterable on every way out, and reports what it throws itself", async () => {
    const closed: string[] = [];
    function* jobs(name: string, last: () => Job): Generator<Job> {
      try {
        for (let i = 0; i < pool.window; i++) yield { value: i };
        yield last();
      } finally {
        closed.push(name);
      }
    }
    await results(jobs("done", () => ({ value: 0 })));
    const endless = (): Job => ({ value: 0, untilCancelled: true });
    const fails = pool.run(jobs("merge", endless), () => Promise.reject(new Error("from the merge")));
    await expect(fails).rejects.toThrow("from the merge");
    const broken = (): Job => {
      throw new Error("from the iterable");
    };
    await expect(results(jobs("iterable", broken))).rejects.toThrow("from the iterable");
    expect(closed).toEqual(["done", "merge", "iterable"]);
  });
});

describe("a job by itself", () => {
  test("resolves to its result, rejects with its error, and leaves runs alone", async () => {
    const run = results(numbered(10));
    expect(await pool.runAlone({ value: 7 })).toBe(7);
    const refused = pool.runAlone({ value: 8, fail: "data" });
    await expect(refused).rejects.toMatchObject({ code: "ALL_IGNORED", message: "Job 8 is refused." });
    await expect(pool.runAlone({ value: 9, fail: "bug" })).rejects.toThrow(TypeError);
    expect(await run).toHaveLength(10);
  });

  test("takes what is transferred along, is waited for when the pool closes, and is refused afterwards", async () => {
    const { port1, port2 } = new MessageChannel();
    const alone = pool.runAlone({ value: 1, milliseconds: 20, port: port2 }, [port2]);
    await pool.close();
    expect(counters).toEqual(Int32Array.of(1, 1));
    expect(await alone).toBe(1);
    await expect(pool.runAlone({ value: 2 })).rejects.toMatchObject({ code: "POOL_CLOSED" });
    port1.close();
  });
});

describe("cancelling", () => {
  test("throws CANCELLED once every job in flight has ended, and leaves the pool usable", async () => {
    const jobs = numbered(20).map((job) => ({ ...job, untilCancelled: job.value >= 2 }));
    const merged: number[] = [];
    const signal = abortOnceBegun(2 + THREADS);
    const error = await pool
      .run(jobs, (result) => void merged.push(result), { signal })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "CANCELLED", context: { done: 2 } });
    expect(merged).toEqual([0, 1]);
    expect(counters[1]).toBe(counters[0]);
    expect(await results(numbered(5))).toEqual([0, 1, 2, 3, 4]);
  });

  test("makes no job when the signal was aborted before", async () => {
    function* jobs(): Generator<Job> {
      yield* [];
      throw new Error("was read");
    }
    const run = pool.run(jobs(), () => undefined, { signal: AbortSignal.abort() });
    await expect(run).rejects.toMatchObject({ code: "CANCELLED", context: { done: 0 } });
  });

  test("does not stop other runs", async () => {
    const signal = abortOnceBegun(1);
    const cancelled = pool.run([{ value: 0, untilCancelled: true }], () => undefined, { signal });
    const other = results(numbered(30).map((job) => ({ ...job, milliseconds: 1 })));
    await expect(cancelled).rejects.toMatchObject({ code: "CANCELLED" });
    expect(await other).toHaveLength(30);
  });
});

describe("closing", () => {
  test("waits for the runs, and refuses new ones", async () => {
    const run = results(numbered(20).map((job) => ({ ...job, milliseconds: 2 })));
    await pool.close();
    expect(counters).toEqual(Int32Array.of(20, 20));
    expect(await run).toHaveLength(20);
    await expect(results(numbered(1))).rejects.toMatchObject({
      code: "POOL_CLOSED",
      context: { threads: THREADS },
    });
  });

  test("may happen twice, and before any run", async () => {
    await pool.close();
    await pool.close();
    expect(counters[0]).toBe(0);
  });

  test.each([0, -1, 1.5, Number.NaN])("refuses %d threads", (threads) => {
    expect(() => new OrderedPool({ worker: new URL("file:///none.js"), threads })).toThrow(
      expect.objectContaining({ code: "THREADS_INVALID", context: { threads } }),
    );
  });
});
