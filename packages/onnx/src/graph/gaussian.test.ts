import { expect, test } from "vitest";
import { gaussianArray } from "./gaussian.ts";

test("gaussianArray gives the same numbers for the same seed, others for another, and a prefix for fewer", () => {
  expect(gaussianArray(1, 50, 2)).toEqual(gaussianArray(1, 50, 2));
  expect(gaussianArray(1, 50, 2)).not.toEqual(gaussianArray(2, 50, 2));
  expect(gaussianArray(1, 10, 2)).toEqual(gaussianArray(1, 50, 2).slice(0, 10));
  expect(gaussianArray(1, 4, 1)).toMatchInlineSnapshot(`
    Float32Array [
      1.2323224544525146,
      -0.18978123366832733,
      -1.9100533723831177,
      0.37248292565345764,
    ]
  `);
});

test("gaussianArray has mean 0 within 0.01, deviation within 1 %, and the kurtosis of a normal within 0.1", () => {
  const count = 100_000;
  const data = gaussianArray(7, count, 0.5);
  const moment = (power: number): number => data.reduce((sum, v) => sum + v ** power, 0) / count;
  expect(Math.abs(moment(1))).toBeLessThan(0.01);
  expect(Math.abs(Math.sqrt(moment(2)) / 0.5 - 1)).toBeLessThan(0.01);
  expect(Math.abs(moment(4) / moment(2) ** 2 - 3)).toBeLessThan(0.1);
});

test("gaussianArray is finite for every seed from -2 to 2^32 and for no numbers at all", () => {
  for (const seed of [-2, -1, 0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 0.5]) {
    expect(gaussianArray(seed, 100, 1).every(Number.isFinite)).toBe(true);
  }
  expect(gaussianArray(1, 0, 1)).toEqual(new Float32Array(0));
});
