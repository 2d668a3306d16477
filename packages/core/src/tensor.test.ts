import { describe, expect, test } from "vitest";
import { elementCount, formatDims, positionOf, tensor } from "./tensor.ts";

test("elementCount multiplies; a scalar has one element", () => {
  expect([[], [0, 5], [2, 3, 4]].map(elementCount)).toEqual([1, 0, 24]);
});

test("formatDims writes dims as people do", () => {
  expect([[], [7], [2, 21, 512, 512]].map(formatDims)).toEqual(["scalar", "7", "2×21×512×512"]);
});

test("positionOf inverts the row-major offset", () => {
  expect(positionOf(0, [2, 3, 4])).toEqual([0, 0, 0]);
  expect(positionOf(23, [2, 3, 4])).toEqual([1, 2, 3]);
  expect(positionOf(17, [2, 3, 4])).toEqual([1, 1, 1]);
  expect(positionOf(0, [])).toEqual([]);
});

describe("tensor", () => {
  test("holds the caller's own array", () => {
    const data = Uint8Array.of(1, 2, 3, 4, 5, 6);
    expect(tensor(data, [2, 3])).toEqual({ data, dims: [2, 3] });
    expect(tensor(data, [2, 3]).data).toBe(data);
    expect(tensor(new Float32Array(0), [0, 9]).data).toHaveLength(0);
  });

  test.each([[[2, 2]], [[7]], [[-2, -3]], [[1.5, 4]], [[]]])("refuses six numbers of dims %j", (dims) => {
    expect(() => tensor(new Uint8Array(6), dims)).toThrow(
      expect.objectContaining({ code: "SHAPE_MISMATCH" }),
    );
  });
});
