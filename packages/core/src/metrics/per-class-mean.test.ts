import { describe, expect, test } from "vitest";
import { ConfusionMatrix } from "./confusion-matrix.ts";
import { PerClassMean } from "./per-class-mean.ts";

describe("PerClassMean", () => {
  const inf = Number.POSITIVE_INFINITY;
  const images = [
    [1, null, 3, null],
    [2, null, inf, inf],
    [6, null, 5, null],
  ];
  const mean = images.reduce((m, scores) => m.add(scores), new PerClassMean(4));

  test("is the mean over images where a class has a finite score", () => {
    expect(mean.perClass()).toEqual([3, null, 4, null]);
    expect(mean.mean()).toBe(3.5);
  });

  test("counts the images that are in the mean, and those that are infinite", () => {
    expect(Array.from(mean.counts)).toEqual([3, 0, 2, 0]);
    expect(Array.from(mean.infinite)).toEqual([0, 0, 1, 1]);
  });

  test("has no mean without a score", () => {
    expect([new PerClassMean(2).perClass(), new PerClassMean(2).mean()]).toEqual([[null, null], null]);
  });

  test("of parts, merged in order, is the mean of the whole, also through JSON", () => {
    const merged = new PerClassMean(4);
    for (const scores of images) {
      const part = new PerClassMean(4).add(scores);
      merged.merge(PerClassMean.from(JSON.parse(JSON.stringify(part))));
    }
    expect(merged).toEqual(mean);
  });

  test("makes sample-wise Dice of one matrix per image", () => {
    const image = (predicted: number[], truth: number[]) =>
      new ConfusionMatrix(2).add(Uint8Array.from(predicted), Uint8Array.from(truth)).dice();
    // image 1: class 0 2/3, class 1 2/3 (1 of 1 + 2); image 2: class 0 1, class 1 is in neither
    const dice = new PerClassMean(2).add(image([0, 1, 1], [0, 0, 1])).add(image([0, 0, 0], [0, 0, 0]));
    expect(dice.perClass()).toEqual([(2 / 3 + 1) / 2, 2 / 3]);
  });

  test("refuses other numbers of classes with SHAPE_MISMATCH", () => {
    const mismatch = expect.objectContaining({ code: "SHAPE_MISMATCH" });
    expect(() => new PerClassMean(2).add([1])).toThrow(mismatch);
    expect(() => new PerClassMean(2).merge(new PerClassMean(3))).toThrow(mismatch);
    expect(() => PerClassMean.from({ sums: [1], counts: [1, 1], infinite: [0] })).toThrow(mismatch);
    expect(() => PerClassMean.from({ sums: [1], counts: [1], infinite: [] })).toThrow(mismatch);
  });
});
