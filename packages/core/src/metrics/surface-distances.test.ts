import { describe, expect, test } from "vitest";
import { elementCount, positionOf } from "../tensor.ts";
import { seededRandom } from "../testing/index.ts";
import { type SurfaceOptions, surfaceDistances } from "./surface-distances.ts";

/** Rows of digits. */
function labels(...rows: readonly string[]): Uint8Array {
  return Uint8Array.from(rows.join(""), Number);
}

describe("surfaceDistances", () => {
  test("has the hand-worked distances of two lines", () => {
    // truth 2..5, rim 2 and 5; predicted 3..7, rim 3 and 7
    const truth = labels("0011110000");
    const predicted = labels("0001111100");
    expect(surfaceDistances(predicted, truth, [10], 1)).toEqual({
      fromPredicted: Float64Array.of(1, 2),
      fromTruth: Float64Array.of(1, 2),
    });
    expect(surfaceDistances(predicted, truth, [10], 1, { spacing: [0.5] }).fromTruth).toEqual(
      Float64Array.of(0.5, 1),
    );
  });

  test("takes the rim of a square without its middle, and the edge of the image as rim", () => {
    const square = labels("00000", "01110", "01110", "01110", "00000");
    expect(surfaceDistances(square, square, [5, 5], 1).fromTruth).toHaveLength(8);
    expect(surfaceDistances(square, square, [5, 5], 0).fromTruth).toHaveLength(16);
    const full = new Uint8Array(16);
    expect(surfaceDistances(full, full, [4, 4], 0).fromTruth).toHaveLength(12);
  });

  test("is Infinity against a region that is not there, and nothing for one that is nowhere", () => {
    const { fromPredicted, fromTruth } = surfaceDistances(labels("010"), labels("000"), [3], 1);
    expect([Array.from(fromPredicted), Array.from(fromTruth)]).toEqual([[Number.POSITIVE_INFINITY], []]);
    expect(surfaceDistances(labels("010"), labels("000"), [3], 2).fromPredicted).toHaveLength(0);
  });

  test("does not look at predictions of ignored pixels", () => {
    const truth = labels("0019", "0199");
    const options = { ignore: [9] };
    const distances = surfaceDistances(labels("0110", "0010"), truth, [2, 4], 1, options);
    expect(surfaceDistances(labels("0111", "0001"), truth, [2, 4], 1, options)).toEqual(distances);
  });

  test("takes labels of 64 bits", () => {
    const truth = BigUint64Array.of(0n, 1n, 9n);
    expect(surfaceDistances(Int16Array.of(1, 0, 1), truth, [3], 1, { ignore: [9] }).fromTruth).toEqual(
      Float64Array.of(1),
    );
  });

  test.each([[[30]], [[9, 11]], [[5, 6, 7]], [[1, 8, 4]]])(
    "is the brute force within 1e-12 on %j",
    (spatial) => {
      const random = seededRandom(6);
      for (let round = 0; round < 15; round++) {
        const spacing = spatial.map(() => 0.3 + 2 * random());
        const blob = () => randomRegion(random, spatial);
        const [predicted, truth] = [blob(), blob()];
        const got = surfaceDistances(predicted, truth, spatial, 1, { spacing });
        const expected = bruteForce(predicted, truth, spatial, spacing);
        for (const side of ["fromPredicted", "fromTruth"] as const) {
          expect(got[side]).toHaveLength(expected[side].length);
          got[side].forEach((d, i) => {
            const e = expected[side][i];
            expect(d === e || Math.abs(d - e) <= 1e-12 * e).toBe(true);
          });
        }
      }
    },
  );

  test("refuses labels of different lengths, other dims and another spacing", () => {
    const of =
      (predicted: number, spatial: readonly number[], options: SurfaceOptions = {}) =>
      () =>
        surfaceDistances(new Uint8Array(predicted), new Uint8Array(4), spatial, 1, options);
    expect(of(3, [4])).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
    expect(of(4, [3])).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
    expect(of(4, [4], { spacing: [0] })).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });
});

/** A box of ones with holes. */
function randomRegion(random: () => number, spatial: readonly number[]): Uint8Array {
  const low = spatial.map((d) => Math.floor((random() * d) / 2));
  const high = spatial.map((d, axis) => low[axis] + 1 + Math.floor(random() * (d - low[axis])));
  return Uint8Array.from({ length: elementCount(spatial) }, (_, i) => {
    const inside = positionOf(i, spatial).every((at, axis) => at >= low[axis] && at < high[axis]);
    return inside && random() < 0.9 ? 1 : 0;
  });
}

/** The definition: positions, neighbours by comparison, a minimum over all pairs. */
function bruteForce(
  predicted: Uint8Array,
  truth: Uint8Array,
  spatial: readonly number[],
  spacing: readonly number[],
) {
  const rim = (region: Uint8Array) => {
    const all = Array.from(region, (_, i) => positionOf(i, spatial)).filter((_, i) => region[i] === 1);
    const inRegion = new Set(all.map(String));
    return all.filter((p) =>
      spatial.some((_, axis) =>
        [-1, 1].some((step) => !inRegion.has(String(p.map((x, a) => (a === axis ? x + step : x))))),
      ),
    );
  };
  const nearest = (from: number[][], to: number[][]) =>
    from.map((p) =>
      Math.min(...to.map((q) => Math.hypot(...p.map((x, axis) => (x - q[axis]) * spacing[axis])))),
    );
  const [a, b] = [rim(predicted), rim(truth)];
  return { fromPredicted: nearest(a, b), fromTruth: nearest(b, a) };
}
