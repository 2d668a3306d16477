import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { elementCount, positionOf } from "../tensor.ts";
import { seededRandom } from "../testing/index.ts";
import { type SurfaceDistances, type SurfaceOptions, surfaceDistances } from "./surface-distances.ts";
import { averageSurfaceDistance, boundaryF1, hausdorffDistance, surfaceDice } from "./surface-scores.ts";

/** Rows of digits. */
function labels(...rows: readonly string[]): Uint8Array {
  return Uint8Array.from(rows.join(""), Number);
}

function sorted(values: ArrayLike<number>): number[] {
  return Array.from(values).sort((a, b) => a - b);
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

describe("scores of surface distances", () => {
  const distances: SurfaceDistances = {
    fromPredicted: Float64Array.of(4, 0, 1, 1, 2),
    fromTruth: Float64Array.of(0, 3, 0),
  };
  const none = new Float64Array(0);
  const nowhere: SurfaceDistances = { fromPredicted: none, fromTruth: none };
  const madeUp: SurfaceDistances = {
    fromPredicted: Float64Array.of(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
    fromTruth: none,
  };

  test("have the hand-worked values", () => {
    expect(hausdorffDistance(distances)).toBe(4);
    // 0 1 1 2 4: rank 0.95 * 4 = 3.8; 0 0 3: rank 1.9
    expect(hausdorffDistance(distances, 95)).toBeCloseTo(2 + 0.8 * 2, 14);
    expect(hausdorffDistance(distances, 50)).toBe(1);
    expect(averageSurfaceDistance(distances)).toBe(11 / 8);
    expect(surfaceDice(distances, 1)).toBe(5 / 8);
    // P = 3/5, R = 2/3
    expect(boundaryF1(distances, 1)).toBeCloseTo((2 * 0.4) / (0.6 + 2 / 3), 14);
  });

  test("count a distance of exactly the tolerance", () => {
    expect(surfaceDice(distances, 0)).toBe(3 / 8);
    expect([surfaceDice(distances, 4), boundaryF1(distances, 4)]).toEqual([1, 1]);
  });

  test("are null where the class is nowhere", () => {
    expect([
      hausdorffDistance(nowhere),
      averageSurfaceDistance(nowhere),
      surfaceDice(nowhere, 1),
      boundaryF1(nowhere, 1),
    ]).toEqual([null, null, null, null]);
  });

  test("are Infinity or 0 where only one side has the class", () => {
    const missed = { fromPredicted: none, fromTruth: madeUp.fromPredicted };
    for (const side of [madeUp, missed]) {
      expect(hausdorffDistance(side, 95)).toBe(Number.POSITIVE_INFINITY);
      expect(averageSurfaceDistance(side)).toBe(Number.POSITIVE_INFINITY);
      expect([surfaceDice(side, 1e9), boundaryF1(side, 1e9)]).toEqual([0, 0]);
    }
  });

  test("do not change when prediction and truth change places, and are perfect for a perfect prediction", () => {
    const random = seededRandom(7);
    for (let round = 0; round < 10; round++) {
      const [a, b] = [randomRegion(random, [12, 12]), randomRegion(random, [12, 12])];
      const score = (d: SurfaceDistances) => [
        hausdorffDistance(d, 95),
        surfaceDice(d, 1),
        boundaryF1(d, 1)?.toFixed(14),
      ];
      expect(score(surfaceDistances(a, b, [12, 12], 1))).toEqual(score(surfaceDistances(b, a, [12, 12], 1)));
      const same = surfaceDistances(a, a, [12, 12], 1);
      expect([
        hausdorffDistance(same),
        averageSurfaceDistance(same),
        surfaceDice(same, 0),
        boundaryF1(same, 0),
      ]).toEqual([0, 0, 1, 1]);
    }
  });

  test("grow with the tolerance, and shrink with the percentile", () => {
    const random = seededRandom(8);
    const d = surfaceDistances(randomRegion(random, [20, 20]), randomRegion(random, [20, 20]), [20, 20], 1);
    const rising = [
      [0, 1, 2, 3, 5].map((t) => surfaceDice(d, t)!),
      [0, 1, 2, 3, 5].map((t) => boundaryF1(d, t)!),
      [0, 50, 90, 95, 100].map((p) => hausdorffDistance(d, p)!),
    ];
    for (const scores of rising) expect(scores).toEqual(sorted(scores));
  });

  test.each([-1, 101, Number.NaN])("refuses the percentile %d with OPTION_INVALID", (percentile) => {
    expect(() => hausdorffDistance(distances, percentile)).toThrow(
      expect.objectContaining({ code: "OPTION_INVALID" }),
    );
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

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const vectors = resolve(root, process.env["PIXELGRAD_VECTORS"] ?? "../shared/vectors", "boundary_loss.json");

describe.skipIf(!existsSync(vectors))("the Hausdorff test of the boundary loss", () => {
  test("has the same distance for both classes", () => {
    const [{ kwargs, expected }] = JSON.parse(readFileSync(vectors, "utf8")).cases.filter(
      (c: { readonly loss: string }) => c.loss === "hausdorff_distance",
    );
    const stripe = ({ shape, box }: { shape: [number, number]; box: { rows: [number, number] } }) =>
      Uint8Array.from({ length: elementCount(shape) }, (_, i) => {
        const [row] = positionOf(i, shape);
        return row >= box.rows[0] && row < box.rows[1] ? 1 : 0;
      });
    const [a, b] = [stripe(kwargs.a), stripe(kwargs.b)];
    const perClass = [0, 1].map((c) => hausdorffDistance(surfaceDistances(a, b, kwargs.a.shape, c)));
    expect(perClass).toEqual(expected.perClass);
  });
});
