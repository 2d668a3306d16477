import { describe, expect, test } from "vitest";
import { referenceValueAndGrad } from "../reference-value.ts";
import { seededRandom, uniformArray } from "../testing/random.ts";
import { relativeError } from "../testing/relative-error.ts";
import { type BootstrappedOptions, bootstrapped } from "./bootstrapped.ts";
import { topK } from "./top-k.ts";

const LN2 = Math.LN2;
const LN3 = Math.log(3);
const LN4 = Math.log(4);

// image 0: log 4, log 4/3; image 1: log 2, log 4/3; channel 1 holds x, channel 0 zeros
const LOGITS = { data: Float64Array.of(0, 0, LN3, LN3, 0, 0, 0, -LN3), dims: [2, 2, 2] };
const LABELS = { data: Uint8Array.of(0, 1, 1, 0), dims: [2, 2] };

function run(options: BootstrappedOptions, labels = LABELS) {
  return referenceValueAndGrad(bootstrapped(options), LOGITS, labels);
}

describe("bootstrapped cross-entropy", () => {
  test("equals the hand-worked value and gradient: the mean over images of their hardest pixel", () => {
    const { value, grad } = run({ minKept: 1 });
    expect(relativeError([value], [(LN4 + LN2) / 2])).toBeLessThan(1e-14);
    expect(relativeError(grad, [-3 / 8, 0, 3 / 8, 0, 1 / 4, 0, -1 / 4, 0])).toBeLessThan(1e-14);
  });

  test("keeps all above the threshold where they are more than k, else k", () => {
    // above 0.2 all four, above 0.5 one of each, above 9 none
    const log43 = Math.log(4 / 3);
    const all = (LN4 + LN2 + 2 * log43) / 4;
    expect(run({ minKept: 1, lossThreshold: 0.2 }).value).toBeCloseTo(all, 14);
    expect(run({ minKept: 1, lossThreshold: 0.5 }).value).toBeCloseTo((LN4 + LN2) / 2, 14);
    expect(run({ minKept: 2, lossThreshold: 9 }).value).toBeCloseTo(all, 14);
    expect(run({ minKept: 99 }).value).toBeCloseTo(all, 14);
  });

  test("of a percentage is top-k of each image", () => {
    const random = seededRandom(2);
    const logits = { data: uniformArray(random, 2 * 3 * 20, 3), dims: [2, 3, 20] };
    const target = { data: Uint8Array.from({ length: 40 }, () => Math.floor(3 * random())), dims: [2, 20] };
    const got = referenceValueAndGrad(bootstrapped({ percent: 35 }), logits, target);
    const expected = referenceValueAndGrad(topK({ percent: 35, accumulate: "image" }), logits, target);
    expect(got.value).toBe(expected.value);
    expect(relativeError(got.grad, expected.grad)).toBe(0);
  });

  test("ignored pixels do not rank, and an image of them is left out of the mean", () => {
    const labels = { data: Uint8Array.of(9, 1, 9, 9), dims: [2, 2] };
    expect(run({ minKept: 2, ignoreIndex: 9 }, labels).value).toBeCloseTo(Math.log(4 / 3), 14);
    const nothing = { data: Uint8Array.of(9, 9, 9, 9), dims: [2, 2] };
    expect(run({ ignoreIndex: 9 }, nothing).value).toBe(0);
    expect(() => run({ ignoreIndex: 9, allIgnored: "throw" }, nothing)).toThrow(
      expect.objectContaining({ code: "ALL_IGNORED" }),
    );
  });

  test("refuses k and percent together", () => {
    expect(() => run({ minKept: 1, percent: 10 })).toThrow(
      expect.objectContaining({ code: "OPTION_CONFLICT" }),
    );
  });
});
