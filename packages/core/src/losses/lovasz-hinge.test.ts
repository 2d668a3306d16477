import { describe, expect, test } from "vitest";
import { referenceValueAndGrad } from "../reference-value.ts";
import { relativeError } from "../testing/relative-error.ts";
import { expectWorked } from "../testing/worked-example.ts";
import { type LovaszHingeOptions, lovaszHinge } from "./lovasz-hinge.ts";

function run(
  options: LovaszHingeOptions,
  dims: readonly number[],
  x: readonly number[],
  t: readonly number[],
) {
  return referenceValueAndGrad(
    lovaszHinge(options),
    { data: Float64Array.from(x), dims },
    { data: Uint8Array.from(t), dims },
  );
}

describe("Lovász hinge", () => {
  test("equals the hand-worked value and gradient", () => {
    // x = -1, 2, 0.5, 3, t = 1, 0, 1, 1: errors 2, 3, 0.5, -2; ranked 3 (t 0), 2 (t 1), 0.5 (t 1), -2 (t 1), G = 3
    // I = 3, 2, 1, 0 and U = 4 behind each: J = 1/4, 1/2, 3/4, 1; steps 1/4 each; L = (3 + 2 + 0.5) / 4
    // the gradient is -(2 t - 1) / 4 where the error is above 0
    expectWorked(run({}, [1, 1, 4], [-1, 2, 0.5, 3], [1, 0, 1, 1]), 5.5 / 4, [-1 / 4, 1 / 4, -1 / 4, 0]);
  });

  test("is 0 with gradient 0 where every margin is kept", () => {
    expectWorked(run({}, [1, 1, 3], [1, -2, 7], [1, 0, 1]), 0, [0, 0, 0]);
  });

  test("leaves ignored pixels out", () => {
    const dropped = run({}, [1, 1, 3], [-1, 2, 0.5], [1, 0, 1]);
    const ignored = run({ ignoreIndex: 255 }, [1, 1, 5], [-1, 9, 2, -9, 0.5], [1, 255, 0, 255, 1]);
    const [a, b, c] = dropped.grad;
    expectWorked(ignored, dropped.value, [a, 0, b, 0, c]);
  });

  test("accumulate image is the mean over images, those without a counted pixel left out", () => {
    const one = run({}, [1, 1, 2], [-1, 2], [1, 0]);
    const two = run({}, [1, 1, 2], [0.5, 0.25], [1, 0]);
    const all = run(
      { accumulate: "image", ignoreIndex: 255 },
      [3, 1, 2],
      [-1, 2, 0.5, 0.25, 1, 1],
      [1, 0, 1, 0, 255, 255],
    );
    const grad = [...one.grad, ...two.grad, 0, 0].map((g) => g / 2);
    expectWorked(all, (one.value + two.value) / 2, grad);
  });

  test("of several channels is their mean, weighed and divided as asked", () => {
    const x = [-1, 2, 0.5, 0.25];
    const t = [1, 0, 0, 1];
    const one = run({}, [1, 1, 2], x.slice(0, 2), t.slice(0, 2)).value;
    const two = run({}, [1, 1, 2], x.slice(2), t.slice(2)).value;
    const value = (options: LovaszHingeOptions) => run(options, [1, 2, 2], x, t).value;
    expect(value({})).toBeCloseTo((one + two) / 2, 14);
    expect(value({ classWeights: [3, 1] })).toBeCloseTo((3 * one + two) / 2, 14);
    expect(value({ classWeights: [3, 1], weighting: "normalized" })).toBeCloseTo((3 * one + two) / 4, 14);
  });

  test("oneVsRest takes labels as their one-hot", () => {
    const x = Float64Array.of(0.3, -1, 2, 0.7, -0.2, 1.5);
    const dims = [1, 3, 2];
    const labels = referenceValueAndGrad(
      lovaszHinge({ oneVsRest: true }),
      { data: x, dims },
      { data: Uint8Array.of(2, 0), dims: [1, 2] },
    );
    const oneHot = run({}, dims, [...x], [0, 1, 0, 0, 1, 0]);
    expectWorked(labels, oneHot.value, [...oneHot.grad]);
  });

  test("kornia's preset ranks image by image, and smp's the batch", () => {
    const x = [-1, 2, 0.5, 0.25];
    const t = [1, 0, 1, 0];
    expect(run({ preset: "kornia" }, [2, 1, 2], x, t).value).toBe(
      run({ accumulate: "image" }, [2, 1, 2], x, t).value,
    );
    expect(run({ preset: "smp" }, [2, 1, 2], x, t).value).toBe(run({}, [1, 1, 4], x, t).value);
  });

  test("follows allIgnored, and is finite on logits of 1e9", () => {
    expect(run({ ignoreIndex: 255 }, [1, 1, 2], [1, 2], [255, 255]).value).toBe(0);
    expect(run({ ignoreIndex: 255, allIgnored: "nan" }, [1, 1, 2], [1, 2], [255, 255]).value).toBeNaN();
    expect(() => run({ ignoreIndex: 255, allIgnored: "throw" }, [1, 1, 1], [1], [255])).toThrow(
      expect.objectContaining({ code: "ALL_IGNORED" }),
    );
    const { value, grad } = run({}, [1, 1, 2], [-1e9, 1e9], [1, 0]);
    expect(relativeError([value], [1e9 + 1])).toBeLessThan(1e-14);
    expect(grad.every(Number.isFinite)).toBe(true);
  });
});
