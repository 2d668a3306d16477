import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { Board } from "./board.ts";

describe("Board", () => {
  test("hands out ready pieces once each and in order, to all threads that look at its memory", () => {
    const board = Board.make(5, 1);
    const other = new Board(board.buffer);
    expect(board.claim()).toBeUndefined();
    board.publish(3, false);
    expect([board.claim(), other.claim(), board.claim(), other.claim()]).toEqual([0, 1, 2, undefined]);
    board.publish(5, true);
    expect([other.claimOrWait(), board.claimOrWait(), other.claimOrWait()]).toEqual([3, 4, undefined]);
  });

  test.each([0, 1, 2, 3])("keeps the sums of %i pieces apart, and of their marks", (count) => {
    const board = Board.make(count, 3);
    for (let piece = 0; piece < count; piece++) {
      board.sumsOf(piece).fill(piece + 0.5);
      board.done(piece);
    }
    const other = new Board(board.buffer);
    for (let piece = 0; piece < count; piece++) {
      expect(other.sumsOf(piece)).toEqual(new Float64Array(3).fill(piece + 0.5));
      expect(other.isDone(piece)).toBe(true);
    }
    expect(other.hasFailed).toBe(false);
  });

  test("knows the first piece in order that failed, whichever failed first", () => {
    const board = Board.make(9, 0);
    expect(board.failed).toBe(9);
    for (const piece of [5, 7, 2, 4]) board.fail(piece);
    expect(board).toMatchObject({ failed: 2, hasFailed: true });
  });

  test("gives nothing away once sealed, and says how many pieces were claimed", () => {
    const board = Board.make(4, 0);
    board.publish(4, true);
    board.claim();
    board.claim();
    expect(board.seal()).toBe(2);
    expect(board.claim()).toBeUndefined();
    expect(board.claimOrWait()).toBeUndefined();
  });

  test("resolves a change that came before the wait, during it, and from another thread", async () => {
    const board = Board.make(1, 0);
    const { changes } = board;
    board.wake();
    await board.change(changes);
    const later = board.change(board.changes);
    setTimeout(() => board.wake(), 5);
    await later;
    const seen = board.changes;
    const code = `
      const words = new Int32Array(require("node:worker_threads").workerData);
      Atomics.add(words, 6, 1);
      Atomics.notify(words, 6);`;
    const worker = new Worker(code, { eval: true, workerData: board.buffer });
    await board.change(seen);
    expect(board.changes).toBe(seen + 1);
    await new Promise((resolve) => worker.once("exit", resolve));
  });
});
