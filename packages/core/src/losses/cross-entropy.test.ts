import { describe, expect, test } from "vitest";
import type { LossExtra } from "../loss.ts";
import { referenceValueAndGrad } from "../reference-value.ts";
import { relativeError } from "../testing/relative-error.ts";
import { expectWorked, ofPixel } from "../testing/worked-example.ts";
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

/** One pixel of as many classes as there are numbers; a label, or a dense target. */
const runPixel = (
  options: CrossEntropyOptions,
  x: readonly number[],
  target: number | readonly number[],
  extra?: LossExtra,
) => ofPixel(crossEntropy(options), x, target, extra);

describe("cross-entropy with dense targets", () => {
  test("of one-hot ones is that of labels", () => {
    const { value, grad } = runPixel({}, [0, LN3, 1], 1);
    expectWorked(runPixel({}, [0, LN3, 1], [0, 1, 0]), value, [...grad]);
  });

  test("weighs each class, and divides by pixels", () => {
    // p = 1/4, 3/4, q = 3/4, 1/4, w = 2, 1: v = 3/2, 1/4: 3/2 log 4 + 1/4 log 4/3; gradient p (7/4) - v
    const value = 1.5 * LN4 + (LN4 - LN3) / 4;
    expectWorked(runPixel({ classWeights: [2, 1] }, [0, LN3], [0.75, 0.25]), value, [-17 / 16, 17 / 16]);
  });

  test("leaves the whole pixel out where any channel is ignored", () => {
    const { value, grad } = runPixel({ ignoreIndex: 255, allIgnored: "nan" }, [0, LN3], [255, 0]);
    expect(value).toBeNaN();
    expect(relativeError(grad, [0, 0])).toBe(0);
  });
});

describe("cross-entropy with smoothing and weights", () => {
  // p = 1/4, 3/4, label 1, s = 1/2: q = 1/4, 3/4, w = 1, 3
  const options = { labelSmoothing: 0.5, classWeights: [1, 3], reduction: "sum" } as const;

  test("under class weighs the smoothed part by every class", () => {
    // v = 1/4, 9/4: 1/4 log 4 + 9/4 log 4/3; gradient p (10/4) - v
    expectWorked(runPixel(options, [0, LN3], 1), LN4 / 4 + 2.25 * (LN4 - LN3), [3 / 8, -3 / 8]);
  });

  test("under pixel weighs the whole pixel by its own class", () => {
    // 3 (1/4 log 4 + 3/4 log 4/3); q = p, so no gradient
    const result = runPixel({ ...options, smoothingWeights: "pixel" }, [0, LN3], 1);
    expect(relativeError([result.value], [3 * (LN4 / 4 + 0.75 * (LN4 - LN3))])).toBeLessThan(1e-14);
    expect(Math.max(...result.grad.map(Math.abs))).toBeLessThan(1e-15);
  });

  test("under pixel takes the mean weight of a dense target, also as divisor", () => {
    // q = 1/2, 1/2: weight 2, over 2: (log 4 + log 4/3) / 2
    const dense = { classWeights: [1, 3], smoothingWeights: "pixel" } as const;
    expectWorked(runPixel(dense, [0, LN3], [0.5, 0.5]), LN4 - LN3 / 2, [-1 / 4, 1 / 4]);
  });
});

describe("cross-entropy with zLoss", () => {
  test("adds z times the squared logarithm of sum exp x", () => {
    // sum exp x = 4: log 4/3 + z log^2 4; gradient p - [k = 1] + 2 z log 4 p
    const g = 0.5 * 2 * LN4;
    const value = LN4 - LN3 + 0.5 * LN4 ** 2;
    expectWorked(runPixel({ zLoss: 0.5 }, [0, LN3], 1), value, [1 / 4 + g / 4, -1 / 4 + 0.75 * g]);
  });

  test("belongs to logits alone", () => {
    const conflict = expect.objectContaining({ code: "OPTION_CONFLICT" });
    expect(() => runPixel({ zLoss: 1, input: "probabilities" }, [0.5, 0.5], 1)).toThrow(conflict);
    expect(() => runPixel({ zLoss: 1, input: "log-probabilities" }, [-1, -1], 1)).toThrow(conflict);
  });
});

