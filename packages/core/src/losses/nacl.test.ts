import { describe, expect, test } from "vitest";
import type { LossExtra } from "../loss.ts";
import { referenceValueAndGrad } from "../reference-value.ts";
import { relativeError } from "../testing/relative-error.ts";
import { ofRows, randomRows } from "../testing/worked-example.ts";
import { crossEntropy } from "./cross-entropy.ts";
import { type NaclOptions, nacl } from "./nacl.ts";

const LN2 = Math.LN2;

const ZEROS = [
  [0, 0, 0],
  [0, 0, 0],
];

const run = (
  options: NaclOptions,
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  extra?: LossExtra,
) => ofRows(nacl(options), rows, labels, extra);

describe("neighbour-aware calibration loss", () => {
  test("equals the hand-worked value and gradient", () => {
    // labels 0, 0, 1, three pixels wide: u_0 = 2/3, 2/3, 1/3, u_1 = 0, 1/3, 1/3; all logits 0
    // L = log 2 + 0.1 (7/3) / 6; CE gives (p - t) / 3 = -1/6, -1/6, 1/6 on channel 0, the distance -0.1 / 6 where u > 0
    const { value, grad } = run({}, ZEROS, [0, 0, 1]);
    expect(relativeError([value], [LN2 + 0.7 / 18])).toBeLessThan(1e-14);
    const d = 0.1 / 6;
    const expected = [-1 / 6 - d, -1 / 6 - d, 1 / 6 - d, 1 / 6, 1 / 6 - d, -1 / 6 - d];
    expect(relativeError(grad, expected)).toBeLessThan(1e-14);
  });

  test("l2 squares the difference: hand-worked", () => {
    // sum of u^2 = 4/9 + 4/9 + 1/9 + 0 + 1/9 + 1/9 = 11/9; slope 2 (x - u) alpha / 6 with alpha 1
    const { value, grad } = run({ distance: "l2", alpha: 1 }, ZEROS, [0, 0, 1]);
    expect(relativeError([value], [LN2 + 11 / 54])).toBeLessThan(1e-14);
    const expected = [-1 / 6 - 2 / 9, -1 / 6 - 2 / 9, 1 / 6 - 1 / 9, 1 / 6, 1 / 6 - 1 / 9, -1 / 6 - 1 / 9];
    expect(relativeError(grad, expected)).toBeLessThan(1e-14);
  });

  test("with alpha 0 is cross-entropy", () => {
    const rows = randomRows(1, 3, 4, 2);
    const plain = referenceValueAndGrad(
      crossEntropy(),
      { data: Float64Array.from(rows.flat()), dims: [1, 3, 4] },
      { data: Uint8Array.of(2, 0, 1, 1), dims: [1, 4] },
    );
    const { value, grad } = run({ alpha: 0 }, rows, [2, 0, 1, 1]);
    expect(relativeError([value], [plain.value])).toBeLessThan(1e-14);
    expect(relativeError(grad, plain.grad)).toBeLessThan(1e-14);
  });

  test("with a kernel of one pixel compares with the labels themselves, in any number of dimensions", () => {
    const logits = { data: Float64Array.of(0.5, 3, -1, 0.25), dims: [1, 2, 1, 2, 1] };
    const target = { data: Uint8Array.of(0, 1), dims: [1, 1, 2, 1] };
    const loss = (alpha: number) =>
      referenceValueAndGrad(nacl({ kernelSize: 1, alpha }), logits, target).value;
    // |1 - 0.5|, |0 - 3|, |0 + 1|, |1 - 0.25|
    expect(relativeError([loss(1) - loss(0)], [5.25 / 4])).toBeLessThan(1e-14);
  });

  test("an ignored pixel at the edge is as if dropped", () => {
    const rows = randomRows(2, 3, 5, 2);
    const dropped = run(
      {},
      rows.map((row) => row.slice(0, 4)),
      [2, 0, 1, 1],
    );
    const ignored = run({ ignoreIndex: 9 }, rows, [2, 0, 1, 1, 9]);
    expect(relativeError([ignored.value], [dropped.value])).toBeLessThan(1e-14);
    const grad = [0, 1, 2].flatMap((c) => [...dropped.grad.slice(4 * c, 4 * c + 4), 0]);
    expect(relativeError(ignored.grad, grad)).toBeLessThan(1e-14);
  });

  test("a masked class is as if its channel were not there", () => {
    const rows = randomRows(3, 3, 4, 2);
    const two = run({ alpha: 2 }, [rows[0], rows[2]], [0, 1, 1, 0]);
    const masked = run({ alpha: 2 }, rows, [0, 2, 2, 0], {
      classMask: { data: Uint8Array.of(1, 0, 1), dims: [3] },
    });
    expect(relativeError([masked.value], [two.value])).toBeLessThan(1e-14);
    expect(
      relativeError(masked.grad, [...two.grad.slice(0, 4), 0, 0, 0, 0, ...two.grad.slice(4)]),
    ).toBeLessThan(1e-13);
  });

  test("a pixel weight multiplies the pixel's loss and counts in the divisor; its label still averages", () => {
    // with weight 0 on the last pixel u stays: (log 2 + log 2) / 2 + 0.1 (2/3 + 2/3 + 0 + 1/3) / 4
    const pixelWeights = { data: Float32Array.of(1, 1, 0), dims: [1, 3] };
    const { value, grad } = run({}, ZEROS, [0, 0, 1], { pixelWeights });
    expect(relativeError([value], [LN2 + 0.1 * (5 / 12)])).toBeLessThan(1e-14);
    expect([grad[2], grad[5]]).toEqual([0, 0]);
  });

  test("labels and their one-hot are the same", () => {
    const rows = randomRows(4, 2, 4, 2);
    const labels = [1, 0, 0, 1];
    const oneHot = referenceValueAndGrad(
      nacl(),
      { data: Float64Array.from(rows.flat()), dims: [1, 2, 4] },
      {
        data: Float32Array.from([0, 1].flatMap((c) => labels.map((y) => (y === c ? 1 : 0)))),
        dims: [1, 2, 4],
      },
    );
    expect(oneHot.value).toBe(run({}, rows, labels).value);
  });

  test("follows allIgnored, and is finite on logits of 1e9", () => {
    expect(run({ ignoreIndex: 0 }, ZEROS, [0, 0, 0]).value).toBe(0);
    expect(run({ ignoreIndex: 0, allIgnored: "nan" }, ZEROS, [0, 0, 0]).value).toBeNaN();
    const { value, grad } = run({}, [[-1e9], [1e9]], [0]);
    expect(Number.isFinite(value) && grad.every(Number.isFinite)).toBe(true);
  });

  test("refuses an even kernel and a Gaussian of no width", () => {
    for (const options of [{ kernelSize: 4 }, { kernel: "gaussian", sigma: 0 }] as const) {
      expect(() => run(options, ZEROS, [0, 0, 1])).toThrow(
        expect.objectContaining({ code: "OPTION_INVALID" }),
      );
    }
  });
});
