import { describe, expect, test } from "vitest";
import { logSoftmax } from "../activations.ts";
import { referenceValueAndGrad } from "../reference-value.ts";
import { relativeError } from "../testing/relative-error.ts";
import { expectWorked } from "../testing/worked-example.ts";
import { crossEntropy } from "./cross-entropy.ts";
import { type NllOptions, nll } from "./nll.ts";

/** Two classes; pixel 0 has x = -1, 5 and label 1; pixel 1 has x = 2, -3 and label 0. */
function run(options: NllOptions, labels: readonly number[] = [1, 0]) {
  return referenceValueAndGrad(
    nll(options),
    { data: Float64Array.of(-1, 2, 5, -3), dims: [1, 2, 2] },
    { data: Int32Array.from(labels), dims: [1, 2] },
  );
}

describe("negative log-likelihood", () => {
  test("equals the hand-worked value and gradient, of any numbers", () => {
    // (-5 - 2) / 2; gradient -[k = y] / 2
    expectWorked(run({}), -3.5, [0, -1 / 2, -1 / 2, 0]);
  });

  test("divides by the weights of the counted pixels", () => {
    // weights 1, 3: (3 * -5 - 2) / 4
    expectWorked(run({ classWeights: [1, 3] }), -17 / 4, [0, -1 / 4, -3 / 4, 0]);
    expectWorked(run({ classWeights: [1, 3], ignoreIndex: 7 }, [1, 7]), -5, [0, 0, -1, 0]);
  });

  test("sums, or divides the elements by all", () => {
    expectWorked(run({ reduction: "sum" }), -7, [0, -1, -1, 0]);
    expectWorked(run({ reduction: "none", ignoreIndex: 7 }, [1, 7]), -2.5, [0, 0, -1 / 2, 0]);
  });

  test("of the log-softmax of logits is cross-entropy, within 1e-6", () => {
    const logits = { data: Float32Array.of(0.3, -1.2, 2.5, 0.7, 1.1, -0.4), dims: [2, 3] };
    const target = { data: Uint8Array.of(2, 0), dims: [2] };
    const log = logSoftmax(logits);
    const expected = crossEntropy().value(logits, target);
    expect(relativeError([nll().value(log, target)], [expected])).toBeLessThan(1e-6);
  });

  test("under the torch preset ignores -100, and is NaN where nothing counts", () => {
    expectWorked(run({ preset: "torch" }, [1, -100]), -5, [0, 0, -1, 0]);
    expect(run({ preset: "torch" }, [-100, -100]).value).toBeNaN();
  });

  test("takes labels alone", () => {
    const dense = { data: Float32Array.of(1, 0), dims: [1, 2] };
    expect(() => nll().value({ data: Float32Array.of(-1, -2), dims: [1, 2] }, dense)).toThrow(
      expect.objectContaining({ code: "SHAPE_MISMATCH" }),
    );
  });

  test("of a log-probability of 0 is 0, and of -Infinity on another class exact", () => {
    const loss = nll({ nonFinite: "propagate" });
    const logits = { data: Float64Array.of(0, Number.NEGATIVE_INFINITY), dims: [1, 2] };
    expect(referenceValueAndGrad(loss, logits, { data: Uint8Array.of(0), dims: [1] }).value).toBe(0);
  });
});
