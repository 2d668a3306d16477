import { describe, expect, test } from "vitest";
import { referenceValueAndGrad } from "../reference-value.ts";
import { seededRandom, uniformArray } from "../testing/random.ts";
import { relativeError } from "../testing/relative-error.ts";
import { ofPixel } from "../testing/worked-example.ts";
import { crossEntropy } from "./cross-entropy.ts";
import { type GeneralizedCrossEntropyOptions, generalizedCrossEntropy } from "./generalized-cross-entropy.ts";

const run = (options: GeneralizedCrossEntropyOptions, x: readonly number[], label: number) =>
  ofPixel(generalizedCrossEntropy(options), x, label);

describe("generalized cross-entropy", () => {
  test("equals the hand-worked value and gradient", () => {
    // p = 3/4, 1/4, y = 1, q = 1/2: (1 - 1/2) / (1/2) = 1; dl/dlog p_y = -1/2, times 1 - p_y = 3/4
    const { value, grad } = run({ q: 0.5 }, [Math.log(3), 0], 1);
    expect(relativeError([value, ...grad], [1, 3 / 8, -3 / 8])).toBeLessThan(1e-15);
  });

  test("of probabilities is the same value, and has the slope -p^(q - 1)", () => {
    const { value, grad } = run({ q: 0.5, input: "probabilities" }, [0.75, 0.25], 1);
    expect(relativeError([value, ...grad], [1, 0, -2])).toBeLessThan(1e-15);
  });

  test("with q 0 is cross-entropy, with q 1 the probability that is missing, within 1e-14", () => {
    const logits = { data: Float64Array.from(uniformArray(seededRandom(1), 15, 4)), dims: [1, 3, 5] };
    const labels = { data: Uint8Array.of(0, 2, 1, 2, 0), dims: [1, 5] };
    const expected = referenceValueAndGrad(crossEntropy(), logits, labels);
    const got = referenceValueAndGrad(generalizedCrossEntropy({ q: 0 }), logits, labels);
    expect(relativeError([got.value, ...got.grad], [expected.value, ...expected.grad])).toBeLessThan(1e-14);
    expect(relativeError([run({ q: 1 }, [Math.log(3), 0], 1).value], [3 / 4])).toBeLessThan(1e-14);
  });

  test("is finite up to logits of 1e9 and at probabilities of 0 and 1", () => {
    for (const label of [0, 1]) {
      for (const { value, grad } of [
        run({}, [1e9, -1e9], label),
        run({ q: 0.01 }, [-1e9, 1e9], label),
        run({ input: "probabilities" }, [1, 0], label),
      ]) {
        expect([value, ...grad].every(Number.isFinite)).toBe(true);
      }
    }
  });

  test("what is ignored is as if it were not there", () => {
    const logits = { data: Float64Array.of(1, 5, -2, 0), dims: [1, 2, 2] };
    const ignoring = referenceValueAndGrad(generalizedCrossEntropy({ ignoreIndex: 9 }), logits, {
      data: Uint8Array.of(0, 9),
      dims: [1, 2],
    });
    const without = run({}, [1, -2], 0);
    expect(ignoring.value).toBe(without.value);
    expect([...ignoring.grad]).toEqual([without.grad[0], 0, without.grad[1], 0]);
  });
});
