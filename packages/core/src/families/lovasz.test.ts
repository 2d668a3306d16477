import { expect, test } from "vitest";
import { seededRandom } from "../testing/random.ts";
import { relativeError } from "../testing/relative-error.ts";
import { lovaszExtension } from "./lovasz.ts";

interface Unit {
  readonly errors: readonly number[];
  readonly target: readonly number[];
  readonly weights?: readonly number[];
}

function extensionOf({ errors, target, weights }: Unit): {
  readonly loss: number;
  readonly slope: Float64Array;
} {
  const values = Float64Array.from(errors);
  const loss = lovaszExtension({
    values,
    target: Float64Array.from(target),
    ...(weights && { weights: Float64Array.from(weights) }),
    row: 0,
    images: 1,
    spatial: [values.length],
  });
  return { loss, slope: values };
}

/** The Jaccard loss when the pixels of `wrong` are predicted wrongly: their weight over that of the union with g. */
function jaccardLoss({ target, weights }: Unit, wrong: readonly boolean[]): number {
  const weigh = (keep: (i: number) => boolean) =>
    target.reduce((sum, _, i) => sum + (keep(i) ? (weights?.[i] ?? 1) : 0), 0);
  const amiss = weigh((i) => wrong[i]);
  return amiss === 0 ? 0 : amiss / weigh((i) => wrong[i] || target[i] === 1);
}

/** The Lovász extension by its definition as an integral: over z > 0, of the Jaccard loss when those of e > z are wrong. */
function byIntegral(unit: Unit): number {
  const levels = [0, ...unit.errors.filter((e) => e > 0)].sort((a, b) => a - b);
  return levels.slice(1).reduce((sum, level, k) => {
    const wrong = unit.errors.map((e) => e >= level);
    return sum + (level - levels[k]) * jaccardLoss(unit, wrong);
  }, 0);
}

function randomUnit(random: () => number, length: number, weighted: boolean): Unit {
  const numbers = (f: () => number) => Array.from({ length }, f);
  return {
    errors: numbers(() => 2 * random() - 0.5),
    target: numbers(() => Math.round(random())),
    ...(weighted && { weights: numbers(() => 0.1 + random()) }),
  };
}

test.each([false, true])(
  "equals the integral of the Jaccard loss over thresholds within 1e-12 (weighted: %s)",
  (weighted) => {
    const random = seededRandom(3);
    for (let length = 1; length <= 9; length++) {
      for (let repeat = 0; repeat < 5; repeat++) {
        const unit = randomUnit(random, length, weighted);
        expect(relativeError([extensionOf(unit).loss], [byIntegral(unit)])).toBeLessThan(1e-12);
      }
    }
  },
);

test("its slope is that of the integral: central differences within 1e-6", () => {
  const random = seededRandom(4);
  for (let length = 1; length <= 7; length++) {
    const unit = randomUnit(random, length, true);
    const h = 1e-6;
    const valueAt = (i: number, step: number) =>
      byIntegral({ ...unit, errors: unit.errors.map((e, k) => (k === i ? e + step : e)) });
    const slope = unit.errors.map((_, i) => (valueAt(i, h) - valueAt(i, -h)) / (2 * h));
    expect(relativeError(extensionOf(unit).slope, slope)).toBeLessThan(1e-6);
  }
});

test("a pixel of weight 3 is three pixels, one of weight 0 and one that does not count are none", () => {
  const whole = extensionOf({ errors: [0.9, 0.4, 0.4, 0.4, 0.2], target: [0, 1, 1, 1, 0] });
  const weighed = extensionOf({
    errors: [0.9, 0.4, 0.7, 0.2, 5],
    target: [0, 1, 1, 0, Number.NaN],
    weights: [1, 3, 0, 1, 1],
  });
  expect(relativeError([weighed.loss], [whole.loss])).toBeLessThan(1e-14);
  const [first, a, b, c, last] = whole.slope;
  expect(relativeError(weighed.slope, [first, a + b + c, 0, last, 0])).toBeLessThan(1e-14);
});

test("without foreground the largest error is the loss, ties in pixel order, and of nothing it is 0", () => {
  const empty = extensionOf({ errors: [0.5, 0.75, 0.75], target: [0, 0, 0] });
  expect(empty.loss).toBe(0.75);
  expect([...empty.slope]).toEqual([0, 1, 0]);
  expect(extensionOf({ errors: [], target: [] }).loss).toBe(0);
});
