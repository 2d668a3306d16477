import { describe, expect, test } from "vitest";
import type { LossExtra } from "../loss.ts";
import { referenceValueAndGrad } from "../reference-value.ts";
import { relativeError } from "../testing/relative-error.ts";
import { channelProblem, ofChannel } from "../testing/worked-example.ts";
import {
  type BalancedBinaryCrossEntropyOptions,
  balancedBinaryCrossEntropy,
} from "./balanced-binary-cross-entropy.ts";
import { binaryCrossEntropy } from "./binary-cross-entropy.ts";

const LN3 = Math.log(3);

const run = (
  options: BalancedBinaryCrossEntropyOptions,
  x: readonly number[],
  t: readonly number[],
  extra?: LossExtra,
) => ofChannel(balancedBinaryCrossEntropy(options), x, t, extra);

describe("balanced binary cross-entropy", () => {
  test("equals the hand-worked value and gradient", () => {
    // One of four is positive: f = 3/4 weighs it, 1/4 the others. p = 3/4 everywhere.
    const { value, grad } = run({}, [LN3, LN3, LN3, LN3], [1, 0, 0, 0]);
    expect(relativeError([value], [(0.75 * Math.log(4 / 3) + 0.75 * Math.log(4)) / 4])).toBeLessThan(1e-14);
    expect(relativeError(grad, [-3 / 64, 3 / 64, 3 / 64, 3 / 64])).toBeLessThan(1e-14);
  });

  test("of as many positives as negatives is half the binary cross-entropy, with gamma 2 a quarter", () => {
    const [x, t] = [
      [1, -2, 0.5, 3],
      [1, 0, 0, 1],
    ];
    const expected = referenceValueAndGrad(binaryCrossEntropy(), ...channelProblem(x, t)).value;
    expect(relativeError([run({}, x, t).value], [expected / 2])).toBeLessThan(1e-14);
    expect(relativeError([run({ gamma: 2 }, x, t).value], [expected / 4])).toBeLessThan(1e-14);
    expect(relativeError([run({ gamma: 0 }, x, t).value], [expected])).toBeLessThan(1e-14);
  });

  test("what is ignored, or weighs nothing, is as if it were not there", () => {
    const without = run({}, [1, -2, 0.5], [1, 0, 0]);
    const ignoring = run({ ignoreIndex: 255 }, [1, 9, -2, 0.5], [1, 255, 0, 0]);
    expect(ignoring.value).toBe(without.value);
    const pixelWeights = { data: Float32Array.of(1, 0, 1, 1), dims: [1, 4] };
    const weighted = run({ divisor: "weights" }, [1, 9, -2, 0.5], [1, 1, 0, 0], { pixelWeights });
    expect(weighted.value).toBe(without.value);
    expect([...weighted.grad]).toEqual([...ignoring.grad]);
  });

  test("of one side only costs nothing", () => {
    expect(run({}, [1, 2], [0, 0]).value).toBe(0);
    expect(run({}, [1, 2], [1, 1]).value).toBe(0);
  });

  test("is finite up to logits of 1e9 and at probabilities of 0 and 1", () => {
    for (const { value, grad } of [
      run({}, [-1e9, 1e9, -1e9, 1e9], [0, 0, 1, 1]),
      run({ input: "probabilities" }, [0, 1, 0, 1], [0, 0, 1, 1]),
    ]) {
      expect([value, ...grad].every(Number.isFinite)).toBe(true);
    }
  });
});
