import { describe, expect, test } from "vitest";
import { oneHot, softmax } from "../activations.ts";
import { OneBand } from "../bands.ts";
import type { Loss } from "../loss.ts";
import { referenceValueAndGrad } from "../reference-value.ts";
import { softSkeleton } from "../surface/soft-skeleton.ts";
import { centralDifferences } from "../testing/central-differences.ts";
import { relativeError } from "../testing/relative-error.ts";
import { shapesProblem } from "../testing/shapes-problem.ts";
import { clDice } from "./cl-dice.ts";
import { diceClDice } from "./dice-cl-dice.ts";

describe("centerline Dice of one channel", () => {
  const options = { iterations: 0, input: "probabilities" } as const;
  const p = { data: Float64Array.of(0.2, 0.9, 0.4), dims: [1, 1, 3] };
  const g = { data: Uint8Array.of(0, 1, 0), dims: [1, 1, 3] };

  test("equals the hand-worked value and gradient", () => {
    // S_p = 0, 1/2, 0 and S_g = 0, 1, 0: Tp = 3/2 / 3/2 = 1, Ts = 1.9 / 2: 1 - 2 * 0.95 / 1.95 = 1/39
    // Tp does not change with S_p(1); dL/dTs = -2 / 1.95^2, dTs/dp_1 = 1/2
    const { value, grad } = referenceValueAndGrad(clDice(options), p, g);
    expect(relativeError([value], [1 / 39])).toBeLessThan(1e-14);
    expect(relativeError(grad, [0, -1 / 1.95 ** 2, 0])).toBeLessThan(1e-14);
  });

  test("with Dice is their weighted mean", () => {
    // Dice: N = 2 * 0.9 + 1, D = 1.5 + 1 + 1: 1 - 0.8; dDice/dp = N / D^2 - 2 g / D
    const { value, grad } = referenceValueAndGrad(diceClDice({ ...options, alpha: 0.25 }), p, g);
    expect(relativeError([value], [0.25 / 39 + 0.75 * 0.2])).toBeLessThan(1e-14);
    const ofBottom = 2.8 / 3.5 ** 2;
    const expected = [ofBottom, ofBottom - 2 / 3.5, ofBottom].map((d) => 0.75 * d);
    expected[1] -= 0.25 / 1.95 ** 2;
    expect(relativeError(grad, expected)).toBeLessThan(1e-14);
  });

  test("without smoothing is 0 of nothing, and 1 of what misses", () => {
    const bare = clDice({ ...options, smooth: 0 });
    const dims = [1, 1, 3];
    const value = (a: readonly number[], b: readonly number[]) =>
      bare.value({ data: Float32Array.from(a), dims }, { data: Uint8Array.from(b), dims });
    expect(value([0, 0, 0], [0, 0, 0])).toBe(0);
    expect(value([1, 0, 0], [0, 0, 1])).toBe(1);
  });

  test("weighs pixels; one of weight 0 is outside of the image, as one ignored", () => {
    const wider = { data: Float64Array.of(0.2, 0.9, 0.4, 1), dims: [1, 1, 4] };
    const pixelWeights = { data: Float32Array.of(1, 2, 1, 0), dims: [1, 4] };
    const weighted = referenceValueAndGrad(
      clDice(options),
      wider,
      { data: Uint8Array.of(0, 1, 0, 1), dims: [1, 1, 4] },
      { pixelWeights },
    );
    // Ts = (1.8 + 1) / (2 + 1)
    expect(relativeError([weighted.value], [1 - (2 * 2.8) / 5.8])).toBeLessThan(1e-14);
    const ignoring = referenceValueAndGrad(clDice({ ...options, ignoreIndex: 9 }), wider, {
      data: Uint8Array.of(0, 1, 0, 9),
      dims: [1, 1, 4],
    });
    expect(relativeError([ignoring.value], [1 / 39])).toBeLessThan(1e-14);
    expect(ignoring.grad[3]).toBe(0);
  });
});

describe("centerline Dice of several channels", () => {
  const { logits, target } = shapesProblem(2, [2, 3, 6, 7], { margin: 1 });

  test("has sums over batch and classes together, without the background: within 1e-6", () => {
    const p = softmax(logits).data;
    const g = oneHot(target, 3).data;
    const sums = { spG: 0, sp: 0, sgP: 0, sg: 0 };
    for (const row of [1, 2, 4, 5]) {
      const part = (all: ArrayLike<number>) => Float64Array.from(all).subarray(row * 42, (row + 1) * 42);
      const skeleton = (of: Float64Array) =>
        softSkeleton(of, undefined, [6, 7], 3, new OneBand(), new Float64Array(42));
      const [ofP, ofG] = [part(p), part(g)];
      skeleton(ofP).forEach((s, i) => {
        sums.spG += s * ofG[i];
        sums.sp += s;
      });
      skeleton(ofG).forEach((s, i) => {
        sums.sgP += s * ofP[i];
        sums.sg += s;
      });
    }
    const precision = (sums.spG + 1) / (sums.sp + 1);
    const sensitivity = (sums.sgP + 1) / (sums.sg + 1);
    const expected = 1 - (2 * precision * sensitivity) / (precision + sensitivity);
    expect(relativeError([clDice().value(logits, target)], [expected])).toBeLessThan(1e-6);
  });

  test("is 0 for a perfect prediction, and takes dense targets", () => {
    const dense = oneHot(target, 3);
    const perfect = { data: Float32Array.from(dense.data), dims: dense.dims };
    for (const loss of [clDice({ input: "probabilities" }), diceClDice({ input: "probabilities" })]) {
      expect(loss.value(perfect, target)).toBe(0);
      expect(loss.value(perfect, dense)).toBe(0);
    }
  });

  test("alpha 1 is centerline Dice", () => {
    expect(diceClDice({ alpha: 1 }).valueAndGrad(logits, target).grad).toEqual(
      clDice().valueAndGrad(logits, target).grad,
    );
  });

  test("classMask leaves a class out: the same as not choosing it", () => {
    const sigmoid = { activation: "sigmoid", oneVsRest: true } as const;
    const classMask = { data: Uint8Array.of(1, 0, 1), dims: [3] };
    const masked = clDice(sigmoid).valueAndGrad(logits, target, { classMask });
    const chosen = clDice({ ...sigmoid, classes: [2] }).valueAndGrad(logits, target);
    expect(masked.value).toBe(chosen.value);
    expect(masked.grad.data).toEqual(chosen.grad.data);
  });
});

describe("centerline Dice: the gradient is within 1e-6 of central differences", () => {
  test.each<[string, Loss, readonly [number, number, ...number[]]]>([
    ["1-D", clDice({ ignoreIndex: 255 }), [2, 2, 13]],
    ["2-D", clDice({ ignoreIndex: 255, iterations: 2 }), [2, 3, 5, 6]],
    ["3-D, sigmoid", clDice({ ignoreIndex: 255, smooth: 0.1 }), [1, 1, 4, 5, 3]],
    ["with Dice", diceClDice({ ignoreIndex: 255, classes: "all" }), [1, 3, 5, 6]],
  ])("%s", (_, loss, dims) => {
    const { logits, target } = shapesProblem(9, dims, { margin: 1, ignored: 0.05 });
    const { grad } = referenceValueAndGrad(loss, logits, target);
    expect(relativeError(grad, centralDifferences(loss, { logits, target }).grad)).toBeLessThan(1e-6);
  });
});
