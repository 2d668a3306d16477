import { expect, test } from "vitest";
import { seededRandom, uniformArray } from "./random.ts";
import { relativeError } from "./relative-error.ts";

test("relativeError is the largest difference over the largest expected entry", () => {
  expect(relativeError([1, 2.5], [1, 2])).toBe(0.25);
  expect(relativeError([1e-9], [2e-9])).toBe(0.5);
  expect(relativeError([0, 0], [0, 0])).toBe(0);
  expect(relativeError([], [])).toBe(0);
});

test("relativeError is infinite for other lengths, for one NaN, and for what should be 0", () => {
  expect(relativeError([1], [1, 2])).toBe(Number.POSITIVE_INFINITY);
  expect(relativeError([Number.NaN], [1])).toBe(Number.POSITIVE_INFINITY);
  expect(relativeError([1], [Number.NaN])).toBe(Number.POSITIVE_INFINITY);
  expect(relativeError([1e-30], [0])).toBe(Number.POSITIVE_INFINITY);
  expect(relativeError([Number.NaN], [Number.NaN])).toBe(0);
});

test("seededRandom gives the same sequence for the same seed", () => {
  const random = seededRandom(1);
  expect([random(), random(), random()]).toMatchInlineSnapshot(`
    [
      0.6270739405881613,
      0.002735721180215478,
      0.5274470399599522,
    ]
  `);
  expect(uniformArray(seededRandom(7), 5, 2)).toEqual(uniformArray(seededRandom(7), 5, 2));
  expect(uniformArray(seededRandom(7), 100, 2).every((x) => x >= -2 && x < 2)).toBe(true);
});
