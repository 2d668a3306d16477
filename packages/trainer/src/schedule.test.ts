import { expect, test } from "vitest";
import { sampleOrder } from "./sample-order.ts";
import { polyRate } from "./schedule.ts";

test("the poly rate starts at its base and is below a hundredth of it in the last of 1000 steps", () => {
  expect(polyRate(0.01, 0, 1000)).toBe(0.01);
  expect(polyRate(0.01, 500, 1000)).toBeCloseTo(0.01 * 0.5 ** 0.9, 12);
  expect(polyRate(0.01, 999, 1000)).toBeLessThan(0.0001);
});

test("an epoch's order holds each sample once, is the same for the same seed and epoch, and differs for others", () => {
  const order = sampleOrder(50, 1, 3);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  expect(sampleOrder(50, 1, 3)).toEqual(order);
  expect(sampleOrder(50, 1, 4)).not.toEqual(order);
  expect(sampleOrder(50, 2, 3)).not.toEqual(order);
});
