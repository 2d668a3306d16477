import { describe, expect, test } from "vitest";
import type { LossExtra } from "../loss.ts";
import { referenceValueAndGrad } from "../reference-value.ts";
import { relativeError } from "../testing/relative-error.ts";
import { expectWorked, ofPixel } from "../testing/worked-example.ts";
import { type KlDivergenceOptions, klDivergence } from "./kl-divergence.ts";

const LN2 = Math.LN2;
const LN3 = Math.log(3);

/** One pixel against a teacher; the target is a label that says nothing. */
function distil(
  options: KlDivergenceOptions,
  x: readonly number[],
  teacher: readonly number[],
  { label = 0, ...extra }: LossExtra & { readonly label?: number } = {},
) {
  const dims = [1, x.length];
  return referenceValueAndGrad(
    klDivergence(options),
    { data: Float64Array.from(x), dims },
    { data: Int32Array.of(label), dims: [1] },
    { ...extra, teacher: { data: Float32Array.from(teacher), dims } },
  );
}

/** One pixel against a dense target. */
const run = (options: KlDivergenceOptions, x: readonly number[], t: readonly number[], extra?: LossExtra) =>
  ofPixel(klDivergence(options), x, t, extra);

describe("Kullback-Leibler divergence", () => {
  // p = 1/4, 3/4, t = 1/2, 1/2: 1/2 log 2 + 1/2 log 2/3 = log 2 - 1/2 log 3
  const forward = LN2 - LN3 / 2;
  // 1/4 log 1/2 + 3/4 log 3/2 = 3/4 log 3 - log 2; u = -log 2, log 3/2, their mean under p the value itself
  const reverse = 0.75 * LN3 - LN2;

  test("equals the hand-worked value and gradient", () => {
    expectWorked(run({}, [0, LN3], [0.5, 0.5]), forward, [-1 / 4, 1 / 4]);
  });

  test("in reverse is that of the student from the teacher", () => {
    // p_0 (u_0 - value) = 1/4 (-3/4 log 3)
    const g = (3 / 16) * LN3;
    expectWorked(run({ direction: "reverse" }, [0, LN3], [0.5, 0.5]), reverse, [-g, g]);
  });

  test("of probabilities has the gradient by p", () => {
    const input = "probabilities";
    expectWorked(run({ input }, [0.25, 0.75], [0.5, 0.5]), forward, [-2, -2 / 3]);
    expectWorked(run({ input, direction: "reverse" }, [0.25, 0.75], [0.5, 0.5]), reverse, [
      1 - LN2,
      1 + LN3 - LN2,
    ]);
  });

  test("of log-probabilities has the gradient by log p", () => {
    const input = "log-probabilities";
    const logs = [-2 * LN2, LN3 - 2 * LN2];
    expectWorked(run({ input }, logs, [0.5, 0.5]), forward, [-1 / 2, -1 / 2]);
  });

  test("reads extra.teacher as the input: logits, probabilities, log-probabilities", () => {
    expectWorked(distil({}, [0, LN3], [3, 3]), forward, [-1 / 4, 1 / 4]);
    expectWorked(distil({ input: "probabilities" }, [0.25, 0.75], [0.5, 0.5]), forward, [-2, -2 / 3]);
    const input = "log-probabilities";
    const { value, grad } = distil({ input }, [-2 * LN2, LN3 - 2 * LN2], [-LN2, -LN2]);
    // The teacher is float32: log 2 is off by 3e-8 of itself.
    expect(relativeError([value], [forward])).toBeLessThan(1e-6);
    expect(relativeError(grad, [-1 / 2, -1 / 2])).toBeLessThan(1e-6);
  });

  test("takes the target for what is ignored only, if there is a teacher", () => {
    const { value, grad } = distil({ ignoreIndex: 255 }, [0, LN3], [3, 3], { label: 255 });
    expect(value).toBe(0);
    expect(relativeError(grad, [0, 0])).toBe(0);
    const teacher = { data: Float32Array.of(3, 3), dims: [1, 2] };
    expectWorked(run({}, [0, LN3], [1, 0], { teacher }), forward, [-1 / 4, 1 / 4]);
  });

  test("asks for a teacher where the target is labels", () => {
    const logits = { data: Float64Array.of(0, 1), dims: [1, 2] };
    expect(() =>
      referenceValueAndGrad(klDivergence(), logits, { data: Uint8Array.of(1), dims: [1] }),
    ).toThrow(expect.objectContaining({ code: "EXTRA_MISSING" }));
  });

  test("names a number of the teacher that is not finite, or no probability", () => {
    expect(() => distil({}, [0, 1], [0, Number.NaN])).toThrow(
      expect.objectContaining({ code: "VALUE_NOT_FINITE", context: { value: Number.NaN, position: [0, 1] } }),
    );
    expect(() => distil({ input: "probabilities" }, [0, 1], [0, 2])).toThrow(
      expect.objectContaining({ code: "PROBABILITY_OUT_OF_RANGE" }),
    );
  });
});

describe("Kullback-Leibler divergence at a temperature", () => {
  test("divides both logits, and multiplies the loss by its square", () => {
    // T = 2: as above with logits 0, 2 log 3; gradient T^2 / T times that of the softened
    const value = LN2 - LN3 / 2;
    const student = [0, 2 * LN3];
    expectWorked(distil({ temperature: 2 }, student, [8, 8]), 4 * value, [-1 / 2, 1 / 2]);
    const none = { temperature: 2, temperatureScaling: "none" } as const;
    expectWorked(distil(none, student, [8, 8]), value, [-1 / 8, 1 / 8]);
  });

  test("takes a dense target as it is", () => {
    expectWorked(run({ temperature: 2 }, [0, 2 * LN3], [0.5, 0.5]), 4 * (LN2 - LN3 / 2), [-1 / 2, 1 / 2]);
  });

  test("has none for probabilities", () => {
    expect(() => run({ temperature: 2, input: "probabilities" }, [0.5, 0.5], [0.5, 0.5])).toThrow(
      expect.objectContaining({ code: "OPTION_CONFLICT" }),
    );
  });
});

