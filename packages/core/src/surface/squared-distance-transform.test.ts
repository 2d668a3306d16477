import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { elementCount, positionOf } from "../tensor.ts";
import { seededRandom } from "../testing/index.ts";
import { squaredDistanceFromSeeds, squaredDistanceTransform } from "./squared-distance-transform.ts";

/** The definition: a minimum over all pairs. */
function bruteForce(seeds: ArrayLike<number>, spatial: readonly number[], spacing: readonly number[]) {
  const positions = Array.from(seeds, (_, i) => positionOf(i, spatial));
  return positions.map((p) =>
    positions.reduce((least, q, j) => {
      const squared = spacing.reduce((sum, s, axis) => sum + (s * (p[axis] - q[axis])) ** 2, 0);
      return Math.min(least, seeds[j] + squared);
    }, Number.POSITIVE_INFINITY),
  );
}

function worstRelativeError(got: ArrayLike<number>, expected: readonly number[]): number {
  return Math.max(...expected.map((e, i) => (got[i] === e ? 0 : Math.abs(got[i] - e) / e)));
}

function randomMask(random: () => number, length: number, filled: number): Uint8Array {
  return Uint8Array.from({ length }, () => (random() < filled ? 1 : 0));
}

describe("squaredDistanceTransform", () => {
  test("has the hand-worked distances of a line and of a square", () => {
    expect(Array.from(squaredDistanceTransform([0, 1, 1, 1, 0, 1, 1], [7]))).toEqual([0, 1, 4, 1, 0, 1, 4]);
    expect(Array.from(squaredDistanceTransform([0, 1, 1, 1, 1, 1], [2, 3]))).toEqual([0, 1, 4, 1, 2, 5]);
    // rows are 3 apart, columns 2
    expect(Array.from(squaredDistanceTransform([0, 1, 1, 1], [2, 2], [3, 2]))).toEqual([0, 4, 9, 13]);
  });

  const grids = [[1], [9], [40], [7, 9], [1, 6], [6, 1], [9, 21], [4, 5, 6], [3, 1, 11], [2, 3, 4, 3]];

  test.each(grids.map((g) => [g]))("is exactly the brute force on %j, spacing 1", (spatial) => {
    const random = seededRandom(1);
    for (let round = 0; round < 12; round++) {
      const mask = randomMask(random, elementCount(spatial), [0.5, 0.9, 0.98][round % 3]);
      const seeds = Array.from(mask, (m) => (m === 0 ? 0 : Number.POSITIVE_INFINITY));
      const expected = bruteForce(
        seeds,
        spatial,
        spatial.map(() => 1),
      );
      expect(Array.from(squaredDistanceTransform(mask, spatial))).toEqual(expected);
    }
  });

  test.each(grids.map((g) => [g]))("is the brute force on %j within 1e-12, any spacing", (spatial) => {
    const random = seededRandom(2);
    for (let round = 0; round < 12; round++) {
      const mask = randomMask(random, elementCount(spatial), [0.5, 0.9, 0.98][round % 3]);
      const spacing = spatial.map(() => 0.05 + 5 * random());
      const seeds = Array.from(mask, (m) => (m === 0 ? 0 : Number.POSITIVE_INFINITY));
      const got = squaredDistanceTransform(mask, spatial, spacing);
      expect(worstRelativeError(got, bruteForce(seeds, spatial, spacing))).toBeLessThan(1e-12);
    }
  });

  test("is Infinity everywhere without an element to measure to", () => {
    expect(Array.from(squaredDistanceTransform([1, 1, 1, 1], [2, 2]))).toEqual(
      new Array(4).fill(Number.POSITIVE_INFINITY),
    );
  });

  test("takes an empty grid, a grid of no dims, and any array of numbers", () => {
    expect(squaredDistanceTransform([], [0, 4])).toHaveLength(0);
    expect(Array.from(squaredDistanceTransform([0], []))).toEqual([0]);
    expect(Array.from(squaredDistanceTransform(Float32Array.of(0.5, 0), [2]))).toEqual([1, 0]);
  });

  test("writes into the array it is given", () => {
    const out = new Float64Array(3).fill(7);
    expect(squaredDistanceTransform([1, 0, 1], [3], undefined, out)).toBe(out);
    expect(Array.from(out)).toEqual([1, 0, 1]);
  });

  test("refuses a grid of another size with SHAPE_MISMATCH and a spacing that is none with OPTION_INVALID", () => {
    expect(() => squaredDistanceTransform([1, 0], [3])).toThrow(
      expect.objectContaining({ code: "SHAPE_MISMATCH", message: "Spatial dims 3 need 3 elements, got 2." }),
    );
    for (const spacing of [[1], [1, 0], [1, -1], [1, Number.NaN], [1, Number.POSITIVE_INFINITY], [1, 1, 1]]) {
      expect(() => squaredDistanceTransform([1, 0], [1, 2], spacing)).toThrow(
        expect.objectContaining({ code: "OPTION_INVALID" }),
      );
    }
  });
});

describe("squaredDistanceFromSeeds", () => {
  test("lets a seed with a head start win where it is lower", () => {
    const inf = Number.POSITIVE_INFINITY;
    // 5 at 0 against 0 at 4: 5 6 9 | 16 9 4 1 0
    expect(Array.from(squaredDistanceFromSeeds(Float64Array.of(5, inf, inf, inf, 0), [5]))).toEqual([
      5, 6, 4, 1, 0,
    ]);
  });

  test("is exactly the brute force for runs of zeros among others, higher and lower ones", () => {
    const random = seededRandom(8);
    for (let round = 0; round < 40; round++) {
      const heights = [0, 0, Number.POSITIVE_INFINITY, 3, -2, -40];
      let height = 0;
      const seeds = Float64Array.from({ length: 60 }, () => {
        if (random() < 0.4) height = heights[Math.floor(random() * (round % 2 === 0 ? 4 : 6))];
        return height;
      });
      const expected = bruteForce(seeds.slice(), [12, 5], [1, 1]);
      expect(Array.from(squaredDistanceFromSeeds(seeds, [12, 5]))).toEqual(expected);
    }
  });

  test("is the brute force within 1e-12 for any heights", () => {
    const random = seededRandom(3);
    for (let round = 0; round < 20; round++) {
      const spatial = [5, 1 + Math.floor(12 * random()), 3];
      const spacing = spatial.map(() => 0.2 + 2 * random());
      const seeds = Float64Array.from({ length: elementCount(spatial) }, () =>
        random() < 0.5 ? Number.POSITIVE_INFINITY : 30 * random(),
      );
      const expected = bruteForce(seeds.slice(), spatial, spacing);
      expect(worstRelativeError(squaredDistanceFromSeeds(seeds, spatial, spacing), expected)).toBeLessThan(
        1e-12,
      );
    }
  });
});

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const vectors = resolve(root, process.env["PIXELGRAD_VECTORS"] ?? "../shared/vectors", "scipy_edt.json");

describe.skipIf(!existsSync(vectors))("scipy's distance_transform_bf", () => {
  test("has the same squared distances", () => {
    const [{ kwargs, expected }] = JSON.parse(readFileSync(vectors, "utf8")).cases;
    const { data, shape } = kwargs.mask;
    expect(Array.from(squaredDistanceTransform(data, shape))).toEqual(expected.data);
  });
});
