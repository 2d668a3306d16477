import { describe, expect, test } from "vitest";
import { seededRandom } from "../testing/index.ts";
import { CalibrationError, type CalibrationNorm } from "./calibration-error.ts";

const norms: readonly CalibrationNorm[] = ["l1", "l2", "max"];

/** `[N, C, pixels]` of a list of pixels with C probabilities each. */
function probabilities(rows: readonly (readonly number[])[]) {
  const classes = rows[0].length;
  const data = Float32Array.from({ length: rows.length * classes }, (_, i) => {
    return rows[i % rows.length][Math.floor(i / rows.length)];
  });
  return { data, dims: [1, classes, rows.length] };
}

describe("CalibrationError", () => {
  test("has the numbers torchmetrics documents for one channel, within 1e-4", () => {
    const error = new CalibrationError(2).add(
      probabilities([[0.25], [0.25], [0.55], [0.75], [0.75]]),
      Uint8Array.of(0, 0, 1, 1, 1),
    );
    // bins: (0.25, 0 right of 2) and (2.05 / 3, 3 of 3); 2/5 1/4 + 3/5 (1 - 2.05 / 3) = 0.29
    expect(norms.map((norm) => error.error(norm)!.toFixed(4))).toEqual(["0.2900", "0.2918", "0.3167"]);
  });

  test("has the numbers torchmetrics documents for three channels, within 1e-4", () => {
    const error = new CalibrationError(3).add(
      probabilities([
        [0.25, 0.2, 0.55],
        [0.55, 0.05, 0.4],
        [0.1, 0.3, 0.6],
        [0.9, 0.05, 0.05],
      ]),
      Uint8Array.of(0, 1, 2, 0),
    );
    expect(norms.map((norm) => error.error(norm)!.toFixed(4))).toEqual(["0.2000", "0.2082", "0.2333"]);
  });

  test("shows the bins of a reliability diagram, those of edges to the right, confidence 1 alone", () => {
    const error = new CalibrationError(10).add(
      probabilities([[0], [0.7], [0.7], [0.75], [1], [1]]),
      Uint8Array.of(0, 1, 0, 1, 1, 0),
    );
    const bins = error.reliability();
    expect(bins.map(({ pixels, accuracy }) => [pixels, accuracy])).toEqual([
      [1, 0],
      [3, 2 / 3],
      [2, 1 / 2],
    ]);
    expect(bins[1].confidence).toBeCloseTo(2.15 / 3, 7);
    expect(bins[2].confidence).toBe(1);
  });

  test.each([1, 2, 3, 7, 10, 15, 100])("puts every edge of %i bins into the bin it opens", (bins) => {
    for (let b = 0; b <= bins; b++) {
      const { counts } = new CalibrationError(bins)
        .add({ data: Float64Array.of(b / bins), dims: [1, 1] }, Uint8Array.of(0))
        .toJSON();
      expect(counts.indexOf(1)).toBe(b);
    }
  });

  test("is the brute force over bins within 1e-12, for images of pixels", () => {
    const random = seededRandom(5);
    const dims = [2, 3, 4, 5];
    const data = Float64Array.from({ length: 120 }, () => random());
    const truth = Uint8Array.from({ length: 40 }, () => (random() < 0.1 ? 255 : Math.floor(3 * random())));
    const counted = Array.from(truth, (label, i) => {
      const channels = [0, 1, 2].map((c) => data[Math.floor(i / 20) * 60 + c * 20 + (i % 20)]);
      const confidence = Math.max(...channels);
      return { label, confidence, right: channels.indexOf(confidence) === label };
    }).filter(({ label }) => label !== 255);
    let expected = 0;
    for (let b = 0; b < 4; b++) {
      const bin = counted.filter(({ confidence }) => Math.floor(confidence * 4) === b);
      const gap = bin.reduce((sum, { confidence, right }) => sum + (right ? 1 : 0) - confidence, 0);
      expected += Math.abs(gap) / counted.length;
    }
    const error = new CalibrationError(4).add({ data, dims }, truth, [255]).error();
    expect(Math.abs(error! - expected)).toBeLessThan(1e-12);
  });

  test("is 0 for perfect confidence, and null without pixels", () => {
    const p = probabilities([
      [1, 0],
      [0, 1],
    ]);
    expect(norms.map((norm) => new CalibrationError().add(p, Uint8Array.of(0, 1)).error(norm))).toEqual([
      0, 0, 0,
    ]);
    expect(new CalibrationError().add(p, Uint8Array.of(9, 9), [9]).error()).toBeNull();
  });

  test("of parts, merged in order, is the error of the whole, also through JSON", () => {
    const rows = [[0.2], [0.9], [0.4], [0.85]];
    const truth = BigInt64Array.of(0n, 1n, 1n, 0n);
    const whole = new CalibrationError(5).add(probabilities(rows), truth);
    const merged = new CalibrationError(5);
    rows.forEach((row, i) => {
      const part = new CalibrationError(5).add(probabilities([row]), truth.subarray(i, i + 1));
      merged.merge(CalibrationError.from(JSON.parse(JSON.stringify(part))));
    });
    expect(merged.toJSON()).toEqual(whole.toJSON());
    expect(merged.error("max")).toBe(whole.error("max"));
  });

  test("refuses what are no probabilities with their position, and labels that are no class", () => {
    const add = (data: Float32Array, label: number) => () =>
      new CalibrationError().add({ data, dims: [1, 2, 1] }, Int8Array.of(label));
    expect(add(Float32Array.of(0.5, 1.5), 0)).toThrow(
      expect.objectContaining({
        code: "PROBABILITY_OUT_OF_RANGE",
        context: { value: 1.5, position: [0, 1, 0] },
      }),
    );
    expect(add(Float32Array.of(Number.NaN, 0), 0)).toThrow(/NaN at \[0, 0, 0\] is no probability/);
    expect(add(Float32Array.of(0.5, 0.5), 2)).toThrow(/Label 2 at pixel 0 is no class: expected 0 to 1/);
  });

  test("refuses labels of another size, other bins, and bins that are none", () => {
    const mismatch = expect.objectContaining({ code: "SHAPE_MISMATCH" });
    expect(() => new CalibrationError().add(probabilities([[0.5]]), new Uint8Array(2))).toThrow(mismatch);
    expect(() => new CalibrationError(2).merge(new CalibrationError(3))).toThrow(mismatch);
    expect(() => CalibrationError.from({ ...new CalibrationError(2).toJSON(), rights: [0] })).toThrow(
      mismatch,
    );
    for (const bins of [0, 1.5, -1, Number.NaN]) {
      expect(() => new CalibrationError(bins)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    }
  });
});