describe("cross-entropy of probabilities", () => {
  const input = "probabilities" as const;

  test("is -log p, with the gradient by p", () => {
    expectWorked(runPixel({ input }, [0.25, 0.75], 1), LN4 - LN3, [0, -4 / 3]);
    expectWorked(runPixel({ input }, [0.5, 0.25], [0.5, 0.5]), (LN2 + LN4) / 2, [-1, -2]);
  });

  test("under normalization sum divides by the sum first", () => {
    // u = 1/4, 3/4 of sum 1/2: d = 0, -4/3, mean -1: (d + 1) / (1/2)
    expectWorked(runPixel({ input, normalization: "sum" }, [0.125, 0.375], 1), LN4 - LN3, [2, -2 / 3]);
  });

  test("leaves masked classes out of that sum", () => {
    const classMask = { data: Uint8Array.of(1, 1, 0), dims: [3] };
    const result = runPixel({ input, normalization: "sum" }, [0.125, 0.375, 0.5], 1, { classMask });
    expectWorked(result, LN4 - LN3, [2, -2 / 3, 0]);
  });

  test.each<[string, CrossEntropyOptions, number, number]>([
    ["none", { clamp: "none" }, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ["log", { clamp: "log" }, 100, -1e12],
    ["log with a floor of -20", { clamp: "log", logFloor: -20 }, 20, -1e12],
    ["probability", { clamp: "probability", epsilon: 0.25 }, LN4, 0],
    ["inside", { clamp: "inside", epsilon: 0.25 }, LN4, -4],
  ])("of 0 under %s costs what the clamp says", (_, options, value, slope) => {
    const result = runPixel({ input, ...options }, [0, 1], 0);
    expect(result.value).toBe(value);
    expect([...result.grad]).toEqual([slope, 0]);
  });

  test("that are all 0 is finite under a clamp", () => {
    const result = runPixel({ preset: "keras", input }, [0, 0], 1);
    expect(relativeError([result.value], [-Math.log(Math.fround(1e-7))])).toBeLessThan(1e-14);
    expect(relativeError(result.grad, [0, 0])).toBe(0);
  });
});

describe("cross-entropy of log-probabilities", () => {
  const input = "log-probabilities" as const;

  test("is -sum v x with the gradient -v, whatever the numbers", () => {
    expectWorked(runPixel({ input }, [-LN4, 7], 1), -7, [0, -1]);
    const smoothed = runPixel({ input, labelSmoothing: 0.5 }, [-LN4, 7], 1);
    expectWorked(smoothed, LN4 / 4 - 5.25, [-1 / 4, -3 / 4]);
  });
});

describe("cross-entropy of -Infinity", () => {
  const propagating = { nonFinite: "propagate" } as const;
  const NEVER = Number.NEGATIVE_INFINITY;

  test("is exact where the label is another class, and infinite where it is that one", () => {
    expectWorked(runPixel(propagating, [0, NEVER, LN3], 2), LN4 - LN3, [1 / 4, 0, -1 / 4]);
    expect(runPixel(propagating, [0, NEVER], 1).value).toBe(Number.POSITIVE_INFINITY);
  });

  test("under a dense target of 0 costs nothing, or makes NaN if zeros multiply", () => {
    expectWorked(runPixel(propagating, [0, NEVER, LN3], [0, 0, 1]), LN4 - LN3, [1 / 4, 0, -1 / 4]);
    expect(runPixel({ ...propagating, zeroTargets: "multiply" }, [0, NEVER], [1, 0]).value).toBeNaN();
    expect(runPixel({ ...propagating, zeroTargets: "multiply" }, [0, NEVER], 0).value).toBe(0);
  });

  test("of a masked class is not read", () => {
    const classMask = { data: Uint8Array.of(1, 0, 1), dims: [3] };
    const dropped = runPixel({}, [0, LN3], 1);
    const [first, last] = dropped.grad;
    expectWorked(runPixel({}, [0, NEVER, LN3], 2, { classMask }), dropped.value, [first, 0, last]);
  });
});

describe("presets of cross-entropy in a batch where nothing counts", () => {
  test.each<[CrossEntropyOptions, number]>([
    [{ preset: "torch" }, Number.NaN],
    [{ preset: "torch", allIgnored: "zero" }, 0],
    [{ preset: "monai" }, 0],
    [{ preset: "smp" }, 0],
    [{ preset: "nnunet", ignoreIndex: -100 }, 0],
  ])("%o: %f", (options, value) => {
    expect(runPixel(options, [0, 1], -100).value).toBe(value);
  });
});

test("cross-entropy is finite on logits of 1e9, whatever the option", () => {
  const forms: readonly CrossEntropyOptions[] = [
    {},
    { zLoss: 1e-4 },
    { labelSmoothing: 0.1, smoothingWeights: "pixel" },
    { input: "log-probabilities" },
  ];
  for (const options of forms) {
    for (const target of [0, [0.5, 0.5]]) {
      const { value, grad } = runPixel(options, [-1e9, 1e9], target);
      expect(Number.isFinite(value)).toBe(true);
      expect([...grad].every(Number.isFinite)).toBe(true);
    }
  }
});
