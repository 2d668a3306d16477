import { describe, expect, test } from "vitest";
import { ConfusionMatrix } from "./confusion-matrix.ts";

describe("ConfusionMatrix", () => {
  //           predicted 0  1  2
  // truth 0             2  1  0
  // truth 1             0  1  0      class 2 is neither there nor predicted
  const truth = Uint8Array.of(0, 0, 1, 0, 255);
  const predicted = Uint16Array.of(0, 1, 1, 0, 2);
  const matrix = new ConfusionMatrix(3).add(predicted, truth, [255]);

  test("counts pixels by truth and prediction, without the ignored", () => {
    expect(Array.from(matrix.counts)).toEqual([2, 1, 0, 0, 1, 0, 0, 0, 0]);
  });

  test("has the hand-worked IoUs, null for an absent class, which the mean leaves out", () => {
    // class 0: 2 / (3 + 2 - 2) = 2/3; class 1: 1 / (1 + 2 - 1) = 1/2; mean (2/3 + 1/2) / 2 = 7/12
    expect(matrix.iou()).toEqual([2 / 3, 1 / 2, null]);
    expect(matrix.meanIou()).toBeCloseTo(7 / 12, 15);
  });

  test("counts a class that is only predicted as an IoU of 0", () => {
    expect(new ConfusionMatrix(2).add(Uint8Array.of(1), Uint8Array.of(0)).iou()).toEqual([0, 0]);
  });

  test("has the hand-worked pixel accuracy", () => {
    expect(matrix.pixelAccuracy()).toBe(3 / 4);
  });

  test("has no numbers without pixels", () => {
    const empty = new ConfusionMatrix(2);
    expect([empty.iou(), empty.meanIou(), empty.pixelAccuracy()]).toEqual([[null, null], null, null]);
  });

  test("of parts, merged, is the matrix of the whole, in any order", () => {
    const part = (from: number, to: number) =>
      new ConfusionMatrix(3).add(predicted.subarray(from, to), truth.subarray(from, to), [255]);
    for (const [a, b] of [
      [part(0, 2), part(2, 5)],
      [part(2, 5), part(0, 2)],
    ]) {
      expect(a.merge(b).counts).toEqual(matrix.counts);
    }
    expect(new ConfusionMatrix(3, matrix.counts.slice()).iou()).toEqual(matrix.iou());
  });

  test("takes labels of 64 bits", () => {
    const counts = new ConfusionMatrix(3).add(
      predicted,
      BigInt64Array.from([0n, 0n, 1n, 0n, 255n]),
      [255],
    ).counts;
    expect(counts).toEqual(matrix.counts);
  });

  test("refuses labels that are no class, with their position", () => {
    const add = (p: number, t: number) => () =>
      new ConfusionMatrix(3).add(Int16Array.of(0, p), Int16Array.of(0, t));
    for (const [p, t] of [
      [3, 0],
      [-1, 0],
      [0, 3],
    ]) {
      expect(add(p, t)).toThrow(
        expect.objectContaining({
          code: "LABEL_OUT_OF_RANGE",
          context: { label: p === 0 ? t : p, classes: 3, position: [1] },
        }),
      );
    }
    expect(() => new ConfusionMatrix(3).add(Float32Array.of(0.5), Uint8Array.of(0))).toThrow(
      /Label 0.5 at pixel 0/,
    );
  });

  test("refuses labels of different lengths and matrices of other classes with SHAPE_MISMATCH", () => {
    const mismatch = expect.objectContaining({ code: "SHAPE_MISMATCH" });
    expect(() => new ConfusionMatrix(3).add(predicted, truth.subarray(1))).toThrow(mismatch);
    expect(() => new ConfusionMatrix(3).merge(new ConfusionMatrix(2))).toThrow(mismatch);
  });
});
