import { describe, expect, test } from "vitest";
import { oneHot } from "../activations.ts";
import { referenceValueAndGrad } from "../reference-value.ts";
import { signedDistanceMaps } from "../surface/signed-distance-map.ts";
import { centralDifferences } from "../testing/central-differences.ts";
import { relativeError } from "../testing/relative-error.ts";
import { shapesProblem } from "../testing/shapes-problem.ts";
import { expectWorked, ofChannel } from "../testing/worked-example.ts";
import { type BoundaryOptions, boundary } from "./boundary.ts";

const LN3 = Math.log(3);

const run = (options: BoundaryOptions, x: readonly number[], t: readonly number[]) =>
  ofChannel(boundary(options), x, t);

describe("boundary loss of one channel", () => {
  test("equals the hand-worked value and gradient", () => {
    // p = 3/4, 1/2, 1/2; phi = 1, 0, -1: (3/4 - 1/2) / 3; slopes phi / 3 p (1 - p)
    expectWorked(run({}, [LN3, 0, 0], [0, 1, 1]), 1 / 12, [1 / 16, 0, -1 / 12]);
  });

  test("measures in the units of spacing, less 1 inside", () => {
    // phi = 2, 1 - 2, 1 - 4
    expectWorked(run({ spacing: [2] }, [LN3, 0, 0], [0, 1, 1]), (1.5 - 0.5 - 1.5) / 3, [
      (2 / 3) * (3 / 16),
      -1 / 3 / 4,
      -1 / 4,
    ]);
  });

  test("measures past an ignored pixel, which adds nothing, and is divided by the others", () => {
    // phi = 2, -, 1 - 2, 1 - 3
    expectWorked(run({ ignoreIndex: 9 }, [LN3, 50, 0, -LN3], [0, 9, 1, 1]), (1.5 - 0.5 - 0.5) / 3, [
      1 / 8,
      0,
      -1 / 12,
      -1 / 8,
    ]);
  });

  test("is 0 where the region is empty or fills the image, and of an image in which nothing counts", () => {
    for (const t of [0, 1, 9]) {
      const { value, grad } = run({ ignoreIndex: 9 }, [1, 2, 3], [t, t, t]);
      expect([value, ...grad]).toEqual([0, 0, 0, 0]);
    }
    expect(run({ ignoreIndex: 9, allIgnored: "nan" }, [1], [9]).value).toBeNaN();
  });
});

describe("boundary loss of several channels", () => {
  const { logits, target } = shapesProblem(1, [2, 3, 4, 5], { ignored: 0.1 });
  const options = { ignoreIndex: 255 };

  test.each<[string, BoundaryOptions]>([
    ["of the foreground", options],
    ["of all classes", { ...options, classes: "all" }],
    ["of a list of classes, with spacing", { ...options, classes: [2, 0], spacing: [0.5, 3] }],
    ["of a sigmoid", { ...options, activation: "sigmoid", oneVsRest: true, reduction: "sum" }],
  ])("%s: the gradient is within 1e-8 of central differences", (_, options) => {
    const loss = boundary(options);
    const { grad } = referenceValueAndGrad(loss, logits, target);
    expect(relativeError(grad, centralDifferences(loss, { logits, target }).grad)).toBeLessThan(1e-8);
  });

  test("takes maps made beforehand: the same to 1e-6", () => {
    const maps = signedDistanceMaps(target, 3, { ignore: [255], spacing: [1, 1.7] });
    const made = boundary({ ...options, spacing: [1, 1.7] }).valueAndGrad(logits, target);
    const given = boundary(options).valueAndGrad(logits, target, { distanceMaps: maps });
    expect(relativeError([given.value], [made.value])).toBeLessThan(1e-6);
    expect(relativeError(given.grad.data, made.grad.data)).toBeLessThan(1e-6);
  });

  test("takes dense targets: one-hot is the label", () => {
    const whole = shapesProblem(2, [2, 3, 7, 5]);
    const dense = oneHot(whole.target, 3);
    const expected = boundary().valueAndGrad(whole.logits, whole.target);
    expect(boundary().valueAndGrad(whole.logits, dense)).toEqual(expected);
  });

  test("is the mean over what classMask leaves, and gives the rest no gradient", () => {
    const dropped = shapesProblem(3, [1, 3, 6, 4]);
    const data = dropped.target.data.map((y) => (y === 2 ? 0 : y));
    const labels = { data, dims: dropped.target.dims };
    const mask = { data: Uint8Array.of(1, 1, 0), dims: [3] };
    const masked = boundary().valueAndGrad(dropped.logits, labels, { classMask: mask });
    const two = boundary().valueAndGrad(
      { data: dropped.logits.data.slice(0, 48), dims: [1, 2, 6, 4] },
      labels,
    );
    expect(relativeError([masked.value], [two.value])).toBeLessThan(1e-12);
    expect(masked.grad.data.slice(48).every((g) => g === 0)).toBe(true);
  });

  test("refuses classes the logits do not have, and a spacing of another rank", () => {
    expect(() => boundary({ classes: [3] }).value(logits, target)).toThrow(
      expect.objectContaining({ code: "OPTION_INVALID" }),
    );
    expect(() => boundary({ ...options, spacing: [1] }).value(logits, target)).toThrow(
      expect.objectContaining({ code: "OPTION_INVALID" }),
    );
  });
});
