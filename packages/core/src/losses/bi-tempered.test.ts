import { describe, expect, test } from "vitest";
import { referenceValueAndGrad } from "../reference-value.ts";
import { seededRandom, uniformArray } from "../testing/random.ts";
import { relativeError } from "../testing/relative-error.ts";
import { ofPixel } from "../testing/worked-example.ts";
import { type BiTemperedOptions, biTempered } from "./bi-tempered.ts";
import { crossEntropy } from "./cross-entropy.ts";

const run = (options: BiTemperedOptions, x: readonly number[], label: number) =>
  ofPixel(biTempered(options), x, label);

describe("bi-tempered loss", () => {
  test("equals the hand-worked value and gradient", () => {
    // t1 = 0, t2 = 2, x = (0, -3/2): p = 2/3, 1/3 (exp_2 z = 1 / (1 - z)); log_0 u = u - 1.
    // y = 1: 1 - 1/3 - (1 - 4/9 - 1/9) / 2 = 4/9
    // h = (p - t) p^2 = 8/27, -2/27; escorts p^2 / sum = 4/5, 1/5; h - e (6/27) = 16/135, -16/135
    const { value, grad } = run({ t1: 0, t2: 2 }, [0, -1.5], 1);
    expect(relativeError([value], [4 / 9])).toBeLessThan(1e-14);
    expect(relativeError(grad, [16 / 135, -16 / 135])).toBeLessThan(1e-14);
  });

  test("of temperatures 1 is cross-entropy within 1e-12", () => {
    const logits = { data: Float64Array.from(uniformArray(seededRandom(1), 28, 5)), dims: [1, 4, 7] };
    const labels = { data: Uint8Array.of(0, 3, 1, 2, 2, 0, 3), dims: [1, 7] };
    const expected = referenceValueAndGrad(crossEntropy(), logits, labels);
    const got = referenceValueAndGrad(biTempered({ t1: 1, t2: 1 }), logits, labels);
    expect(relativeError([got.value], [expected.value])).toBeLessThan(1e-12);
    expect(relativeError(got.grad, expected.grad)).toBeLessThan(1e-12);
  });

  test("is bounded by 1 / (1 - t1), and finite up to logits of 1e9", () => {
    for (const x of [28, 1e5, 1e9]) {
      for (const label of [0, 1]) {
        const { value, grad } = run({}, [x, -x, 0], label);
        expect(value).toBeLessThan(5);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(grad.every(Number.isFinite)).toBe(true);
      }
    }
  });

  test("a class that is masked out is as if it were not there", () => {
    const target = { data: Uint8Array.of(1), dims: [1] };
    const masked = referenceValueAndGrad(
      biTempered({ labelSmoothing: 0.1 }),
      { data: Float64Array.of(9, 1, -2), dims: [1, 3] },
      target,
      { classMask: { data: Uint8Array.of(0, 1, 1), dims: [3] } },
    );
    const without = run({ labelSmoothing: 0.1 }, [1, -2], 0);
    expect(masked.value).toBe(without.value);
    expect([...masked.grad]).toEqual([0, ...without.grad]);
  });

  test("refuses a t1 above t2", () => {
    expect(() => run({ t1: 0.9, t2: 0.5 }, [0, 1], 0)).toThrow("t1 and t2");
  });
});
