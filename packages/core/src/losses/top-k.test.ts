import { describe, expect, test } from "vitest";
import type { LossExtra } from "../loss.ts";
import { referenceValueAndGrad } from "../reference-value.ts";
import { seededRandom, uniformArray } from "../testing/random.ts";
import { relativeError } from "../testing/relative-error.ts";
import { binaryCrossEntropy } from "./binary-cross-entropy.ts";
import { crossEntropy } from "./cross-entropy.ts";
import { type TopKOptions, topK } from "./top-k.ts";

const LN2 = Math.LN2;
const LN3 = Math.log(3);
const LN4 = Math.log(4);

/** Two channels, the first of them 0, `[1, 2, P]`: the second holds x. */
function run(options: TopKOptions, x: readonly number[], labels: readonly number[], extra: LossExtra = {}) {
  const data = Float64Array.from([...x.map(() => 0), ...x]);
  return referenceValueAndGrad(
    topK(options),
    { data, dims: [1, 2, x.length] },
    { data: Uint8Array.from(labels), dims: [1, x.length] },
    extra,
  );
}

/** d value / d x of the second channel; the first has its negative. */
function expectWorked(result: ReturnType<typeof run>, value: number, grad: readonly number[]): void {
  expect(relativeError([result.value], [value])).toBeLessThan(1e-14);
  expect(relativeError(result.grad, [...grad.map((g) => -g), ...grad])).toBeLessThan(1e-14);
}

// p_1 = 3/4, 3/4, 1/2, 1/4: of labels 0, 1, 1, 0 the losses are log 4, log 4/3, log 2, log 4/3
const X = [LN3, LN3, 0, -LN3];
const Y = [0, 1, 1, 0];

