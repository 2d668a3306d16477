import { describe, expect, test } from "vitest";
import { referenceValueAndGrad } from "../reference/evaluate.ts";
import { relativeError } from "../testing/relative-error.ts";
import { type FocalOptions, focal } from "./focal.ts";

const LN2 = Math.LN2;
const LN3 = Math.log(3);
const LN4 = Math.log(4);

function run(options: FocalOptions, x: readonly number[], t: readonly number[]) {
  const dims = [1, 1, x.length];
  return referenceValueAndGrad(
    focal(options),
    { data: Float64Array.from(x), dims },
    { data: Float32Array.from(t), dims },
  );
}

function expectWorked(result: ReturnType<typeof run>, value: number, grad: readonly number[]): void {
  expect(relativeError([result.value], [value])).toBeLessThan(1e-14);
  expect(relativeError(result.grad, grad)).toBeLessThan(1e-14);
}

describe("focal loss", () => {
  test("equals the hand-worked value and gradient", () => {
    // x = log 3, t = 0: b = log 4, q = 1 - 1/4 = 3/4, loss (9/16) log 4
    // d/db = q^2 (1 + 2 (1 - q) b / q) = 9/16 (1 + 2/3 log 4), db/dx = p = 3/4
    expectWorked(run({}, [LN3], [0]), (9 / 16) * LN4, [(27 / 64) * (1 + (2 / 3) * LN4)]);
  });

  test("multiplies by alpha", () => {
    expectWorked(run({ alpha: 0.25 }, [LN3], [0]), (9 / 64) * LN4, [(27 / 256) * (1 + (2 / 3) * LN4)]);
  });

  test("with gamma 1 weighs by q, with gamma 0 not at all", () => {
    // q (1 + (1 - q) b / q) = q + (1 - q) b = 3/4 + 1/4 log 4
    expectWorked(run({ gamma: 1 }, [LN3], [0]), 0.75 * LN4, [0.75 * (0.75 + 0.25 * LN4)]);
    expectWorked(run({ gamma: 0 }, [LN3], [0]), LN4, [0.75]);
  });

  test("of probabilities is the same value", () => {
    // t = 1, p = 1/2: q = 1/2, loss (1/4) log 2; d/db = 1/4 (1 + 2 log 2), db/dp = -2
    expectWorked(run({ input: "probabilities" }, [0.5], [1]), LN2 / 4, [-0.5 * (1 + 2 * LN2)]);
  });

  test("is the mean over what counts", () => {
    const one = run({}, [LN3], [0]);
    const two = run({ ignoreIndex: 255 }, [LN3, 1, LN3], [0, 255, 0]);
    expectWorked(two, one.value, [one.grad[0] / 2, 0, one.grad[0] / 2]);
  });

  test.each([0, 0.5, 1, 2])("with gamma %d has value and gradient 0 where the loss underflows", (gamma) => {
    expectWorked(run({ gamma }, [-1e4, 1e4], [0, 1]), 0, [0, 0]);
  });
});
