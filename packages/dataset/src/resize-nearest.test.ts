import { describe, expect, test } from "vitest";
import { resizeNearest } from "./resize-nearest.ts";

describe("resizeNearest", () => {
  test("returns the ids themselves when nothing changes", () => {
    const ids = Uint8Array.of(1, 2);
    expect(resizeNearest(ids, [1, 2], [1, 2])).toBe(ids);
  });

  test.each([1, 2, 3, 4, 5, 7, 13, 360])("takes floor((i + 0.5) · 5 / %i) on both axes", (size) => {
    const line = Uint8Array.of(10, 11, 12, 13, 14);
    const expected = Uint8Array.from({ length: size }, (_, i) => 10 + Math.floor(((i + 0.5) * 5) / size));
    expect(resizeNearest(line, [1, 5], [1, size])).toEqual(expected);
    expect(resizeNearest(line, [5, 1], [size, 1])).toEqual(expected);
  });

  test("invents no id", () => {
    const ids = Uint8Array.from({ length: 35 }, (_, i) => (i % 2 ? 200 : 3));
    expect(new Set(resizeNearest(ids, [5, 7], [11, 4]))).toEqual(new Set([3, 200]));
  });
});
