/** What becomes of units whose bands fail, which those of losses do not. */
import { openCall, parseLoss, tensor } from "@pixelgrad/core";
import { afterAll, describe, expect, test } from "vitest";
import { KeptDoubles } from "./kept-doubles.ts";
import type { LossJob, LossJobResult, UnitJob } from "./loss-job.ts";
import { OrderedPool } from "./ordered-pool.ts";
import { hasSharedUnits, type PlannedUnit, runUnits } from "./unit-runs.ts";

const kept = new KeptDoubles();
const pool = new OrderedPool<LossJob, LossJobResult>({
  worker: new URL("../test/fixtures/crew-worker.mjs", import.meta.url),
  threads: 3,
});
afterAll(() => pool.close());

/** @param failure - what happens in one band. */
const planned = (failure?: "bug" | "death"): PlannedUnit => ({
  pixels: 2 ** 20,
  workspace: 64,
  job: () => ({ failure }) as unknown as UnitJob,
});
const doubled = Float64Array.from({ length: 64 }, (_, line) => line * 2 ** 19);

describe("threads share units", () => {
  test.each([
    ["boundary", [1, 1, 331, 207], true],
    ["hausdorff-dt", [1, 2, 283, 241], true],
    ["hausdorff-erosion", [1, 1, 37, 43, 47], true],
    ["dice + cl-dice", [1, 1, 331, 207], true],
    ["cl-dice(classes=[1])", [1, 3, 283, 241], true],
    ["boundary", [1, 1, 100, 100], false],
    ["lovasz-hinge + dice", [1, 1, 331, 207], false],
  ])("of %s at %j: %s", (expression, dims, expected) => {
    const [images, classes, ...spatial] = dims as [number, number, ...number[]];
    const pixels = spatial.reduce((a, b) => a * b, 1);
    const call = openCall(
      parseLoss(expression).plan,
      tensor(new Float32Array(images * classes * pixels), dims),
      tensor(new Uint8Array(images * pixels), [images, ...spatial]),
      false,
    );
    expect(hasSharedUnits(call)).toBe(expected);
  });
});

describe("a unit in bands", () => {
  test("runs each band of each pass once, and no pass before the one before has ended", async () => {
    for (let round = 0; round < 50; round++) {
      expect(await runUnits(pool, [planned()], kept, undefined)).toEqual([doubled]);
    }
  });

  test("throws the error of a band, and not that others were stopped", async () => {
    await expect(runUnits(pool, [planned(), planned("bug")], kept, undefined)).rejects.toThrow(TypeError);
    expect(await runUnits(pool, [planned()], kept, undefined)).toEqual([doubled]);
  });

  test("does not wait for a band whose thread has died", async () => {
    await expect(runUnits(pool, [planned("death")], kept, undefined)).rejects.toThrow(
      "worker exited with code",
    );
    expect(await runUnits(pool, [planned()], kept, undefined)).toEqual([doubled]);
  });

  test("is not begun once the signal has fired", async () => {
    const run = runUnits(pool, [planned()], kept, AbortSignal.abort());
    await expect(run).rejects.toMatchObject({ code: "CANCELLED", context: { done: 0 } });
  });
});
