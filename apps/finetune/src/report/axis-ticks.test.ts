import { expect, test } from "vitest";
import { axisTicks } from "./axis-ticks.ts";

function labels(values: readonly number[], count: number, smallestStep: number = 0): string[] {
  const { ticks, format } = axisTicks(values, count, smallestStep);
  return ticks.map(format);
}

test.each([
  [
    [0, 1],
    ["0.0", "0.5", "1.0"],
  ],
  [
    [0.013, 0.052],
    ["0.00", "0.02", "0.04", "0.06"],
  ],
  [
    [3, 1700],
    ["0", "1000", "2000"],
  ],
  [
    [-2, 2],
    ["-2", "0", "2"],
  ],
  [
    [0, 1e-300],
    ["0", "5.0e-301", "1.0e-300"],
  ],
  [
    [0, 9e11],
    ["0", "5.0e+11", "1.0e+12"],
  ],
])("holds %j between round numbers", (values, expected) => {
  expect(labels(values, 5)).toEqual(expected);
});

test.each([[[5]], [[0]], [[0.25, 0.25]], [[-3]]])("gives %j an axis of some length", (values) => {
  const { low, high } = axisTicks(values, 5, 0);
  expect(low).toBeLessThanOrEqual(values[0]!);
  expect(high).toBeGreaterThan(low);
});

test("keeps to whole numbers when asked", () => {
  expect(labels([1, 2], 8, 1)).toEqual(["1", "2"]);
  expect(labels([1], 8, 1)).toEqual(["1", "2"]);
});

test.each([1, 2, 3, 7, 10, 33, 100, 1000])("has at most 8 ticks for epochs 1 to %i", (epochs) => {
  const { ticks, low, high } = axisTicks([1, epochs], 8, 1);
  expect(ticks.length).toBeLessThanOrEqual(8);
  expect(low).toBeLessThanOrEqual(1);
  expect(high).toBeGreaterThanOrEqual(epochs);
});
