/** Losses that are a score of class sums: values and gradients worked by hand, and what they are of each other. */
import { describe, expect, test } from "vitest";
import { parseLoss } from "../expression.ts";
import { referenceValueAndGrad } from "../reference-value.ts";
import { seededRandom, uniformArray } from "../testing/random.ts";
import { relativeError } from "../testing/relative-error.ts";

/** Within 1e-14, of float64. */
function expectWorked(
  loss: string,
  [logits, labels]: readonly [logits: readonly (readonly number[])[], target: readonly number[]],
  value: number,
  grad: readonly (readonly number[])[],
): void {
  const dims = [1, logits.length, labels.length];
  const result = referenceValueAndGrad(
    parseLoss(loss),
    { data: Float64Array.from(logits.flat()), dims },
    { data: Float32Array.from(labels), dims: [1, labels.length] },
  );
  expect(relativeError([result.value], [value])).toBeLessThan(1e-14);
  expect(relativeError(result.grad, grad.flat())).toBeLessThan(1e-14);
}

describe("one channel, p = 1/2, 1/2, t = 1, 0: I = 1/2, P = 1, G = 1, n = 2; dp/dx = 1/4", () => {
  test.each<[string, number, readonly [number, number]]>([
    // s = 1: N = 3/2, D = 5/2; dL/dI = -(1/D + N/D^2) = -16/25, dL/dP = N/D^2 = 6/25
    ["jaccard", 2 / 5, [-1 / 10, 3 / 50]],
    // fp = fn = 1/2: D = 1/2 + 1/8 + 3/8 + 1 = 2, T = 3/4; dL/dI = -1/2, dL/dP = T a / D = 3/32
    ["tversky(falsePositiveWeight=0.25, falseNegativeWeight=0.75)", 1 / 4, [-13 / 128, 3 / 128]],
    // u = 1/4: sqrt(u) = 1/2, its slope 1
    [
      "focal-tversky(gamma=0.5, falsePositiveWeight=0.25, falseNegativeWeight=0.75)",
      1 / 2,
      [-13 / 128, 3 / 128],
    ],
    // Dice is 1/3 with the gradient -1/9, 1/18
    ["log-cosh-dice", Math.log(Math.cosh(1 / 3)), [-Math.tanh(1 / 3) / 9, Math.tanh(1 / 3) / 18]],
    // N = 1, D = 3; dL/dI = -2/3, dL/dP = 1/9
    ["soft-f1(smoothDenominator=1)", 2 / 3, [-5 / 36, 1 / 36]],
    // all four counts 1/2; dL/dI = -n / 1, dL/dP = (tp + fn) / 1
    ["mcc(smooth=0)", 1, [-1 / 4, 1 / 4]],
    // b = 4/5: D = 1/2 + 2/5 + 1/10 + 1 = 2, N = 3/2; dL/dI = -1/2, dL/dP = 3/4 / 5 / 2
    ["asymmetric-similarity(beta=2)", 1 / 4, [-17 / 160, 3 / 160]],
    // 1/4 / 4 / (1 + 1) + 3/4 / 4 / (1 + 1); dL/dp = -1/8, 3/8
    ["sensitivity-specificity(sensitivityWeight=0.25)", 1 / 8, [-1 / 32, 3 / 32]],
    // -log(2/3); 3/2 of the gradient of Dice
    ["dice(form=log)", Math.log(3 / 2), [-1 / 6, 1 / 12]],
    ["dice(form=negative)", -2 / 3, [-1 / 9, 1 / 18]],
  ])("%s has the hand-worked value and gradient", (loss, value, grad) => {
    expectWorked(loss, [[[0, 0]], [1, 0]], value, [grad]);
  });

  test("power 2 takes squares of p: Dice is 1 - (2 I + s) / (sum p^2 + G + s)", () => {
    // N = 2, D = 1/2 + 1 + 1/2: 0; dL/dp = 2 p N / D^2 - 2 t / D = 1/2 - (1, 0)
    expectWorked("dice(power=2, smoothNumerator=1, smoothDenominator=0.5)", [[[0, 0]], [1, 0]], 0, [
      [-1 / 8, 1 / 8],
    ]);
  });
});

describe("two channels, p = 1/2, labels 0, 0, 1: I = 1, 1/2, P = 3/2, 3/2, G = 2, 1", () => {
  const problem = [
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
    [0, 0, 1],
  ] as const;
  const both = (...grad: number[]) => [grad, grad.map((g) => -g)];

  test.each<[string, number, number[][]]>([
    // w = 1/4, 1: N = 3/2, D = 7/8 + 5/2 = 27/8; dL/dI = -4/27, -16/27, dL/dP = 8/243, 32/243; dL/dx_0 = (d_0 - d_1) / 4
    ["generalized-dice(smooth=0)", 5 / 9, both(-5 / 81, -5 / 81, 10 / 81)],
    // d / (2 - d), slope 2 / (13/9)^2 = 162/169
    [
      "penalty-generalized-dice(smooth=0, penalty=1)",
      5 / 13,
      both(-5 / 81, -5 / 81, 10 / 81).map((row) => row.map((g) => (162 / 169) * g)),
    ],
    // W = 1/2 everywhere: E = 1, 1/2: T = 1/2: 1 - 1 / (1 + 3/2); dL/dE = 4/25, 16/25
    [
      "generalized-wasserstein-dice(smooth=0, distances=[[0, 2], [2, 0]])",
      3 / 5,
      both(-1 / 25, -1 / 25, 4 / 25),
    ],
    // a = 1/3, 1/2: T = 7/12, D = 1 + 3/4: 1 - 2/3; dL/dE_y = 2 a / D - (2 T / D^2) a = a 16/21 : 16/63, 8/21
    [
      "generalized-wasserstein-dice(smooth=0, variant=generalized, distances=[[0, 1], [1, 0]])",
      1 / 3,
      both(-4 / 63, -4 / 63, 2 / 21),
    ],
  ])("%s has the hand-worked value and gradient", (loss, value, grad) => {
    expectWorked(loss, problem, value, grad);
  });
});

