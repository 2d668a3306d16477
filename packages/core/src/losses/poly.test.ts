import { describe, expect, test } from "vitest";
import { referenceValueAndGrad } from "../reference-value.ts";
import { seededRandom, uniformArray } from "../testing/random.ts";
import { relativeError } from "../testing/relative-error.ts";
import { ofPixel } from "../testing/worked-example.ts";
import { binaryCrossEntropy } from "./binary-cross-entropy.ts";
import { crossEntropy } from "./cross-entropy.ts";
import { type PolyOptions, poly } from "./poly.ts";

const LN3 = Math.log(3);

const ofLabel = (options: PolyOptions, x: readonly number[], label: number) =>
  ofPixel(poly(options), x, label);

describe("poly loss", () => {
  test("equals the hand-worked value and gradient", () => {
    // p = 3/4, 1/4, y = 1: log 4 + 2 (3/4); dl/dlog p_y = -(1 + 2/4), times 1 - p_y = 3/4
    const { value, grad } = ofLabel({ epsilon: 2 }, [LN3, 0], 1);
    expect(relativeError([value], [Math.log(4) + 1.5])).toBeLessThan(1e-15);
    expect(relativeError(grad, [9 / 8, -9 / 8])).toBeLessThan(1e-15);
  });

  test("on a sigmoid equals the hand-worked value and gradient", () => {
    // p = 3/4, t = 0: log 4 + 2 (3/4); 3/4 + 2 (3/16)
    const { value, grad } = referenceValueAndGrad(
      poly({ base: "binary-cross-entropy", epsilon: 2 }),
      { data: Float64Array.of(LN3), dims: [1, 1] },
      { data: Uint8Array.of(0), dims: [1, 1] },
    );
    expect(relativeError([value, ...grad], [Math.log(4) + 1.5, 9 / 8])).toBeLessThan(1e-15);
  });

  test("with epsilon 0 is its base within 1e-14", () => {
    const dims = [1, 3, 5];
    const logits = { data: Float64Array.from(uniformArray(seededRandom(1), 15, 4)), dims };
    const soft = { data: uniformArray(seededRandom(2), 15).map(Math.abs), dims };
    for (const [base, loss] of [
      ["cross-entropy", crossEntropy()],
      ["binary-cross-entropy", binaryCrossEntropy()],
    ] as const) {
      const expected = referenceValueAndGrad(loss, logits, soft);
      const got = referenceValueAndGrad(poly({ base, epsilon: 0 }), logits, soft);
      expect(relativeError([got.value], [expected.value])).toBeLessThan(1e-14);
      expect(relativeError(got.grad, expected.grad)).toBeLessThan(1e-14);
    }
  });

  test("on a confidently right pixel keeps the digits of a value of 2e-25", () => {
    // CE and 1 - p are both exp(-56) to first order.
    const { value } = ofLabel({}, [28, -28], 0);
    expect(relativeError([value], [2 * Math.exp(-56)])).toBeLessThan(1e-14);
  });

  test("is finite up to logits of 1e9", () => {
    for (const label of [0, 1]) {
      const { value, grad } = ofLabel({}, [1e9, -1e9], label);
      expect([value, ...grad].every(Number.isFinite)).toBe(true);
    }
  });

  test("refuses oneVsRest for a softmax", () => {
    expect(() => ofLabel({ oneVsRest: true }, [0, 0], 0)).toThrow("oneVsRest and base");
  });
});
