/** What a map does when its threads die, which those of a LossPool do not. */
import { binaryCrossEntropy, cutPieces, LossEngine, openCall, tensor, viewPiece } from "@pixelgrad/core";
import { describe, expect, test } from "vitest";
import { EventLoop } from "./event-loop.ts";
import { KeptDoubles } from "./kept-doubles.ts";
import type { MapSpec } from "./map-message.ts";
import { OrderedPool } from "./ordered-pool.ts";
import { type MapContext, PieceMap } from "./piece-map.ts";
import { ServingThreads } from "./serving-threads.ts";
import { StagingMemory } from "./staging.ts";

function mapOn(worker: string) {
  const dims = [6, 1, 300];
  const call = openCall(
    binaryCrossEntropy().plan,
    tensor(new Float32Array(1800), dims),
    tensor(new Uint8Array(1800), dims),
    false,
  );
  const spec: MapSpec = {
    loss: binaryCrossEntropy(),
    call,
    pieces: cutPieces(6, 1, 300),
    view: (piece) => viewPiece(call.plan, call.problem, piece),
    leaveToThreads: true,
  };
  const engine = new LossEngine();
  const pool = new OrderedPool<never, never>({
    worker: new URL(`../test/fixtures/${worker}`, import.meta.url),
    threads: 2,
  });
  const context: MapContext = {
    threads: 2,
    engine,
    serving: new ServingThreads(pool),
    staging: new StagingMemory(engine),
    kept: new KeptDoubles(),
    eventLoop: new EventLoop(),
  };
  return { pool, map: () => new PieceMap(context, spec) };
}

describe("a map on threads that", () => {
  test("die in a piece rejects, and does not wait for the piece", async () => {
    const { pool, map } = mapOn("dying-worker.mjs");
    await expect(map().run()).rejects.toThrow("worker exited with code");
    await pool.close();
  });
});