describe("an empty class of generalized Dice", () => {
  const logits = { data: new Float64Array(6), dims: [1, 3, 2] };
  const run = (labels: number[], loss: string) =>
    referenceValueAndGrad(parseLoss(loss), logits, { data: Uint8Array.from(labels), dims: [1, 2] }).value;

  test("weighs what the heaviest of the others does", () => {
    // labels 0, 0: I = 2/3, 0, 0; P = 2/3 each; G = 2, 0, 0: w = 1/4 for all: 1 - (1/3) / (1/4 4)
    expect(relativeError([run([0, 0], "generalized-dice(smooth=0)")], [2 / 3])).toBeLessThan(1e-14);
  });

  test("weighs nothing where all chosen classes are empty: the smoothing alone is left, and 0 without it", () => {
    expect(run([0, 0], "generalized-dice(classes=foreground)")).toBe(0);
    expect(run([0, 0], "generalized-dice(classes=foreground, smooth=0)")).toBe(0);
  });
});

describe("members of the family are one another, within 1e-12", () => {
  const random = seededRandom(3);
  const logits = { data: Float64Array.from(uniformArray(random, 2 * 3 * 20, 4)), dims: [2, 3, 20] };
  const target = { data: Uint8Array.from({ length: 40 }, () => Math.floor(3 * random())), dims: [2, 20] };
  const run = (loss: string) => referenceValueAndGrad(parseLoss(loss), logits, target);

  test.each([
    ["tversky(smooth=0.5)", "dice"],
    ["tversky(falsePositiveWeight=1, falseNegativeWeight=1)", "jaccard"],
    ["focal-tversky(gamma=1)", "tversky"],
    ["focal-tversky(gamma=1, focus=mean)", "tversky"],
    ["soft-f1(smooth=1)", "dice"],
    ["asymmetric-similarity(beta=1)", "tversky"],
    ["penalty-generalized-dice(penalty=0)", "generalized-dice"],
    ["generalized-dice(volumeWeights=uniform, accumulate=batch, smooth=1)", "dice(average=micro)"],
    ["dice(softTargets=semimetric)", "dice"],
    ["dice(classes=[0, 1, 2], classWeights=[1, 1, 1], weighting=normalized)", "dice"],
  ])("%s is %s", (one, other) => {
    const [a, b] = [run(one), run(other)];
    expect(relativeError([a.value], [b.value])).toBeLessThan(1e-12);
    expect(relativeError(a.grad, b.grad)).toBeLessThan(1e-12);
  });

  test("jaccard without smoothing is 2 d / (1 + d) of Dice d, class by class", () => {
    for (const c of [0, 1, 2]) {
      const d = run(`dice(smooth=0, classes=[${c}])`).value;
      expect(
        relativeError([run(`jaccard(smooth=0, classes=[${c}])`).value], [(2 * d) / (1 + d)]),
      ).toBeLessThan(1e-12);
    }
  });

  test("a perfect prediction has MCC loss 0, an inverted one 2, a constant one 1", () => {
    const of = (p: number[]) =>
      referenceValueAndGrad(
        parseLoss("mcc(smooth=0, input=probabilities)"),
        { data: Float64Array.from(p), dims: [1, 1, 4] },
        { data: Uint8Array.of(0, 1, 1, 0), dims: [1, 1, 4] },
      ).value;
    expect([of([0, 1, 1, 0]), of([1, 0, 0, 1]), of([1, 1, 1, 1])]).toEqual([0, 2, 1]);
  });
});

describe("focal Tversky at a perfect prediction", () => {
  test("has a finite gradient: the slope of u^0.75 below u = 1e-7 is the one there", () => {
    const { value, grad } = referenceValueAndGrad(
      parseLoss("focal-tversky(smooth=0, input=probabilities)"),
      { data: Float64Array.of(1, 0), dims: [1, 1, 2] },
      { data: Uint8Array.of(1, 0), dims: [1, 1, 2] },
    );
    expect(value).toBe(0);
    // u = 0, du/dI = -1, du/dP = 1/2, slope 3/4 (1e-7)^(-1/4)
    const slope = 0.75 * 1e-7 ** -0.25;
    expect(relativeError(grad, [-slope / 2, slope / 2])).toBeLessThan(1e-12);
  });
});
