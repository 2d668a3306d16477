/** The copy that shows what memory allows. */
import { expect, test } from "vitest";
import { measureBandwidth } from "../src/bandwidth.ts";
import { copySlice, THREADS } from "../src/copy-slice.ts";

test.each([1, 2, 3])("the slices of %d threads make up the whole copy", (threads) => {
  const half = 2 * 65_536;
  const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true });
  const control = new SharedArrayBuffer(12);
  new Int32Array(control)[THREADS] = threads;
  const bytes = new Uint8Array(memory.buffer);
  for (let i = 0; i < half; i++) bytes[i] = i % 251;
  for (let index = 0; index < 4; index++) {
    expect(copySlice({ memory, control, half, index })).toBe(index < threads);
  }
  expect(bytes.slice(half)).toEqual(bytes.slice(0, half));
});

test("one thread and two copy the same bytes, timed round by round", async () => {
  const { bytes, series } = await measureBandwidth(100_000, [2], 2);
  expect(bytes).toBe(131_072);
  expect(series.map(({ threads, ms }) => [threads, ms.length])).toEqual([
    [1, 2],
    [2, 2],
  ]);
  expect(series.every(({ gigabytes }) => gigabytes > 0)).toBe(true);
});
