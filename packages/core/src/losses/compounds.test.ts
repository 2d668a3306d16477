/** Losses that are a cross-entropy and an overlap in one. */
import { describe, expect, test } from "vitest";
import { parseLoss } from "../expression.ts";
import { referenceValueAndGrad } from "../reference-value.ts";
import { seededRandom, uniformArray } from "../testing/random.ts";
import { relativeError } from "../testing/relative-error.ts";

const LN2 = Math.LN2;

describe("one channel, p = 1/2, 1/2, t = 1, 0", () => {
  const run = (loss: string) =>
    referenceValueAndGrad(
      parseLoss(loss),
      { data: new Float64Array(2), dims: [1, 1, 2] },
      { data: Uint8Array.of(1, 0), dims: [1, 1, 2] },
    );

  test("combo is alpha times the weighted cross-entropy less 1 - alpha times Dice, here 2/3", () => {
    // (1/4 ln 2 + 3/4 ln 2) / 2, gradient -1/4 / 2 / 2, 3/4 / 2 / 2; Dice's gradient 1/9, -1/18
    const { value, grad, terms } = run("combo(alpha=0.25, beta=0.25)");
    expect(relativeError([value], [LN2 / 8 - 1 / 2])).toBeLessThan(1e-14);
    expect(relativeError(grad, [-1 / 64 - 1 / 12, 3 / 64 + 1 / 24])).toBeLessThan(1e-14);
    expect(terms.map(({ id, weight }) => [id, weight])).toEqual([
      ["cross-entropy", 0.25],
      ["dice", 0.75],
    ]);
  });

  test("unified focal takes the complement for the background", () => {
    // cross-entropy: foreground 0.6 ln 2, background 0.4 sqrt(1/2) ln 2; both Tversky scores 1/2, but for the smoothing
    const u = 0.5 / (1 + 1e-7);
    const asymmetric = ((0.6 + 0.4 * Math.SQRT1_2) / 2) * LN2 + (u + Math.sqrt(u)) / 2;
    const symmetric = (((0.6 + 0.4) * Math.SQRT1_2) / 2) * LN2 + Math.sqrt(u);
    expect(relativeError([run("unified-focal").value], [asymmetric / 2])).toBeLessThan(1e-14);
    expect(relativeError([run("unified-focal(variant=symmetric)").value], [symmetric / 2])).toBeLessThan(
      1e-14,
    );
  });

  test("exponential logarithmic is 0.8 (-log 2/3)^0.3 + 0.2 (log 2)^0.3, with class weights in the second", () => {
    const dice = 0.8 * Math.log(1.5) ** 0.3;
    expect(relativeError([run("exponential-logarithmic").value], [dice + 0.2 * LN2 ** 0.3])).toBeLessThan(
      1e-14,
    );
    expect(
      relativeError(
        [run("exponential-logarithmic(classWeights=[1, 4])").value],
        [dice + 0.2 * 2.5 * LN2 ** 0.3],
      ),
    ).toBeLessThan(1e-14);
  });
});

describe("several channels", () => {
  const random = seededRandom(11);
  const x = Float64Array.from(uniformArray(random, 2 * 4 * 9, 4));
  const logits = { data: x, dims: [2, 4, 9] };
  const target = { data: Uint8Array.from({ length: 18 }, () => Math.floor(4 * random())), dims: [2, 9] };
  const run = (loss: string) => referenceValueAndGrad(parseLoss(loss), logits, target);

  test.each([
    [
      "unified-focal(gamma=0, delta=0.5)",
      "0.25*cross-entropy + 0.5*tversky(smooth=0.0000001, accumulate=image)",
    ],
    [
      "exponential-logarithmic(gammaDice=1, gammaCrossEntropy=1, classWeights=[1, 2, 3, 4])",
      "0.8*dice(form=log) + 0.2*cross-entropy(classWeights=[1, 2, 3, 4], divisor=valid)",
    ],
    ["combo(alpha=0)", "dice(form=negative)"],
    ["combo(alpha=1, beta=1)", "0.25*cross-entropy"],
  ])("%s is %s, within 1e-12", (one, other) => {
    const [a, b] = [run(one), run(other)];
    expect(relativeError([a.value], [b.value])).toBeLessThan(1e-12);
    expect(relativeError(a.grad, b.grad)).toBeLessThan(1e-12);
  });

  test("combo under a softmax sets every class against the rest: -log(1 - p) is that of the sum of the others", () => {
    // beta 0: mean over 3 wrong classes and the right one, which counts nothing, of -log(1 - p_c)
    const [a, b, c, y] = [0.1, 0.2, 0.3, 0.4];
    const { value } = referenceValueAndGrad(
      parseLoss("combo(alpha=1, beta=0)"),
      { data: Float64Array.of(...[a, b, c, y].map(Math.log)), dims: [1, 4, 1] },
      { data: Uint8Array.of(3), dims: [1, 1] },
    );
    expect(relativeError([value], [-(Math.log(0.9) + Math.log(0.8) + Math.log(0.7)) / 4])).toBeLessThan(
      1e-14,
    );
  });

  test.each(["unified-focal", "unified-focal(variant=symmetric)", "exponential-logarithmic"])(
    "%s of one logit is that of the logits 0 and x, within 1e-12",
    (loss) => {
      const n = 12;
      const single = Float64Array.from(uniformArray(random, n, 4));
      const labels = Uint8Array.from({ length: n }, () => Math.floor(2 * random()));
      const one = referenceValueAndGrad(
        parseLoss(loss),
        { data: single, dims: [1, 1, n] },
        { data: labels, dims: [1, n] },
      );
      const two = referenceValueAndGrad(
        parseLoss(loss),
        { data: Float64Array.of(...new Float64Array(n), ...single), dims: [1, 2, n] },
        { data: labels, dims: [1, n] },
      );
      expect(relativeError([one.value], [two.value])).toBeLessThan(1e-12);
      expect(relativeError(one.grad, two.grad.slice(n))).toBeLessThan(1e-12);
    },
  );
});

describe("confident pixels", () => {
  test.each(["combo", "unified-focal", "exponential-logarithmic"])(
    "%s is finite on logits up to 1e9, right and wrong, and so is its gradient",
    (loss) => {
      for (const size of [28, 800, 1e9]) {
        for (const labels of [
          [0, 1, 2],
          [1, 2, 0],
        ]) {
          const data = Float64Array.from({ length: 9 }, (_, i) => (i % 4 === 0 ? size : -size));
          const { value, grad } = referenceValueAndGrad(
            parseLoss(loss),
            { data, dims: [1, 3, 3] },
            { data: Uint8Array.from(labels), dims: [1, 3] },
          );
          expect([value, ...grad].every(Number.isFinite), `${loss} ${size}`).toBe(true);
        }
      }
    },
  );

  test("combo keeps the small gradient of a pixel that is confidently right: 2 exp(-40) at two logits 40 apart", () => {
    const { grad } = referenceValueAndGrad(
      parseLoss("combo(alpha=1, beta=0.5)"),
      { data: Float64Array.of(40, 0), dims: [1, 2, 1] },
      { data: Uint8Array.of(0), dims: [1, 1] },
    );
    // half of (1/2 + 1/2) (p - onehot): both sides of a two-class softmax are the same cross-entropy
    const q = 1 / (1 + Math.exp(40));
    expect(relativeError(grad, [-q / 2, q / 2])).toBeLessThan(1e-12);
  });
});
