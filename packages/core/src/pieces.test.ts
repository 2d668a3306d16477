import { describe, expect, test } from "vitest";
import { cutPieces } from "./pieces.ts";

describe("cutPieces", () => {
  test("leaves a small image whole", () => {
    expect(cutPieces(2, 3, 5)).toEqual([
      { image: 0, begin: 0, count: 5 },
      { image: 1, begin: 0, count: 5 },
    ]);
  });

  test("makes no piece of nothing", () => {
    expect(cutPieces(0, 3, 5)).toEqual([]);
    expect(cutPieces(3, 3, 0)).toEqual([]);
  });

  test.each([
    [1, 262_144],
    [2, 131_072],
    [21, 12_480],
    [40, 6528],
    [150, 4096],
    [10_000, 64],
  ])("cuts images of %i channels every %i pixels", (classes, size) => {
    expect(cutPieces(1, classes, size)).toHaveLength(1);
    expect(cutPieces(1, classes, size + 1)).toEqual([
      { image: 0, begin: 0, count: size },
      { image: 0, begin: size, count: 1 },
    ]);
  });

  test("covers every pixel once, in order, from multiples of 64", () => {
    for (const pixels of [1, 63, 64, 65, 12_480, 12_481, 50_021]) {
      let next = 0;
      for (const { image, begin, count } of cutPieces(3, 21, pixels)) {
        expect(image * pixels + begin).toBe(next);
        expect(begin % 64).toBe(0);
        expect(count).toBeGreaterThan(0);
        next += count;
      }
      expect(next).toBe(3 * pixels);
    }
  });
});
