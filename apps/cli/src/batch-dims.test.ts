import { describe, expect, test } from "vitest";
import { batchDims } from "./batch-dims.ts";

describe("batchDims", () => {
  test.each([
    // One image: [C, height, width] with a PNG, labels, dense.
    [
      [3, 4, 5],
      [1, 4, 5],
      [1, 3, 4, 5],
      [1, 4, 5],
    ],
    [
      [3, 4, 5],
      [4, 5],
      [1, 3, 4, 5],
      [1, 4, 5],
    ],
    [
      [3, 4, 5],
      [3, 4, 5],
      [1, 3, 4, 5],
      [1, 3, 4, 5],
    ],
    [
      [1, 4, 5],
      [1, 4, 5],
      [1, 1, 4, 5],
      [1, 4, 5],
    ],
    // A batch.
    [
      [1, 3, 4, 5],
      [1, 4, 5],
      [1, 3, 4, 5],
      [1, 4, 5],
    ],
    [
      [2, 3, 4, 5],
      [2, 4, 5],
      [2, 3, 4, 5],
      [2, 4, 5],
    ],
    [
      [2, 3, 4, 5],
      [2, 3, 4, 5],
      [2, 3, 4, 5],
      [2, 3, 4, 5],
    ],
    [
      [1, 1, 4, 5],
      [1, 4, 5],
      [1, 1, 4, 5],
      [1, 4, 5],
    ],
    // A volume without N, and one with it.
    [
      [3, 4, 5, 6],
      [4, 5, 6],
      [1, 3, 4, 5, 6],
      [1, 4, 5, 6],
    ],
    [
      [2, 3, 4, 5, 6],
      [2, 4, 5, 6],
      [2, 3, 4, 5, 6],
      [2, 4, 5, 6],
    ],
    // Signals [N, C, length] and [C, length], and a batch of plain classifications.
    [
      [2, 3, 9],
      [2, 9],
      [2, 3, 9],
      [2, 9],
    ],
    [[3, 9], [9], [1, 3, 9], [1, 9]],
    [[4, 3], [4], [4, 3], [4]],
    [[3], [], [1, 3], [1]],
    // Both fit: three dims are an image, four are a batch.
    [
      [4, 4, 5],
      [4, 5],
      [1, 4, 4, 5],
      [1, 4, 5],
    ],
    [
      [4, 4, 5, 6],
      [4, 5, 6],
      [4, 4, 5, 6],
      [4, 5, 6],
    ],
  ])("reads logits %j with a mask %j as %j with %j", (logits, mask, batchLogits, batchMask) => {
    expect(batchDims(logits, mask)).toEqual({ logits: batchLogits, mask: batchMask });
  });

  test.each([
    [
      [3, 4, 5],
      [1, 4, 6],
      [1, 3, 4, 5],
    ],
    [
      [2, 3, 4, 5],
      [1, 4, 5],
      [2, 3, 4, 5],
    ],
  ])("leaves %j with %j for the loss to refuse, as %j", (logits, mask, batchLogits) => {
    expect(batchDims(logits, mask)).toEqual({ logits: batchLogits, mask });
  });

  test.each([[[4, 5]], [[1, 4, 5]]])("refuses 4×5 without a channel for a mask %j", (mask) => {
    expect(() => batchDims([4, 5], mask)).toThrow(
      expect.objectContaining({ code: "SHAPE_MISMATCH", context: { expected: [1, 4, 5], got: [4, 5] } }),
    );
  });
});
