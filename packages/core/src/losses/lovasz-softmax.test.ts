import { describe, expect, test } from "vitest";
import type { LossExtra } from "../loss.ts";
import { referenceValueAndGrad } from "../reference-value.ts";
import { seededRandom } from "../testing/random.ts";
import { relativeError } from "../testing/relative-error.ts";
import { ofRows, randomRows } from "../testing/worked-example.ts";
import { type LovaszSoftmaxOptions, lovaszSoftmax } from "./lovasz-softmax.ts";

const run = (
  options: LovaszSoftmaxOptions,
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  extra?: LossExtra,
) => ofRows(lovaszSoftmax(options), rows, labels, extra);

const PROBABILITIES = [
  [0.75, 0.25, 0.5],
  [0.25, 0.75, 0.5],
];

describe("Lovász softmax", () => {
  test("equals the hand-worked value and gradient", () => {
    // labels 0, 0, 1. Class 0: errors 1/4, 3/4, 1/2 of g = 1, 1, 0: ranked 3/4 (g 1), 1/2 (g 0), 1/4 (g 1); G = 2
    //   J = 1/2, 2/3, 1: steps 1/2, 1/6, 1/3; L = 3/8 + 1/12 + 1/12 = 13/24, dL/dp = -1/3, -1/2, 1/6
    // class 1: the same errors of g = 0, 0, 1: ranked 3/4 (g 0), 1/2 (g 1), 1/4 (g 0); G = 1
    //   J = 1/2, 1, 1: steps 1/2, 1/2, 0; L = 3/8 + 1/4 = 5/8, dL/dp = 0, 1/2, -1/2
    const result = run({ input: "probabilities" }, PROBABILITIES, [0, 0, 1]);
    expect(relativeError([result.value], [(13 / 24 + 5 / 8) / 2])).toBeLessThan(1e-14);
    const grad = [-1 / 3, -1 / 2, 1 / 6, 0, 1 / 2, -1 / 2].map((slope) => slope / 2);
    expect(relativeError(result.grad, grad)).toBeLessThan(1e-14);
  });

  test("of certain predictions is the mean of 1 - Jaccard over the classes that are present", () => {
    const random = seededRandom(5);
    for (let repeat = 0; repeat < 10; repeat++) {
      const pixels = 12;
      const labels = Array.from({ length: pixels }, () => Math.floor(3 * random()));
      const predicted = Array.from({ length: pixels }, () => Math.floor(4 * random()));
      const rows = [0, 1, 2, 3].map((c) => predicted.map((k) => (k === c ? 1 : 0)));
      const losses = [0, 1, 2, 3]
        .filter((c) => labels.includes(c))
        .map((c) => {
          const both = labels.filter((y, i) => y === c && predicted[i] === c).length;
          const either = labels.filter((y, i) => y === c || predicted[i] === c).length;
          return 1 - both / either;
        });
      const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      expect(relativeError([run({ input: "probabilities" }, rows, labels).value], [mean])).toBeLessThan(
        1e-13,
      );
    }
  });

  test("classes: an absent class is left out of present, and in all counts by its largest probability", () => {
    const rows = [
      [0.5, 0.75],
      [0.25, 0.125],
      [0.25, 0.125],
    ];
    const value = (options: LovaszSoftmaxOptions) =>
      run({ input: "probabilities", ...options }, rows, [0, 0]).value;
    // class 0: errors 1/2, 1/4, G = 2, steps 1/2 each: 3/8
    expect(value({})).toBe(3 / 8);
    expect(value({ classes: "all" })).toBeCloseTo((3 / 8 + 1 / 4 + 1 / 4) / 3, 14);
    expect(value({ classes: [0, 2] })).toBeCloseTo((3 / 8 + 1 / 4) / 2, 14);
    expect(value({ classes: "all", classWeights: [1, 0, 2] })).toBeCloseTo((3 / 8 + 1 / 2) / 3, 14);
    expect(value({ classes: "all", classWeights: [1, 0, 2], weighting: "normalized" })).toBeCloseTo(
      (3 / 8 + 1 / 2) / 3,
      14,
    );
    expect(value({ classes: [1, 2], classWeights: [1, 3, 1], weighting: "normalized" })).toBeCloseTo(
      1 / 4,
      14,
    );
  });

  test("labels and their one-hot are the same", () => {
    const rows = randomRows(6, 3, 5);
    const labels = [2, 0, 1, 1, 0];
    const oneHot = referenceValueAndGrad(
      lovaszSoftmax(),
      { data: Float64Array.from(rows.flat()), dims: [1, 3, 5] },
      {
        data: Float32Array.from([0, 1, 2].flatMap((c) => labels.map((y) => (y === c ? 1 : 0)))),
        dims: [1, 3, 5],
      },
    );
    const result = run({}, rows, labels);
    expect(oneHot.value).toBe(result.value);
    expect(relativeError(oneHot.grad, result.grad)).toBe(0);
  });

  test("ignored pixels, and pixels of weight 0, are as if dropped", () => {
    const rows = randomRows(7, 3, 5);
    const dropped = run(
      {},
      rows.map((row) => row.slice(0, 3)),
      [0, 2, 2],
    );
    const ignored = run({ ignoreIndex: [254, 255] }, rows, [0, 2, 2, 255, 254]);
    const pixelWeights = { data: Float32Array.of(1, 1, 1, 0, 0), dims: [1, 5] };
    const weighed = run({}, rows, [0, 2, 2, 1, 0], { pixelWeights });
    const grad = [0, 1, 2].flatMap((c) => [...dropped.grad.slice(3 * c, 3 * c + 3), 0, 0]);
    for (const result of [ignored, weighed]) {
      expect(relativeError([result.value], [dropped.value])).toBeLessThan(1e-14);
      expect(relativeError(result.grad, grad)).toBeLessThan(1e-14);
    }
  });

  test("a masked class is as if its channel were not there", () => {
    const rows = randomRows(8, 3, 4);
    const two = run({ classes: "all" }, [rows[0], rows[2]], [0, 1, 1, 0]);
    const classMask = { data: Uint8Array.of(1, 0, 1), dims: [3] };
    const masked = run({ classes: "all" }, rows, [0, 2, 2, 0], { classMask });
    expect(relativeError([masked.value], [two.value])).toBeLessThan(1e-14);
    expect(
      relativeError(masked.grad, [...two.grad.slice(0, 4), 0, 0, 0, 0, ...two.grad.slice(4)]),
    ).toBeLessThan(1e-13);
  });

  test("accumulate image takes the classes of each image, and kornia's preset all of them", () => {
    const rows = randomRows(9, 3, 4);
    const whole = { data: Float64Array.from([...rows.flat(), ...rows.flat()]), dims: [2, 3, 4] };
    const target = { data: Uint8Array.of(0, 0, 1, 1, 2, 2, 2, 0), dims: [2, 4] };
    for (const [options, single] of [
      [{ accumulate: "image" }, {}],
      [{ preset: "kornia" }, { classes: "all" }],
    ] as const) {
      const both = referenceValueAndGrad(lovaszSoftmax(options), whole, target).value;
      const mean = (run(single, rows, [0, 0, 1, 1]).value + run(single, rows, [2, 2, 2, 0]).value) / 2;
      expect(relativeError([both], [mean])).toBeLessThan(1e-14);
    }
  });

  test("keeps its digits on confident pixels and stays finite on logits of 1e9", () => {
    // each class: one pixel of error e, the other two of e as background: 1 - p = 1 / (1 + exp(40)) everywhere
    const sure = run(
      {},
      [
        [40, 0],
        [0, 40],
      ],
      [0, 1],
    );
    const error = Math.exp(-40) / (1 + Math.exp(-40));
    expect(relativeError([sure.value], [error])).toBeLessThan(1e-13);
    const wrong = run(
      {},
      [
        [-1e9, 1e9],
        [1e9, -1e9],
      ],
      [0, 1],
    );
    expect(wrong.value).toBe(1);
    expect(wrong.grad.every(Number.isFinite)).toBe(true);
  });

  test("refuses classes that are not there and class weights of the wrong length", () => {
    for (const options of [{ classes: [0, 2] }, { classes: [] }, { classWeights: [1] }] as const) {
      expect(() => run(options, PROBABILITIES, [0, 0, 1])).toThrow(
        expect.objectContaining({ code: "OPTION_INVALID" }),
      );
    }
  });

  test("follows allIgnored where nothing counts, or only classes of weight 0", () => {
    for (const options of [{ ignoreIndex: 0 }, { classWeights: [0, 0] }] as const) {
      expect(run(options, PROBABILITIES, [0, 0, 0]).value).toBe(0);
      expect(run({ ...options, allIgnored: "nan" }, PROBABILITIES, [0, 0, 0]).value).toBeNaN();
    }
  });
});
