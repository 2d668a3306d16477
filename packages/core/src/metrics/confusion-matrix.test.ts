import { describe, expect, test } from "vitest";
import { relativeError, seededRandom } from "../testing/index.ts";
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

  test("has the hand-worked Dice, precision and recall, null where their divisor is 0", () => {
    // T = 3 1 0, P = 2 2 0, I = 2 1 0
    expect(matrix.dice()).toEqual([4 / 5, 2 / 3, null]);
    expect(matrix.precision()).toEqual([1, 1 / 2, null]);
    expect(matrix.recall()).toEqual([2 / 3, 1, null]);
    expect(matrix.meanDice()).toBeCloseTo(11 / 15, 15);
    expect(matrix.meanAccuracy()).toBeCloseTo(5 / 6, 15);
    // (3 * 2/3 + 1 * 1/2) / 4
    expect(matrix.frequencyWeightedIou()).toBe(5 / 8);
  });

  test("tells a class that is missed from one that is made up", () => {
    const missed = new ConfusionMatrix(2).add(Uint8Array.of(0, 0), Uint8Array.of(0, 1));
    expect([missed.precision(), missed.recall(), missed.dice()]).toEqual([
      [1 / 2, null],
      [1, 0],
      [2 / 3, 0],
    ]);
    const madeUp = new ConfusionMatrix(2).add(Uint8Array.of(0, 1), Uint8Array.of(0, 0));
    expect([madeUp.precision(), madeUp.recall(), madeUp.frequencyWeightedIou()]).toEqual([
      [1, 0],
      [1 / 2, null],
      1 / 2,
    ]);
  });

  test("keeps the identities of the scores on random labels within 1e-14", () => {
    const random = seededRandom(4);
    const labels = () => Uint8Array.from({ length: 500 }, () => Math.floor(5 * random()));
    const m = new ConfusionMatrix(5).add(labels(), labels());
    const [iou, dice, precision, recall] = [m.iou(), m.dice(), m.precision(), m.recall()].map((s) =>
      s.map(Number),
    );
    expect(
      relativeError(
        dice,
        iou.map((j) => (2 * j) / (1 + j)),
      ),
    ).toBeLessThan(1e-14);
    const harmonic = precision.map((p, c) => (2 * p * recall[c]) / (p + recall[c]));
    expect(relativeError(dice, harmonic)).toBeLessThan(1e-14);
    const swapped = new ConfusionMatrix(
      5,
      Float64Array.from(m.counts, (_, i) => m.counts[(i % 5) * 5 + Math.floor(i / 5)]),
    );
    expect(swapped.precision()).toEqual(m.recall());
  });

  test("has no numbers without pixels", () => {
    const empty = new ConfusionMatrix(2);
    expect([empty.iou(), empty.dice(), empty.precision(), empty.recall()]).toEqual(
      new Array(4).fill([null, null]),
    );
    const means = [
      empty.meanIou(),
      empty.meanDice(),
      empty.meanAccuracy(),
      empty.pixelAccuracy(),
      empty.frequencyWeightedIou(),
    ];
    expect(means).toEqual(new Array(5).fill(null));
  });

  test("survives JSON", () => {
    const copy = ConfusionMatrix.from(JSON.parse(JSON.stringify(matrix)));
    expect(copy).toBeInstanceOf(ConfusionMatrix);
    expect(copy).toEqual(matrix);
    expect(() => ConfusionMatrix.from({ classes: 3, counts: [1] })).toThrow(
      expect.objectContaining({ code: "SHAPE_MISMATCH", context: { expected: [3, 3], got: [1] } }),
    );
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
