import { expect, test } from "vitest";
import { interleave, median, pairedRatio, quantile } from "./measure.ts";

test("quantiles lie between order statistics", () => {
  expect(median([4, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect([0, 0.25, 0.75, 1].map((q) => quantile([5, 1, 3, 2, 4], q))).toEqual([1, 2, 4, 5]);
  expect(median([])).toBeNaN();
});

test("a paired ratio compares runs of the same round: a slow round does not move it", () => {
  expect(pairedRatio([2, 20, 2], [1, 10, 1])).toBe(2);
});

test("runners take turns of two runs, two rounds to warm up, and keep the second runs of the rounds that count", async () => {
  const order: string[] = [];
  const runner = (name: string) => ({
    async run() {
      order.push(name);
      return order.length;
    },
  });
  expect(await interleave([runner("a"), runner("b")], 2)).toEqual([
    [10, 14],
    [12, 16],
  ]);
  expect(order.join("")).toBe("aabbaabbaabbaabb");
});
