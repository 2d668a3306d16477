/** What a LossPool does besides the numbers: errors, cancelling, turns, closing. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { crossEntropy, dice, isPixelgradError, parseLoss, type Tensor } from "@pixelgrad/core";
import { availableCpus, LossPool } from "@pixelgrad/pool";
import { afterAll, describe, expect, test } from "vitest";
import { batchFor, bits } from "./problems.ts";

const pool = new LossPool({ threads: 3, inlineLogits: 0 });
afterAll(() => pool.close());

const loss = crossEntropy();
const DIMS = [2, 3, 97, 1009] as const;
const PIXELS = 97 * 1009;
const { logits, target } = batchFor(loss, DIMS);
const inline = loss.valueAndGrad(logits, target);

const caught = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => {
      throw new Error("expected the call to fail");
    },
    (error: unknown) => error,
  );

async function expectUsable(): Promise<void> {
  const { value, grad } = await pool.valueAndGrad(loss, logits, target);
  expect(value).toBe(inline.value);
  expect(bits(grad).equals(bits(inline.grad))).toBe(true);
}

describe("errors", () => {
  /** The last label of the first image is wrong, and so is the first of the second, which is met sooner. */
  const broken = (): Tensor<Uint8Array> => {
    const data = (target.data as Uint8Array).slice();
    data[PIXELS - 1] = 77;
    data[PIXELS] = 99;
    return { data, dims: target.dims };
  };

  test.each([
    ["ordinary arrays", () => ({ logits, labels: broken() as Tensor })],
    [
      "pool tensors",
      () => {
        const placed = pool.tensor(DIMS, "float32");
        placed.data.set(logits.data);
        const labels = pool.tensor(target.dims, "uint8");
        labels.data.set(broken().data);
        return { logits: placed, labels };
      },
    ],
  ])("of a thread arrive with class, code and context, the first in order: %s", async (_name, place) => {
    const { logits: placed, labels } = place();
    const error = await caught(pool.valueAndGrad(loss, placed, labels));
    expect(isPixelgradError(error, "LABEL_OUT_OF_RANGE")).toBe(true);
    expect(error).toMatchObject({ context: { label: 77, classes: 3, position: [0, 96, 1008] } });
    expect((error as Error).message).toBe(
      "Label 77 at [0,96,1008] is no class: labels must be integers from 0 to 2, or ignored (ignoreIndex: 77).",
    );
    expect((error as Error).stack).toContain("target-tile");
    await expectUsable();
  });

  test("of the second map arrive too: cross-entropy meets the logits there", async () => {
    const data = logits.data.slice();
    data[data.length - 1] = Number.NaN;
    const error = await caught(pool.valueAndGrad(loss, { data, dims: DIMS }, target));
    expect(error).toMatchObject({
      code: "VALUE_NOT_FINITE",
      context: { value: Number.NaN, position: [1, 2, 96, 1008] },
    });
    await expectUsable();
  });

  test("of the door come before any thread works", async () => {
    const error = await caught(pool.value(loss, logits, { data: new Uint8Array(4), dims: [2, 2] }));
    expect(error).toMatchObject({ code: "SHAPE_MISMATCH" });
  });
});

describe("cancelling", () => {
  test.each([
    ["on kernels", () => loss],
    ["in long pieces, which the calling thread leaves to the others", () => parseLoss("tversky + poly")],
  ])("mid-call throws CANCELLED, and the pool is usable after: %s", async (_name, lossOf) => {
    // So much that the event loop turns, and fires the signal, long before all of it is done.
    const large = batchFor(loss, [8, 3, 512, 512]);
    for (const steps of [1, 2, 3]) {
      const controller = new AbortController();
      const call = caught(
        pool.valueAndGrad(lossOf(), large.logits, large.target, { signal: controller.signal }),
      );
      for (let i = 0; i < steps; i++) await Promise.resolve();
      setImmediate(() => controller.abort());
      expect(await call).toMatchObject({ code: "CANCELLED", context: { done: expect.any(Number) } });
      await expectUsable();
    }
  });

  test("before the call throws too, however small the call is", async () => {
    const signal = AbortSignal.abort();
    const small = batchFor(loss, [1, 3, 4, 5]);
    for (const batch of [small, { logits, target }]) {
      const error = await caught(pool.evaluate(loss, batch.logits, batch.target, { signal }));
      expect(error).toMatchObject({ code: "CANCELLED", context: { done: 0 } });
    }
    await expectUsable();
  });

  test("leaves the other calls in the queue alone", async () => {
    const controller = new AbortController();
    const first = pool.valueAndGrad(loss, logits, target);
    const second = caught(pool.valueAndGrad(loss, logits, target, { signal: controller.signal }));
    const third = pool.value(dice(), logits, target);
    controller.abort();
    expect((await first).value).toBe(inline.value);
    expect(await second).toMatchObject({ code: "CANCELLED" });
    expect(await third).toBe(dice().value(logits, target));
  });
});

