/** The float64 reference against central differences of itself. */
import {
  binaryCrossEntropy,
  crossEntropy,
  dice,
  focal,
  type Loss,
  referenceValueAndGrad,
  type Tensor,
  weightedSum,
} from "@pixelgrad/core";
import { relativeError } from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";
import { denseProblem, labelProblem, type Problem, probabilityProblem } from "./problems.ts";

/** (L(x + h) - L(x - h)) / 2h: off by h^2 L''' / 6 and by rounding / h, together near 1e-10 here. */
function numericalGrad(loss: Loss, logits: Tensor, target: Tensor): Float64Array {
  const h = 1e-5;
  const x = Float64Array.from(logits.data as Float32Array);
  const valueWith = (i: number, v: number): number => {
    const moved = x.slice();
    moved[i] = v;
    return referenceValueAndGrad(loss, { data: moved, dims: logits.dims }, target).value;
  };
  return x.map((v, i) => (valueWith(i, v + h) - valueWith(i, v - h)) / (2 * h));
}

function expectDifferences(loss: Loss, { logits, target }: Problem): void {
  const { grad } = referenceValueAndGrad(loss, logits, target);
  expect(relativeError(grad, numericalGrad(loss, logits, target))).toBeLessThan(1e-6);
}

const W = [0.3, 2.5, 1];

describe("cross-entropy and softmax Dice: the gradient is within 1e-6 of central differences", () => {
  test.each<[string, Loss, number[]]>([
    ["CE", crossEntropy(), []],
    ["CE ignoring 255", crossEntropy({ ignoreIndex: 255 }), [255]],
    ["CE ignoring -1 and a class", crossEntropy({ ignoreIndex: [-1, 2] }), [-1]],
    ["CE weighted", crossEntropy({ classWeights: W }), []],
    [
      "CE weighted, divided by the valid",
      crossEntropy({ classWeights: W, divisor: "valid", ignoreIndex: 9 }),
      [9],
    ],
    ["CE divided by all", crossEntropy({ divisor: "all", ignoreIndex: 9 }), [9]],
    ["CE smoothed 0.2", crossEntropy({ labelSmoothing: 0.2 }), []],
    ["CE smoothed 1", crossEntropy({ labelSmoothing: 1 }), []],
    [
      "CE smoothed, weighted, ignoring",
      crossEntropy({ labelSmoothing: 0.2, classWeights: W, ignoreIndex: 9 }),
      [9],
    ],
    ["CE sum", crossEntropy({ reduction: "sum" }), []],
    ["CE none", crossEntropy({ reduction: "none", ignoreIndex: 9 }), [9]],
    ["Dice", dice(), []],
    ["Dice, smooth 0", dice({ smooth: 0 }), []],
    ["Dice, smooth 10, ignoring", dice({ smooth: 10, ignoreIndex: 9 }), [9]],
    [
      "CE - 0.5 Dice",
      weightedSum([
        [1, crossEntropy({ labelSmoothing: 0.1 })],
        [-0.5, dice()],
      ]),
      [],
    ],
  ])("%s", (_, loss, ignored) => {
    expectDifferences(loss, labelProblem(1, [2, 3, 7], "mild", ignored));
    expectDifferences(loss, labelProblem(2, [1, 3, 2, 3], "mild", ignored));
  });
});

describe("BCE, focal and sigmoid Dice: the gradient is within 1e-6 of central differences", () => {
  test.each<[string, Loss, number[]]>([
    ["BCE", binaryCrossEntropy(), []],
    ["BCE ignoring 255 and -1", binaryCrossEntropy({ ignoreIndex: [255, -1] }), [255, -1]],
    ["BCE posWeight 3.5", binaryCrossEntropy({ posWeight: 3.5 }), []],
    ["BCE posWeight list", binaryCrossEntropy({ posWeight: [0.25, 2, 0] }), []],
    ["BCE sum", binaryCrossEntropy({ reduction: "sum" }), []],
    ["BCE none", binaryCrossEntropy({ reduction: "none", ignoreIndex: 9 }), [9]],
    ...[0, 0.5, 1, 2, 3.7].map((gamma): [string, Loss, number[]] => [`focal ${gamma}`, focal({ gamma }), []]),
    ["focal, alpha 0.25, ignoring", focal({ alpha: 0.25, ignoreIndex: 9 }), [9]],
    ["Dice sigmoid", dice({ activation: "sigmoid" }), []],
    ["Dice sigmoid, smooth 0, ignoring", dice({ activation: "sigmoid", smooth: 0, ignoreIndex: 9 }), [9]],
    [
      "BCE + focal + Dice",
      weightedSum([
        [1, binaryCrossEntropy()],
        [2, focal()],
        [0.5, dice({ activation: "sigmoid" })],
      ]),
      [],
    ],
  ])("%s", (_, loss, ignored) => {
    for (const soft of [false, true]) {
      expectDifferences(loss, denseProblem(3, [2, 3, 5], "mild", { soft, ignored }));
    }
  });

  test.each<[string, Loss]>([
    ["BCE", binaryCrossEntropy({ input: "probabilities" })],
    ["BCE posWeight", binaryCrossEntropy({ input: "probabilities", posWeight: [2, 0.5, 1] })],
    ...[0, 0.5, 1, 2, 3.7].map((gamma): [string, Loss] => [
      `focal ${gamma}`,
      focal({ gamma, input: "probabilities" }),
    ]),
  ])("%s of probabilities", (_, loss) => {
    for (const soft of [false, true]) {
      expectDifferences(loss, probabilityProblem(4, [2, 3, 5], "mild", { soft }));
    }
  });
});