describe("the masses of distributions that do not add up to 1", () => {
  // p = 1/4, 1/4, t = 1/2, 1/4: 1/2 log 2
  const input = "probabilities";

  test("are ignored, or counted as their difference", () => {
    expectWorked(run({ input }, [0.25, 0.25], [0.5, 0.25]), LN2 / 2, [-2, -1]);
    const counted = run({ input, mass: "counted" }, [0.25, 0.25], [0.5, 0.25]);
    expect(relativeError([counted.value], [LN2 / 2 - 1 / 4])).toBeLessThan(1e-14);
    expect(relativeError(counted.grad, [-1, 0])).toBeLessThan(1e-14);
  });

  test("of logits is 1, that of a target its own", () => {
    // p = 1/2, 1/2, t = 1/2, 1/4: 1/4 log 1/2; counted 1/4 log 1/2 + 1 - 3/4; gradient p 3/4 - t
    const grad = [-1 / 8, 1 / 8];
    expectWorked(run({}, [0, 0], [0.5, 0.25]), -LN2 / 4, grad);
    expectWorked(run({ mass: "counted" }, [0, 0], [0.5, 0.25]), (1 - LN2) / 4, grad);
  });
});

describe("zeros", () => {
  const input = "probabilities";

  test("0 log 0 is 0, also of the student", () => {
    expectWorked(run({ input }, [1, 0], [1, 0]), 0, [-1, 0]);
    expectWorked(run({ input }, [0.5, 0.5], [1, 0]), LN2, [-2, 0]);
    const reverse = run({ input, direction: "reverse" }, [1, 0], [0.5, 0.5]);
    expect(relativeError([reverse.value, reverse.grad[0]], [LN2, 1 + LN2])).toBeLessThan(1e-14);
    expect(reverse.grad[1]).toBe(Number.NEGATIVE_INFINITY);
  });

  test("what a student gives no probability is infinitely far, or held by the clamp", () => {
    expect(run({ input }, [0, 1], [0.5, 0.5]).value).toBe(Number.POSITIVE_INFINITY);
    // p = 1/4, 1, t = 1/2, 1/2 once clamped
    const clamped = { input, clamp: "probability", epsilon: 0.25 } as const;
    expectWorked(run(clamped, [0, 1], [0.5, 0.5]), 0.5 * LN2 + 0.5 * -LN2, [0, -1 / 2]);
  });

  test("a clamp makes the reverse of a one-hot target finite", () => {
    const { value, grad } = run({ direction: "reverse", clamp: "probability" }, [0, LN3], [0, 1]);
    expect(Number.isFinite(value)).toBe(true);
    expect([...grad].every(Number.isFinite)).toBe(true);
  });
});

describe("reductions", () => {
  test("spread elements divides by the channels too; none keeps the sum over channels", () => {
    const [value, g] = [LN2 - LN3 / 2, 1 / 4];
    expectWorked(run({ spread: "elements" }, [0, LN3], [0.5, 0.5]), value / 2, [-g / 2, g / 2]);
    expectWorked(run({ spread: "elements", reduction: "sum" }, [0, LN3], [0.5, 0.5]), value, [-g, g]);
    expectWorked(run({ spread: "elements", reduction: "none" }, [0, LN3], [0.5, 0.5]), value, [-g, g]);
  });

  test("leaves masked classes out", () => {
    const classMask = { data: Uint8Array.of(1, 0, 1), dims: [3] };
    const result = distil({ spread: "elements" }, [0, 5, LN3], [3, 9, 3], { classMask });
    expectWorked(result, (LN2 - LN3 / 2) / 2, [-1 / 8, 0, 1 / 8]);
  });
});

describe("precision", () => {
  test("is 0 with gradient 0 where student and teacher are one", () => {
    for (const direction of ["forward", "reverse"] as const) {
      const { value, grad } = distil({ direction }, [0.5, -28, 28], [0.5, -28, 28]);
      expect(value).toBe(0);
      expect(Math.max(...grad.map(Math.abs))).toBeLessThan(1e-25);
    }
  });

  test("keeps the divergence of a student 1e-6 from its teacher, within 1e-5", () => {
    // d^2 / 2 times the variance of t, 1/4, up to the third order
    const d = Math.fround(1e-6);
    for (const direction of ["forward", "reverse"] as const) {
      const { value, grad } = distil({ direction }, [0, 0], [d, 0]);
      expect(relativeError([value], [d ** 2 / 8])).toBeLessThan(1e-5);
      expect(relativeError(grad, [-d / 4, d / 4])).toBeLessThan(1e-5);
    }
  });

  test("keeps the gradient of a confident student and a surer teacher, within 1e-14", () => {
    // p_0 = 1 / (1 + e^28), t_0 = 1 / (1 + e^30): gradient p_0 - t_0
    const g = 1 / (1 + Math.exp(28)) - 1 / (1 + Math.exp(30));
    expect(relativeError(distil({}, [-28, 0], [-30, 0]).grad, [g, -g])).toBeLessThan(1e-14);
  });

  test("is finite on logits of 1e9", () => {
    for (const direction of ["forward", "reverse"] as const) {
      const { value, grad } = distil({ direction }, [1e9, -1e9, 0], [-1e9, 1e9, 0]);
      expect(Number.isFinite(value)).toBe(true);
      expect([...grad].every(Number.isFinite)).toBe(true);
    }
  });
});
