import { describe, expect, test } from "vitest";
import { referenceValueAndGrad } from "../reference-value.ts";
import { relativeError } from "../testing/relative-error.ts";
import { channelProblem, ofChannel } from "../testing/worked-example.ts";
import { binaryCrossEntropy } from "./binary-cross-entropy.ts";
import { focal } from "./focal.ts";
import { type QualityFocalOptions, qualityFocal } from "./quality-focal.ts";

const run = (options: QualityFocalOptions, x: readonly number[], t: readonly number[]) =>
  ofChannel(qualityFocal(options), x, t);

describe("quality focal loss", () => {
  test("equals the hand-worked value and gradient", () => {
    // p = 3/4, t = 1/2: b = log(16/3) / 2, db = 1/4; m = 1/16, dm = 2 (1/4) (3/16) = 3/32
    const b = Math.log(16 / 3) / 2;
    const { value, grad } = run({}, [Math.log(3)], [0.5]);
    expect(relativeError([value, ...grad], [b / 16, 1 / 64 + (3 / 32) * b])).toBeLessThan(1e-14);
  });

  test("of hard targets is the focal loss within 1e-14, with beta 0 binary cross-entropy", () => {
    const [x, t] = [
      [2, -1, 20, -0.5],
      [1, 1, 0, 0],
    ];
    for (const beta of [0, 0.5, 2]) {
      const expected = referenceValueAndGrad(focal({ gamma: beta }), ...channelProblem(x, t));
      const got = run({ beta }, x, t);
      expect(relativeError([got.value, ...got.grad], [expected.value, ...expected.grad])).toBeLessThan(1e-14);
    }
    const soft = channelProblem([2, -1], [0.25, 0.5]);
    const expected = referenceValueAndGrad(binaryCrossEntropy(), ...soft);
    const got = referenceValueAndGrad(qualityFocal({ beta: 0 }), ...soft);
    expect(relativeError([got.value, ...got.grad], [expected.value, ...expected.grad])).toBeLessThan(1e-14);
  });

  test("has value and gradient 0 where the target is hit, beta below 1 included", () => {
    for (const beta of [0.5, 1, 2]) expect([...run({ beta }, [0], [0.5]).grad]).toEqual([0]);
  });

  test("is finite up to logits of 1e9 and at probabilities of 0 and 1", () => {
    for (const beta of [0, 0.5, 2]) {
      for (const t of [0, 0.3, 1]) {
        for (const { value, grad } of [
          run({ beta }, [-1e9, 1e9], [t, t]),
          run({ beta, input: "probabilities" }, [0, 1], [t, t]),
        ]) {
          expect([value, ...grad].every(Number.isFinite)).toBe(true);
        }
      }
    }
  });
});
