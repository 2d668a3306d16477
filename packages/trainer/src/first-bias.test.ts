import { parseLoss } from "@pixelgrad/core";
import { relativeError } from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";
import { firstBias } from "./first-bias.ts";

function biasOf(loss: string, counts: readonly number[]): Float32Array {
  const channels = counts.length === 2 ? 1 : counts.length;
  return firstBias(parseLoss(loss).plan(channels), Float64Array.from(counts));
}

/** The log odds of 3 pixels in 100. */
const RARE = Math.log(3 / 97);

describe("one channel", () => {
  test.each([
    "binary-cross-entropy",
    "focal(gamma=0)",
    "dice",
    "binary-cross-entropy + dice",
    "dice - 0.5*binary-cross-entropy",
  ])("%s starts at the log odds of the foreground, within 1e-5", (loss) => {
    expect(relativeError(biasOf(loss, [970, 30]), [RARE])).toBeLessThan(1e-5);
  });

  test("a weight of the positive part counts: 97 / 3 makes both parts equal, so that the bias is 0 within 1e-3", () => {
    const [bias] = biasOf(`binary-cross-entropy(posWeight=${97 / 3})`, [970, 30]);
    expect(Math.abs(bias as number)).toBeLessThan(1e-3);
  });

  test("focal loss has no slope where it starts, within 1e-4 of the slopes that cancel", () => {
    const [bias] = biasOf("focal", [970, 30]);
    const p = 1 / (1 + Math.exp(-(bias as number)));
    // d/dx (1 - pt)^2 b = (1 - pt) (2 pt b + 1 - pt) db/dx, with db/dx = p - t and pt = p or 1 - p
    const up = 0.97 * p * (2 * (1 - p) * -Math.log(1 - p) + p) * p;
    const down = 0.03 * (1 - p) * (2 * p * -Math.log(p) + 1 - p) * (1 - p);
    expect(Math.abs(up - down)).toBeLessThan(1e-4 * up);
    expect(bias).toBeGreaterThan(RARE);
  });

  test("stays within 9 of 0 where a label is missing, and at 0 where nothing is labelled", () => {
    expect([...biasOf("binary-cross-entropy", [10, 0])]).toEqual([-9]);
    expect([...biasOf("binary-cross-entropy(posWeight=0)", [10, 10])]).toEqual([-9]);
    expect([...biasOf("focal", [0, 10])]).toEqual([9]);
    expect([...biasOf("focal", [0, 0])]).toEqual([0]);
  });
});

describe("several channels", () => {
  const shares = [0.6, 0.3, 0.1];

  /** What softmax makes of a bias: adding a number to all of it changes nothing. */
  function probabilities(bias: Float32Array): Float64Array {
    const odds = Float64Array.from(bias, Math.exp);
    const sum = odds.reduce((total, o) => total + o, 0);
    return odds.map((o) => o / sum);
  }

  test.each([
    ["cross-entropy", shares],
    ["dice", shares],
    ["cross-entropy + dice", shares],
    // (1 - s) share + s / C
    ["cross-entropy(labelSmoothing=0.3)", [0.52, 0.31, 0.17]],
    // weight * share, to sum 1
    ["cross-entropy(classWeights=[1,2,6])", [1 / 3, 1 / 3, 1 / 3]],
    ["cross-entropy(classWeights=[1,2,6],divisor=all,reduction=sum)", [1 / 3, 1 / 3, 1 / 3]],
  ])("%s starts at its own class shares, within 1e-3", (loss, expected) => {
    expect(relativeError(probabilities(biasOf(loss, [600, 300, 100])), expected)).toBeLessThan(1e-3);
  });

  test("a class without pixels starts at -9", () => {
    expect(biasOf("cross-entropy", [6, 4, 0])[2]).toBe(-9);
  });
});
