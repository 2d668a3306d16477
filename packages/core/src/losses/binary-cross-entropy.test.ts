import { describe, expect, test } from "vitest";
import type { LossExtra } from "../loss.ts";
import { referenceValueAndGrad } from "../reference-value.ts";
import { relativeError } from "../testing/relative-error.ts";
import { expectWorked, ofChannel } from "../testing/worked-example.ts";
import { type BinaryCrossEntropyOptions, binaryCrossEntropy } from "./binary-cross-entropy.ts";

const LN2 = Math.LN2;
const LN3 = Math.log(3);
const LN4 = Math.log(4);

/** One channel of float64 logits against targets. */
const run = (
  options: BinaryCrossEntropyOptions,
  x: readonly number[],
  t: readonly number[],
  extra?: LossExtra,
) => ofChannel(binaryCrossEntropy(options), x, t, extra);

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

describe("binary cross-entropy with a dynamic posWeight", () => {
  test("weights positives by negatives / positives of what counts", () => {
    // 1 positive, 2 negatives: w = 2: (2 log 2 + 2 log 2) / 3; gradient (-2/2, 1/2, 1/2) / 3
    const expected = [(4 * LN2) / 3, [-1 / 3, 1 / 6, 0, 1 / 6]] as const;
    expectWorked(run({ posWeight: "dynamic", ignoreIndex: 9 }, [0, 0, 5, 0], [1, 0, 9, 0]), ...expected);
  });

  test("counts soft targets by their parts, and pixels by their weights", () => {
    // positives 2 * 1/4 = 1/2, negatives 2 * 3/4 + 1 = 5/2: w = 5; gradient at p = 1/2: (3/4 - 5/4) / 2 * 2, 1/2
    const pixelWeights = { data: Float32Array.of(2, 1), dims: [1, 2] };
    const result = run({ posWeight: "dynamic", reduction: "sum" }, [0, 0], [0.25, 0], { pixelWeights });
    expectWorked(result, 2 * (0.75 + 1.25) * LN2 + LN2, [-1 / 2, 1 / 2]);
  });

  test("is 1 for a channel without positives", () => {
    expectWorked(run({ posWeight: "dynamic" }, [0, LN3], [0, 0]), (LN2 + LN4) / 2, [1 / 4, 3 / 8]);
  });

  test("takes each channel of the whole batch on its own", () => {
    // channel 0: positives 1, negatives 3; channel 1: positives 2, negatives 2
    const logits = { data: new Float64Array(8), dims: [2, 2, 2] };
    const target = { data: Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 1), dims: [2, 2, 2] };
    const loss = binaryCrossEntropy({ posWeight: "dynamic", reduction: "sum" });
    const { value, grad } = referenceValueAndGrad(loss, logits, target);
    expectWorked({ value, grad } as ReturnType<typeof run>, (3 + 3 + 4) * LN2, [
      -3 / 2,
      1 / 2,
      -1 / 2,
      1 / 2,
      1 / 2,
      1 / 2,
      1 / 2,
      -1 / 2,
    ]);
  });
});

describe("binary cross-entropy with smoothed targets", () => {
  // p = 3/4, t = 1, s = 1/5: t' log 4/3 + (1 - t') log 4 = log 4 - t' log 3; gradient 3/4 - t'
  test.each([
    ["half", 0.9],
    ["flip", 0.8],
    ["uniform", 1],
  ] as const)("under %s takes 1 for %f", (smoothing, t) => {
    expectWorked(run({ labelSmoothing: 0.2, smoothing }, [LN3], [1]), LN4 - t * LN3, [0.75 - t]);
  });

  test("under uniform adds s / C over the channels that are not masked", () => {
    const dims = [1, 4, 1];
    const logits = { data: new Float64Array(4), dims };
    const target = { data: Uint8Array.of(1, 0, 0, 0), dims };
    const loss = binaryCrossEntropy({ labelSmoothing: 0.5, smoothing: "uniform", reduction: "sum" });
    const classMask = { data: Uint8Array.of(1, 1, 0, 0), dims: [4] };
    const { grad } = referenceValueAndGrad(loss, logits, target, { classMask });
    expect(relativeError(grad, [0.5 - 0.75, 0.5 - 0.25, 0, 0])).toBeLessThan(1e-14);
  });
});

