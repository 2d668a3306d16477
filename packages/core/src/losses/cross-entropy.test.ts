import { describe, expect, test } from "vitest";
import { referenceValueAndGrad } from "../reference/evaluate.ts";
import { relativeError } from "../testing/relative-error.ts";
import { type CrossEntropyOptions, crossEntropy } from "./cross-entropy.ts";

const LN2 = Math.LN2;
const LN3 = Math.log(3);
const LN4 = Math.log(4);

/** Two classes: pixel 0 has p = 1/4, 3/4 and label 1; pixel 1 has p = 1/2, 1/2 and label 0. */
function run(options: CrossEntropyOptions, labels: readonly number[] = [1, 0]) {
  return referenceValueAndGrad(
    crossEntropy(options),
    { data: Float64Array.of(0, 7, LN3, 7), dims: [1, 2, 2] },
    { data: Uint8Array.from(labels), dims: [1, 2] },
  );
}

/** Gradient in the order class 0: pixel 0, pixel 1; class 1: pixel 0, pixel 1. */
function expectWorked(result: ReturnType<typeof run>, value: number, grad: readonly number[]): void {
  expect(relativeError([result.value], [value])).toBeLessThan(1e-14);
  expect(relativeError(result.grad, grad)).toBeLessThan(1e-14);
}

describe("cross-entropy", () => {
  test("equals the hand-worked value and gradient", () => {
    // (-log 3/4 - log 1/2) / 2 = (log 4 - log 3 + log 2) / 2; gradient (p - onehot) / 2
    expectWorked(run({}), (LN4 - LN3 + LN2) / 2, [1 / 8, -1 / 4, -1 / 8, 1 / 4]);
  });

  test("divides by the weights of the counted pixels", () => {
    // weights 1, 3: (3 (log 4 - log 3) + log 2) / (3 + 1)
    const value = (3 * (LN4 - LN3) + LN2) / 4;
    expectWorked(run({ classWeights: [1, 3] }), value, [3 / 16, -1 / 8, -3 / 16, 1 / 8]);
  });

  test("divides by the valid pixels, or by all, if asked", () => {
    // the same sum over 2 valid pixels; with pixel 1 ignored over 1 valid, or 2 in all
    expectWorked(run({ classWeights: [1, 3], divisor: "valid" }), (3 * (LN4 - LN3) + LN2) / 2, [
      3 / 8,
      -1 / 4,
      -3 / 8,
      1 / 4,
    ]);
    const ignoring = { ignoreIndex: 255, classWeights: [1, 3] };
    expectWorked(run({ ...ignoring, divisor: "valid" }, [1, 255]), 3 * (LN4 - LN3), [3 / 4, 0, -3 / 4, 0]);
    expectWorked(run({ ...ignoring, divisor: "all" }, [1, 255]), 1.5 * (LN4 - LN3), [3 / 8, 0, -3 / 8, 0]);
    expectWorked(run({ ...ignoring, divisor: "weights" }, [1, 255]), LN4 - LN3, [1 / 4, 0, -1 / 4, 0]);
  });

  test("spreads labelSmoothing over all classes", () => {
    // s = 1/2, pixel 0: target 1/4, 3/4 = p: entropy log 4 - 3/4 log 3, gradient 0; pixel 1: log 2, p - (3/4, 1/4)
    const value = (LN4 - 0.75 * LN3 + LN2) / 2;
    expectWorked(run({ labelSmoothing: 0.5 }), value, [0, -1 / 8, 0, 1 / 8]);
  });

  test("sums, or divides the elements by all", () => {
    expectWorked(run({ reduction: "sum" }), LN4 - LN3 + LN2, [1 / 4, -1 / 2, -1 / 4, 1 / 2]);
    expectWorked(run({ reduction: "none", ignoreIndex: 0 }), (LN4 - LN3) / 2, [1 / 8, 0, -1 / 8, 0]);
  });

  test("of equal logits is log C", () => {
    const logits = { data: new Float64Array(150), dims: [1, 150] };
    const labels = { data: Uint8Array.of(77), dims: [1] };
    const { value } = referenceValueAndGrad(crossEntropy(), logits, labels);
    expect(relativeError([value], [Math.log(150)])).toBeLessThan(1e-14);
  });
});
