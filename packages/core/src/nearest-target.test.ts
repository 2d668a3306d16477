import { describe, expect, test } from "vitest";
import { nearestTarget } from "./nearest-target.ts";

const label = (data: readonly number[], dims: readonly number[]) => ({ data: Uint8Array.from(data), dims });

describe("nearestTarget", () => {
  test("takes the element under the middle of each: floor((i + 1/2) from / to)", () => {
    const seven = label([0, 1, 2, 3, 4, 5, 6], [1, 7]);
    const at = (length: number) => Array.from(nearestTarget("t", seven, [1, 5, length]).data as Uint8Array);
    expect(at(1)).toEqual([3]);
    expect(at(2)).toEqual([1, 5]);
    expect(at(3)).toEqual([1, 3, 5]);
    expect(at(4)).toEqual([0, 2, 4, 6]);
    expect(at(14)).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
  });

  test("resizes each spatial axis of each image, and keeps the type", () => {
    const labels = {
      data: BigInt64Array.of(0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n, 11n),
      dims: [2, 2, 3],
    };
    expect(nearestTarget("t", labels, [2, 9, 1, 2])).toEqual({
      data: BigInt64Array.of(3n, 5n, 9n, 11n),
      dims: [2, 1, 2],
    });
  });

  test("resizes dense targets of both layouts", () => {
    const first = label([0, 1, 2, 3, 10, 11, 12, 13], [1, 2, 4]);
    expect(nearestTarget("t", first, [1, 2, 2])).toEqual(label([1, 3, 11, 13], [1, 2, 2]));
    const last = label([0, 10, 1, 11, 2, 12, 3, 13], [1, 4, 2]);
    expect(nearestTarget("t", last, [1, 2, 2], "channels-last")).toEqual(label([1, 11, 3, 13], [1, 2, 2]));
  });

  test("is the target itself where the sizes agree or its rank is another", () => {
    const same = label([1, 2], [1, 2]);
    expect(nearestTarget("t", same, [1, 3, 2])).toBe(same);
    expect(nearestTarget("t", same, [1, 3, 2, 2, 2])).toBe(same);
  });

  test("refuses what is no tensor, or has too few numbers", () => {
    expect(() => nearestTarget("The target", {} as never, [1, 2, 3])).toThrow(
      expect.objectContaining({ code: "TYPE_MISMATCH" }),
    );
    expect(() => nearestTarget("The target", label([1], [1, 4]), [1, 2, 2])).toThrow(
      expect.objectContaining({ code: "SHAPE_MISMATCH" }),
    );
  });
});
