import { describe, expect, test } from "vitest";
import { referenceValueAndGrad } from "../reference-value.ts";
import { relativeError } from "../testing/relative-error.ts";
import { expectWorked, ofPixel } from "../testing/worked-example.ts";
import { type JsDivergenceOptions, jsDivergence } from "./js-divergence.ts";

const LN2 = Math.LN2;
const LN3 = Math.log(3);

/** One pixel of logits against a teacher's. */
function distil(x: readonly number[], teacher: readonly number[], options: JsDivergenceOptions = {}) {
  const dims = [1, x.length];
  return referenceValueAndGrad(
    jsDivergence(options),
    { data: Float64Array.from(x), dims },
    { data: Uint8Array.of(0), dims: [1] },
    { teacher: { data: Float32Array.from(teacher), dims } },
  );
}

/** One pixel of probabilities against a dense target. */
const run = (p: readonly number[], t: readonly number[]) =>
  ofPixel(jsDivergence({ input: "probabilities" }), p, t);

describe("Jensen-Shannon divergence", () => {
  // p = 1/2, 1/2, t = 1, 0, m = 3/4, 1/4: (log 4/3 + 1/2 log 2/3 + 1/2 log 2) / 2 = 3/2 log 2 - 3/4 log 3
  const value = 1.5 * LN2 - 0.75 * LN3;

  test("equals the hand-worked value and gradient", () => {
    // dp = log(p / m) / 2 = log(2/3) / 2, log(2) / 2
    expectWorked(run([0.5, 0.5], [1, 0]), value, [(LN2 - LN3) / 2, LN2 / 2]);
  });

  test("of logits chains through the softmax", () => {
    // p_0 p_1 (dp_0 - dp_1) = -1/4 * log(3) / 2
    const dims = [1, 2];
    const result = referenceValueAndGrad(
      jsDivergence(),
      { data: new Float64Array(2), dims },
      { data: Uint8Array.of(1, 0), dims },
    );
    expectWorked(result, value, [-LN3 / 8, LN3 / 8]);
  });

  test("is symmetric", () => {
    const [a, b] = [
      [0.125, 0.625, 0.25],
      [0.5, 0.0625, 0.4375],
    ];
    expect(relativeError([run(a, b).value], [run(b, a).value])).toBeLessThan(1e-14);
  });

  test("is log 2 where nothing is shared, and 0 where all is", () => {
    const apart = run([1, 0], [0, 1]);
    expect(relativeError([apart.value, apart.grad[0]], [LN2, LN2 / 2])).toBeLessThan(1e-14);
    expect(apart.grad[1]).toBe(Number.NEGATIVE_INFINITY);
    expectWorked(run([1, 0], [1, 0]), 0, [0, 0]);
    expectWorked(run([0, 0], [0, 0]), 0, [0, 0]);
  });

  test("at a temperature is that of the softened, times its square", () => {
    const plain = distil([0, 1], [2, 0]);
    const softened = distil([0, 2], [4, 0], { temperature: 2 });
    expectWorked(
      softened,
      4 * plain.value,
      [...plain.grad].map((g) => 2 * g),
    );
  });

  test("keeps the divergence of a student 1e-6 from its teacher, within 1e-5", () => {
    // a quarter of the Kullback-Leibler divergence, d^2 / 8
    const d = Math.fround(1e-6);
    const { value, grad } = distil([0, 0], [d, 0]);
    expect(relativeError([value], [d ** 2 / 32])).toBeLessThan(1e-5);
    expect(relativeError(grad, [-d / 16, d / 16])).toBeLessThan(1e-5);
  });

  test("is at most log 2 and finite on logits of 1e9", () => {
    const { value, grad } = distil([1e9, -1e9, 0], [-1e9, 1e9, 0]);
    expect(relativeError([value], [LN2])).toBeLessThan(1e-14);
    expect([...grad].every(Number.isFinite)).toBe(true);
  });
});
