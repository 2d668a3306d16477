import { describe, expect, test } from "vitest";
import { referenceValueAndGrad } from "../reference-value.ts";
import { relativeError } from "../testing/relative-error.ts";
import { ofPixel } from "../testing/worked-example.ts";
import { type FocalCosineOptions, focalCosine } from "./focal-cosine.ts";

const run = (options: FocalCosineOptions, x: readonly number[], label: number) =>
  ofPixel(focalCosine(options), x, label);

describe("focal cosine loss", () => {
  test("equals the hand-worked value and gradient", () => {
    // x = (3, 4), y = 0: v = (3/5, 4/5), 1 - 3/5; d = (-1, 0), v d = -3/5, (d + (3/5) v) / 5 = (-16/25, 12/25) / 5
    const cosine = run({ focalWeight: 0 }, [3, 4], 0);
    expect(relativeError([cosine.value, ...cosine.grad], [0.4, -16 / 125, 12 / 125])).toBeLessThan(1e-14);
    // The focal part, gamma 0: log(1 + exp(1/5)); p_1 = s(1/5), d = (-p_1, p_1), v d = p_1 / 5
    const p = 1 / (1 + Math.exp(-0.2));
    const { value, grad } = run({ focalWeight: 1, gamma: 0 }, [3, 4], 0);
    expect(relativeError([value], [0.4 + Math.log1p(Math.exp(0.2))])).toBeLessThan(1e-14);
    const turned = [-16 / 125 + (p * (-1 - 3 / 25)) / 5, 12 / 125 + (p * (1 - 4 / 25)) / 5];
    expect(relativeError(grad, turned)).toBeLessThan(1e-14);
  });

  test("does not change with the length of the logits, and its gradient is across them", () => {
    const x = [1, -2, 0.5];
    const { value, grad } = run({}, x, 1);
    expect(relativeError([run({}, [1e3, -2e3, 500], 1).value], [value])).toBeLessThan(1e-14);
    expect(Math.abs(x.reduce((sum, v, c) => sum + v * grad[c], 0))).toBeLessThan(1e-15);
  });

  test("keeps the digits of a small angle", () => {
    // 1 - cos = r^2 / 2 for x = (1, r), to first order
    const { value } = run({ focalWeight: 0 }, [1, 1e-9], 0);
    expect(relativeError([value], [5e-19])).toBeLessThan(1e-14);
  });

  test("a class that is masked out is as if it were not there", () => {
    const masked = referenceValueAndGrad(
      focalCosine(),
      { data: Float64Array.of(9, 1, -2), dims: [1, 3] },
      { data: Uint8Array.of(1), dims: [1] },
      { classMask: { data: Uint8Array.of(0, 1, 1), dims: [3] } },
    );
    const without = run({}, [1, -2], 0);
    expect(masked.value).toBe(without.value);
    expect([...masked.grad]).toEqual([0, ...without.grad]);
  });

  test("is finite up to logits of 1e9, and at 0", () => {
    for (const x of [0, 1e-30, 1e9]) {
      for (const label of [0, 1]) {
        const { value, grad } = run({ gamma: 0.5 }, [x, -x], label);
        expect([value, ...grad].every(Number.isFinite)).toBe(true);
      }
    }
  });
});