describe("top-k cross-entropy", () => {
  test("equals the hand-worked value and gradient", () => {
    expectWorked(run({ percent: 50 }, X, Y), (LN4 + LN2) / 2, [3 / 8, 0, -1 / 4, 0]);
  });

  test("rounds k down, and keeps one pixel at least", () => {
    for (const percent of [49, 25, 3, 0]) expectWorked(run({ percent }, X, Y), LN4, [3 / 4, 0, 0, 0]);
  });

  test("of equal losses keeps those that come first", () => {
    expectWorked(run({ percent: 50 }, [0, 0, 0, 0], Y), LN2, [1 / 4, -1 / 4, 0, 0]);
  });

  test("of 100% is cross-entropy, and of one channel binary cross-entropy", () => {
    const random = seededRandom(1);
    const problem = (dims: readonly number[], classes: number, labelDims: readonly number[]) => {
      const length = dims.reduce((a, b) => a * b, 1);
      const count = labelDims.reduce((a, b) => a * b, 1);
      return [
        { data: Float64Array.from(uniformArray(random, length, 4)), dims },
        { data: Uint8Array.from({ length: count }, () => Math.floor(classes * random())), dims: labelDims },
      ] as const;
    };
    const cases = [
      [topK({ percent: 100 }), crossEntropy(), problem([2, 3, 5], 3, [2, 5])],
      [topK({ percent: 100 }), binaryCrossEntropy(), problem([2, 1, 5], 2, [2, 1, 5])],
      [
        topK({ percent: 100, base: "binary-cross-entropy" }),
        binaryCrossEntropy(),
        problem([2, 3, 5], 2, [2, 3, 5]),
      ],
    ] as const;
    for (const [loss, plain, [logits, target]] of cases) {
      const got = referenceValueAndGrad(loss, logits, target);
      const expected = referenceValueAndGrad(plain, logits, target);
      expect(relativeError([got.value], [expected.value])).toBeLessThan(1e-14);
      expect(relativeError(got.grad, expected.grad)).toBeLessThan(1e-14);
    }
  });

  test("ignored pixels are as if dropped; counts all, and nnunet, count them in N with loss 0", () => {
    const x = [...X, 5, 5, 5, 5];
    const y = [...Y, 9, 9, 9, 9];
    const ignoreIndex = 9;
    const zeros = [0, 0, 0, 0];
    expectWorked(run({ percent: 25, ignoreIndex }, x, y), LN4, [3 / 4, 0, 0, 0, ...zeros]);
    const half = [3 / 8, 0, -1 / 4, 0, ...zeros];
    expectWorked(run({ percent: 25, ignoreIndex, counts: "all" }, x, y), (LN4 + LN2) / 2, half);
    expectWorked(run({ percent: 25, ignoreIndex, preset: "nnunet" }, x, y), (LN4 + LN2) / 2, half);
    // all 8, of which 4 have loss 0
    const sum = LN4 + LN2 + 2 * Math.log(4 / 3);
    expect(run({ percent: 100, ignoreIndex, counts: "all" }, x, y).value).toBeCloseTo(sum / 8, 14);
  });

  test("class and pixel weights decide what is kept, and do not enter the divisor", () => {
    // weighted 1, 1, 4: log 4, log 4/3, 4 log 2, log 4/3
    const pixelWeights = { data: Float32Array.of(1, 1, 4, 1), dims: [1, 4] };
    expectWorked(run({ percent: 25 }, X, Y, { pixelWeights }), 4 * LN2, [0, 0, -2, 0]);
    expectWorked(run({ percent: 25, classWeights: [1, 4] }, X, Y), 4 * LN2, [0, 0, -2, 0]);
  });

  test("scope image is the mean over images, those without a counted pixel left out", () => {
    const logits = {
      data: Float64Array.from([0, 0, ...X.slice(0, 2), 0, 0, ...X.slice(2), 0, 0, 7, 7]),
      dims: [3, 2, 2],
    };
    const target = { data: Uint8Array.of(...Y, 9, 9), dims: [3, 2] };
    const result = referenceValueAndGrad(
      topK({ percent: 50, accumulate: "image", ignoreIndex: 9 }),
      logits,
      target,
    );
    expect(relativeError([result.value], [(LN4 + LN2) / 2])).toBeLessThan(1e-14);
    const grad = [-3 / 8, 0, 3 / 8, 0, 1 / 4, 0, -1 / 4, 0, 0, 0, 0, 0];
    expect(relativeError(result.grad, grad)).toBeLessThan(1e-14);
  });

  test("of probabilities is the same value, and finite at 0", () => {
    const probabilities = { data: Float64Array.of(1 / 4, 0, 3 / 4, 1), dims: [1, 2, 2] };
    const target = { data: Uint8Array.of(0, 0), dims: [1, 2] };
    const loss = topK({ percent: 100, input: "probabilities" });
    const { value, grad } = referenceValueAndGrad(loss, probabilities, target);
    expect(relativeError([value], [(LN4 + 100) / 2])).toBeLessThan(1e-14);
    expect(relativeError(grad, [-2, -0.5e12, 0, 0])).toBeLessThan(1e-14);
  });

  test("binary base: oneVsRest takes labels, each channel has its hardest", () => {
    const logits = { data: Float64Array.of(LN3, 0, 0, -LN3), dims: [1, 2, 2] };
    const target = { data: Uint8Array.of(1, 0), dims: [1, 2] };
    const loss = topK({ percent: 50, base: "binary-cross-entropy", oneVsRest: true });
    // channel 0, t = 0, 1: log 4, log 2; channel 1, t = 1, 0: log 2, log 4/3
    const { value, grad } = referenceValueAndGrad(loss, logits, target);
    expect(relativeError([value], [(LN4 + LN2) / 2])).toBeLessThan(1e-14);
    expect(relativeError(grad, [3 / 8, 0, -1 / 4, 0])).toBeLessThan(1e-14);
    expect(() => run({ oneVsRest: true }, X, Y)).toThrow(
      expect.objectContaining({ code: "OPTION_CONFLICT" }),
    );
  });

  test("follows allIgnored, and NaN that may propagate is the hardest", () => {
    expect(run({ ignoreIndex: 9 }, [1], [9]).value).toBe(0);
    expect(run({ ignoreIndex: 9, allIgnored: "nan", counts: "all" }, [1], [9]).value).toBeNaN();
    expect(run({ percent: 25, nonFinite: "propagate" }, [Number.NaN, 0, 0, 0], Y).value).toBeNaN();
  });
});
