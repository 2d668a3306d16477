import { describe, expect, test } from "vitest";
import { referenceValueAndGrad } from "../reference-value.ts";
import { seededRandom, uniformArray } from "../testing/random.ts";
import { relativeError } from "../testing/relative-error.ts";
import { ofPixel } from "../testing/worked-example.ts";
import { crossEntropy } from "./cross-entropy.ts";
import { type SymmetricCrossEntropyOptions, symmetricCrossEntropy } from "./symmetric-cross-entropy.ts";

const run = (options: SymmetricCrossEntropyOptions, x: readonly number[], label: number) =>
  ofPixel(symmetricCrossEntropy(options), x, label);

describe("symmetric cross-entropy", () => {
  test("equals the hand-worked value and gradient", () => {
    // p = 3/4, 1/4, y = 1: 0.1 log 4 + 4 (3/4); 0.1 (3/4) + 4 (3/4)(1/4)
    const { value, grad } = run({}, [Math.log(3), 0], 1);
    expect(relativeError([value], [0.1 * Math.log(4) + 3])).toBeLessThan(1e-15);
    expect(relativeError(grad, [0.825, -0.825])).toBeLessThan(1e-15);
  });

  test("without its reverse is cross-entropy within 1e-14", () => {
    const logits = { data: Float64Array.from(uniformArray(seededRandom(1), 15, 4)), dims: [1, 3, 5] };
    const labels = { data: Uint8Array.of(0, 2, 1, 2, 0), dims: [1, 5] };
    const expected = referenceValueAndGrad(crossEntropy(), logits, labels);
    const got = referenceValueAndGrad(symmetricCrossEntropy({ alpha: 1, beta: 0 }), logits, labels);
    expect(relativeError([got.value, ...got.grad], [expected.value, ...expected.grad])).toBeLessThan(1e-14);
  });

  test("reads soft targets by their logarithm", () => {
    // p = 1/2, 1/2, t = 1/4, 3/4: only the reverse, -(log(1/4) + log(3/4)) / 2
    const { value } = referenceValueAndGrad(
      symmetricCrossEntropy({ alpha: 0 }),
      { data: Float64Array.of(0, 0), dims: [1, 2] },
      { data: Float32Array.of(0.25, 0.75), dims: [1, 2] },
    );
    expect(relativeError([value], [-Math.log(3 / 16) / 2])).toBeLessThan(1e-15);
  });

  test("a class that is masked out is as if it were not there", () => {
    const masked = referenceValueAndGrad(
      symmetricCrossEntropy(),
      { data: Float64Array.of(9, 1, -2), dims: [1, 3] },
      { data: Uint8Array.of(1), dims: [1] },
      { classMask: { data: Uint8Array.of(0, 1, 1), dims: [3] } },
    );
    const without = run({}, [1, -2], 0);
    expect(masked.value).toBe(without.value);
    expect([...masked.grad]).toEqual([0, ...without.grad]);
  });

  test("is finite up to logits of 1e9 and at probabilities of 0 and 1", () => {
    for (const label of [0, 1]) {
      for (const { value, grad } of [
        run({}, [1e9, -1e9], label),
        run({ input: "probabilities" }, [1, 0], label),
      ]) {
        expect([value, ...grad].every(Number.isFinite)).toBe(true);
      }
    }
  });
});