describe("binary cross-entropy of probabilities 0 and 1", () => {
  const EPSILON = Math.fround(1e-7);
  const probabilities = { input: "probabilities", reduction: "sum" } as const;

  test.each<[string, BinaryCrossEntropyOptions, number, number]>([
    ["log", { clamp: "log" }, 100, 100],
    ["log with a floor of -20", { clamp: "log", logFloor: -20 }, 20, 20],
    // 1 - p of float32 p is a multiple of 2^-24, and the bound 1 - 1e-7 rounds to 1 - 2^-23.
    ["probability", { clamp: "probability" }, -Math.log(EPSILON), 23 * LN2],
    ["inside", { clamp: "inside", epsilon: 0.5 }, LN2, LN2],
    ["none", { clamp: "none" }, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ])("under %s costs what the clamp says where wrong", (_, options, ofZero, ofOne) => {
    const wrong = [
      run({ ...probabilities, ...options }, [0], [1]).value,
      run({ ...probabilities, ...options }, [1], [0]).value,
    ];
    if (ofZero === Number.POSITIVE_INFINITY) expect(wrong).toEqual([ofZero, ofOne]);
    else expect(relativeError(wrong, [ofZero, ofOne])).toBeLessThan(1e-14);
  });

  test.each(["log", "probability", "inside", "none"] as const)(
    "under %s costs at most 4e-7 where right, with a finite gradient",
    (clamp) => {
      const { value, grad } = run({ ...probabilities, clamp }, [0, 1], [0, 1]);
      expect(Math.abs(value)).toBeLessThan(4e-7);
      expect([...grad].every(Number.isFinite)).toBe(true);
    },
  );

  test("have no gradient where probability clips them, and a finite one under log and inside", () => {
    expect(
      [...run({ ...probabilities, clamp: "probability" }, [0, 1], [1, 0]).grad].every((g) => g === 0),
    ).toBe(true);
    expectWorked(run({ ...probabilities, clamp: "log" }, [0, 1], [1, 0]), 200, [-1e12, 1e12]);
    expectWorked(run({ ...probabilities, clamp: "inside", epsilon: 0.5 }, [0, 1], [1, 0]), 2 * LN2, [-2, 2]);
  });
});

describe("binary cross-entropy of several channels", () => {
  const dims = [1, 2, 2];
  const logits = { data: Float64Array.of(0, 0, LN3, LN3), dims };
  const labels = { data: Uint8Array.of(0, 1), dims: [1, 2] };
  const oneHot = { data: Uint8Array.of(1, 0, 0, 1), dims };

  test("with oneVsRest takes labels for their one-hot", () => {
    const ofLabels = referenceValueAndGrad(binaryCrossEntropy({ oneVsRest: true }), logits, labels);
    const ofDense = referenceValueAndGrad(binaryCrossEntropy(), logits, oneHot);
    expectWorked(ofLabels, ofDense.value, [...ofDense.grad]);
  });

  test("multiplies by classWeights, which only the divisor weights counts", () => {
    // channel 0: 2 log 2; channel 1: log 4 + log 4/3 = 4 log 2 - log 3; times 3 and 1/2
    const sum = 6 * LN2 + (4 * LN2 - LN3) / 2;
    const run = (options: BinaryCrossEntropyOptions) =>
      referenceValueAndGrad(binaryCrossEntropy({ classWeights: [3, 0.5], ...options }), logits, oneHot);
    expectWorked(run({}), sum / 4, [-3 / 8, 3 / 8, 3 / 32, -1 / 32]);
    expectWorked(run({ divisor: "weights" }), sum / 7, [-3 / 14, 3 / 14, 3 / 56, -1 / 56]);
  });

  test("under the mmseg preset keeps ignored pixels in the divisor", () => {
    const ignoring = { data: Uint8Array.of(0, 255), dims: [1, 2] };
    const result = referenceValueAndGrad(binaryCrossEntropy({ preset: "mmseg" }), logits, ignoring);
    expectWorked(result, (LN2 + LN4) / 4, [-1 / 8, 0, 3 / 16, 0]);
  });
});

test("binary cross-entropy is finite on logits of 1e9, whatever the option", () => {
  for (const options of [{ posWeight: "dynamic" }, { labelSmoothing: 0.1 }, { classWeights: [2] }] as const) {
    const { value, grad } = run(options, [1e9, -1e9, 1e9, -1e9], [0, 1, 1, 0]);
    expect(Number.isFinite(value)).toBe(true);
    expect([...grad].every(Number.isFinite)).toBe(true);
  }
});
