import { describe, expect, test } from "vitest";
import { referenceValueAndGrad } from "../reference-value.ts";
import { centralDifferences } from "../testing/central-differences.ts";
import { relativeError } from "../testing/relative-error.ts";
import { shapesProblem } from "../testing/shapes-problem.ts";
import { type HausdorffDtOptions, hausdorffDt } from "./hausdorff-dt.ts";

const LN3 = Math.log(3);

describe("Hausdorff loss by distances, of one channel", () => {
  // p = 3/4, 1/4, 1/4: d_p = 1, 1, 2; g = 0, 0, 1: d_g = 2, 1, 1; d = 5, 2, 5
  // (p - g)^2 = 9/16, 1/16, 9/16: (45 + 2 + 45) / 16 / 3 = 23/12
  // slopes 2 (p - g) d / 3 p (1 - p) = 2/3 3/16 (15/4, 1/2, -15/4) = 15/32, 1/16, -15/32
  const value = 23 / 12;
  const grad = [15 / 32, 1 / 16, -15 / 32];
  const logits = { data: Float64Array.of(LN3, -LN3, -LN3), dims: [1, 1, 3] };
  const target = { data: Uint8Array.of(0, 0, 1), dims: [1, 1, 3] };

  test("equals the hand-worked value and gradient", () => {
    const result = referenceValueAndGrad(hausdorffDt(), logits, target);
    expect(relativeError([result.value], [value])).toBeLessThan(1e-14);
    expect(relativeError(result.grad, grad)).toBeLessThan(1e-14);
  });

  test("has the form log(1 + L), whose gradient is divided by 1 + L", () => {
    const result = referenceValueAndGrad(hausdorffDt({ transform: "log" }), logits, target);
    expect(relativeError([result.value], [Math.log(1 + value)])).toBeLessThan(1e-14);
    expect(
      relativeError(
        result.grad,
        grad.map((g) => g / (1 + value)),
      ),
    ).toBeLessThan(1e-14);
  });

  test("has no distances where prediction and target have no border", () => {
    const flat = { data: Float64Array.of(1, 2, 3), dims: [1, 1, 3] };
    const { value, grad } = referenceValueAndGrad(hausdorffDt(), flat, {
      data: new Uint8Array(3),
      dims: [1, 1, 3],
    });
    expect([value, ...grad]).toEqual([0, 0, 0, 0]);
  });

  test("a pixel that is ignored, and one of weight 0, is in no set", () => {
    const wider = { data: Float64Array.of(LN3, 30, -LN3, -LN3), dims: [1, 1, 4] };
    const dense = { data: Uint8Array.of(0, 9, 0, 1), dims: [1, 1, 4] };
    // d_p = 2, -, 2, 3; d_g = 3, -, 1, 1: (9 * 13 + 1 * 5 + 9 * 10) / 16 / 3
    const ignoring = referenceValueAndGrad(hausdorffDt({ ignoreIndex: 9 }), wider, dense);
    expect(relativeError([ignoring.value], [212 / 48])).toBeLessThan(1e-14);
    expect(ignoring.grad[1]).toBe(0);
    const weighted = referenceValueAndGrad(
      hausdorffDt(),
      wider,
      { data: Uint8Array.of(0, 1, 0, 1), dims: [1, 1, 4] },
      { pixelWeights: { data: Float32Array.of(1, 0, 1, 1), dims: [1, 4] } },
    );
    expect(weighted.value).toBe(ignoring.value);
    expect(weighted.grad).toEqual(ignoring.grad);
  });

  test("weighs pixels: doubling one counts it twice", () => {
    const pixelWeights = { data: Float32Array.of(2, 1, 1), dims: [1, 3] };
    const result = referenceValueAndGrad(hausdorffDt(), logits, target, { pixelWeights });
    expect(relativeError([result.value], [(90 + 2 + 45) / 16 / 4])).toBeLessThan(1e-14);
  });
});

describe("Hausdorff loss by distances: the gradient is within 1e-7 of central differences", () => {
  test.each<[string, HausdorffDtOptions]>([
    ["of the foreground", {}],
    ["of all classes, alpha 1.3", { classes: "all", alpha: 1.3 }],
    ["with spacing, log", { spacing: [0.5, 1.25], transform: "log" }],
    ["a sum", { reduction: "sum", transform: "log" }],
    ["none", { reduction: "none", transform: "log" }],
    ["of a sigmoid", { activation: "sigmoid", oneVsRest: true }],
  ])("%s", (_, options) => {
    const { logits, target } = shapesProblem(5, [2, 3, 4, 5], { margin: 1.5, ignored: 0.1 });
    const loss = hausdorffDt({ ...options, ignoreIndex: 255 });
    const { grad, value } = referenceValueAndGrad(loss, logits, target);
    expect(value).toBeGreaterThan(0);
    expect(relativeError(grad, centralDifferences(loss, { logits, target }).grad)).toBeLessThan(1e-7);
  });

  test("in 3-D, spacing on each axis", () => {
    const { logits, target } = shapesProblem(6, [1, 2, 4, 3, 5], { margin: 1.5 });
    const loss = hausdorffDt({ spacing: [2, 1, 0.5] });
    const { grad } = referenceValueAndGrad(loss, logits, target);
    expect(relativeError(grad, centralDifferences(loss, { logits, target }).grad)).toBeLessThan(1e-7);
  });
});

describe("the elements of Hausdorff losses", () => {
  const { logits, target } = shapesProblem(7, [2, 3, 6, 7]);
  const loss = hausdorffDt({ reduction: "none" });

  test("are one per image and class, 0 for the background; their mean over the others is the value", () => {
    const { value, elements } = loss.evaluate(logits, target);
    expect(elements?.dims).toEqual([2, 3]);
    const data = Array.from(elements?.data ?? []);
    expect([data[0], data[3]]).toEqual([0, 0]);
    expect(relativeError([value], [data.reduce((a, b) => a + b, 0) / 4])).toBeLessThan(1e-7);
    expect(relativeError([value], [hausdorffDt().value(logits, target)])).toBeLessThan(1e-15);
  });

  test("take upstream: one element's gradient is that of its class in its image alone", () => {
    const upstream = { data: Float32Array.of(0, 0, 0, 0, 0, 1), dims: [2, 3] };
    const { grad } = loss.valueAndGrad(logits, target, { upstream });
    const alone = hausdorffDt({ classes: [2] }).valueAndGrad(
      { data: logits.data.slice(126), dims: [1, 3, 6, 7] },
      { data: target.data.slice(42), dims: [1, 6, 7] },
    );
    expect(grad.data.slice(0, 126).every((g) => g === 0)).toBe(true);
    expect(relativeError(grad.data.slice(126), alone.grad.data)).toBeLessThan(1e-6);
  });
});

test("a Hausdorff loss of classes and images in which nothing counts is 0", () => {
  const { logits, target } = shapesProblem(8, [1, 3, 4, 4]);
  const none = { data: target.data.map(() => 255), dims: target.dims };
  const { value, grad, counted } = hausdorffDt({ ignoreIndex: 255 }).valueAndGrad(logits, none);
  expect([value, counted]).toEqual([0, 0]);
  expect(grad.data.every((g) => g === 0)).toBe(true);
});
