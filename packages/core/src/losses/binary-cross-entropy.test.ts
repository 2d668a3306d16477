import { describe, expect, test } from "vitest";
import { referenceValueAndGrad } from "../reference/evaluate.ts";
import { relativeError } from "../testing/relative-error.ts";
import { type BinaryCrossEntropyOptions, binaryCrossEntropy } from "./binary-cross-entropy.ts";

const LN2 = Math.LN2;
const LN3 = Math.log(3);
const LN4 = Math.log(4);

/** One channel of float64 logits against targets. */
function run(options: BinaryCrossEntropyOptions, x: readonly number[], t: readonly number[]) {
  const dims = [1, 1, x.length];
  return referenceValueAndGrad(
    binaryCrossEntropy(options),
    { data: Float64Array.from(x), dims },
    { data: Float32Array.from(t), dims },
  );
}

function expectWorked(result: ReturnType<typeof run>, value: number, grad: readonly number[]): void {
  expect(relativeError([result.value], [value])).toBeLessThan(1e-14);
  expect(relativeError(result.grad, grad)).toBeLessThan(1e-14);
}

describe("binary cross-entropy", () => {
  test("equals the hand-worked value and gradient", () => {
    // p = 1/2, 3/4; t = 1, 0: (-log 1/2 - log 1/4) / 2 = 3/2 log 2; gradient (p - t) / 2
    expectWorked(run({}, [0, LN3], [1, 0]), 1.5 * LN2, [-1 / 4, 3 / 8]);
  });

  test("of a soft target is the mixture of both", () => {
    // p = 3/4, t = 1/4: -(1/4) log 3/4 - (3/4) log 1/4 = log 4 - (1/4) log 3; gradient p - t
    expectWorked(run({}, [LN3], [0.25]), LN4 - LN3 / 4, [1 / 2]);
  });

  test("weights the positive part with posWeight", () => {
    // w = 3: (3 log 2 + log 4) / 2 = 5/2 log 2; gradient (-w (1 - p), p) / 2
    expectWorked(run({ posWeight: 3 }, [0, LN3], [1, 0]), 2.5 * LN2, [-3 / 4, 3 / 8]);
  });

  test("of probabilities is the same value, with the gradient by p", () => {
    // d/dp: -1 / p = -2, 1 / (1 - p) = 4; over 2
    expectWorked(run({ input: "probabilities" }, [0.5, 0.75], [1, 0]), 1.5 * LN2, [-1, 2]);
  });

  test("leaves ignored targets out of sum and divisor", () => {
    expectWorked(run({ ignoreIndex: 255 }, [0, 9, LN3], [1, 255, 0]), 1.5 * LN2, [-1 / 4, 0, 3 / 8]);
  });

  test("sums, or divides the elements by all", () => {
    expectWorked(run({ reduction: "sum" }, [0, LN3], [1, 0]), 3 * LN2, [-1 / 2, 3 / 4]);
    expectWorked(run({ reduction: "none", ignoreIndex: 9 }, [0, LN3, 0], [1, 0, 9]), LN2, [-1 / 6, 1 / 4, 0]);
  });

  test("keeps the small loss of a pixel that is confidently right, within 1e-14", () => {
    // log(1 + e^-28) = e^-28 - e^-56 / 2 ...; a difference of 28 and 28 + 7e-13 would keep two digits
    expectWorked(run({}, [-28], [0]), Math.log1p(Math.exp(-28)), [1 / (1 + Math.exp(28))]);
    expectWorked(run({}, [28], [1]), Math.log1p(Math.exp(-28)), [-1 / (1 + Math.exp(28))]);
  });
});
