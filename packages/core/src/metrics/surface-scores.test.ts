import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { elementCount, positionOf } from "../tensor.ts";
import { seededRandom } from "../testing/index.ts";
import { type SurfaceDistances, surfaceDistances } from "./surface-distances.ts";
import { averageSurfaceDistance, boundaryF1, hausdorffDistance, surfaceDice } from "./surface-scores.ts";

function sorted(values: ArrayLike<number>): number[] {
  return Array.from(values).sort((a, b) => a - b);
}

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
      const [a, b] = [randomRegion(random, 144), randomRegion(random, 144)];
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
    const d = surfaceDistances(randomRegion(random, 400), randomRegion(random, 400), [20, 20], 1);
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

function randomRegion(random: () => number, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => (random() < 0.3 ? 1 : 0));
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