describe("turns", () => {
  test("1000 small calls in a row have the bits of calls on the calling thread", async () => {
    const batch = batchFor(loss, [5, 3, 53]);
    const expected = loss.valueAndGrad(batch.logits, batch.target);
    for (let i = 0; i < 1000; i++) {
      const { value, grad } = await pool.valueAndGrad(loss, batch.logits, batch.target);
      if (value !== expected.value || !bits(grad).equals(bits(expected.grad)))
        expect.fail(`call ${i} differs`);
    }
  });

  test("the event loop turns during a call", async () => {
    const large = batchFor(loss, [8, 3, 512, 512]);
    let turned = false;
    const call = pool.valueAndGrad(loss, large.logits, large.target);
    setImmediate(() => {
      turned = true;
    });
    await call;
    expect(turned).toBe(true);
  });

  test("calls in parallel have the bits of calls one after the other", async () => {
    const batches = [1, 2, 3, 4].map((seed) => batchFor(loss, DIMS, seed));
    const results = await Promise.all(
      batches.map((batch) => pool.valueAndGrad(loss, batch.logits, batch.target)),
    );
    batches.forEach((batch, i) => {
      const expected = loss.valueAndGrad(batch.logits, batch.target);
      expect(results[i]?.value).toBe(expected.value);
      expect(bits(results[i]!.grad).equals(bits(expected.grad))).toBe(true);
    });
  });
});

describe("closing", () => {
  test("waits for every call made before, and refuses later ones, small ones too", async () => {
    const closing = new LossPool({ threads: 2 });
    const calls = [1, 2, 3].map(() => closing.valueAndGrad(loss, logits, target));
    const closed = closing.close();
    const small = batchFor(loss, [1, 3, 4, 5]);
    for (const batch of [small, { logits, target }]) {
      const error = await caught(closing.value(loss, batch.logits, batch.target));
      expect(error).toMatchObject({ code: "POOL_CLOSED", context: { threads: 2 } });
    }
    await closed;
    for (const { value } of await Promise.all(calls)) expect(value).toBe(inline.value);
    await closing.close();
  });

  test("happens at the end of an `await using` block", async () => {
    let inner: LossPool;
    {
      await using scoped = new LossPool({ threads: 1 });
      inner = scoped;
      expect(await scoped.value(loss, logits, target)).toBe(inline.value);
    }
    expect(await caught(inner.value(loss, logits, target))).toMatchObject({ code: "POOL_CLOSED" });
  });
});

describe("a process that never closes its pool", () => {
  const script = fileURLToPath(new URL("./fixtures/leaves-open.mjs", import.meta.url));
  const run = (how: string) =>
    spawnSync(process.execPath, [script, how], { timeout: 30_000, encoding: "utf8" });

  test("ends when it has nothing else to do", () => {
    expect(run("after")).toMatchObject({ status: 0, signal: null, stderr: "" });
  });

  test("lets a call end first", () => {
    expect(run("during")).toMatchObject({ status: 0, stdout: expect.stringMatching(/^0\.6931/), stderr: "" });
  });

  test("may exit in the middle of a call", () => {
    expect(run("exit")).toMatchObject({ status: 7, signal: null, stderr: "" });
  });

  test("takes less than half a CPU while it is idle", () => {
    expect(Number(run("idle").stdout)).toBeLessThan(500);
  });
});

describe("a new pool", () => {
  test("has as many threads as there are CPUs", async () => {
    await using automatic = new LossPool();
    expect(automatic.threads).toBe(availableCpus());
  });

  test("gives tensors of zeros of every type", () => {
    const zeros = pool.tensor([2, 3], "int64");
    expect(zeros).toEqual({ data: new BigInt64Array(6), dims: [2, 3] });
    expect(pool.tensor([], "float32").data).toEqual(new Float32Array(1));
    expect(pool.tensor([0, 4], "uint8").data).toHaveLength(0);
  });
});
