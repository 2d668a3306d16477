import { describe, expect, test } from "vitest";
import { sigmoidPixelTerm } from "../families/sigmoid-pixel.ts";
import type { Loss } from "../loss.ts";
import { binaryCrossEntropy } from "../losses/binary-cross-entropy.ts";
import { lossOfTerms } from "../single-loss.ts";
import { centralDifferences } from "./central-differences.ts";
import { relativeError } from "./relative-error.ts";

/** The sum over one channel of `value(x)`. */
function lossOf(value: (x: number) => number): Loss {
  const term = sigmoidPixelTerm({
    id: "test",
    options: { reduction: "sum" },
    element: (x) => ({ value: value(x), slope: Number.NaN }),
  });
  return lossOfTerms({ id: "test", options: {} }, "labels", () => [{ weight: 1, term }]);
}

function differencesOf(loss: Loss, x: readonly number[]) {
  const dims = [1, 1, x.length];
  const logits = { data: Float32Array.from(x), dims };
  return centralDifferences(loss, { logits, target: { data: new Uint8Array(x.length), dims } });
}

describe("central differences", () => {
  test("are within 1e-10 of the slopes of a smooth loss, and see no kink", () => {
    // log(1 + e^x) has the slope sigmoid(x); here over 3 elements
    const x = [-2, 0, 3];
    const { grad, kinks } = differencesOf(binaryCrossEntropy(), x);
    const slopes = x.map((v) => 1 / (1 + Math.exp(-v)) / 3);
    expect(relativeError(grad, slopes)).toBeLessThan(1e-10);
    expect(kinks).toEqual([]);
  });

  test.each([0, 0.3, 1 / 3, 0.5, -0.7, 0.95])("see the kink of |x| %f steps away", (steps) => {
    const { kinks } = differencesOf(lossOf(Math.abs), [1, steps * 2 ** -13, -1]);
    expect(kinks).toEqual([1]);
  });

  test("see no kink where it is further than a step away", () => {
    expect(differencesOf(lossOf(Math.abs), [1.5 * 2 ** -13, -1]).kinks).toEqual([]);
  });

  test("see a jump", () => {
    expect(differencesOf(lossOf(Math.sign), [1, 1e-5]).kinks).toEqual([1]);
  });
});
