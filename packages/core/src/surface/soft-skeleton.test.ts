import { describe, expect, test } from "vitest";
import { OneBand } from "../bands.ts";
import { elementCount } from "../tensor.ts";
import { seededRandom } from "../testing/random.ts";
import { relativeError } from "../testing/relative-error.ts";
import { linesOf } from "./lines.ts";
import { addCrossMinimumSlopes, subtractBoxMaximumSlopes } from "./neighbour-pools.ts";
import { SoftSkeleton, softSkeleton } from "./soft-skeleton.ts";

const skeletonOf = (
  image: Float64Array,
  closed: readonly number[],
  spatial: readonly number[],
  iterations: number,
): SoftSkeleton =>
  new SoftSkeleton(image, closedAt(closed, image.length), spatial, iterations, new OneBand());

function closedAt(places: readonly number[], length: number): Uint8Array | undefined {
  if (places.length === 0) return undefined;
  return Uint8Array.from({ length }, (_, i) => (places.includes(i) ? 1 : 0));
}

describe("the soft skeleton", () => {
  const image = Float64Array.of(0.2, 0.9, 0.4);

  test("has the hand-worked values", () => {
    // Least of three: 0.2 0.2 0.4; greatest of those: 0.2 0.4 0.4; what the image has more: 0 0.5 0
    expect(relativeError(skeletonOf(image, [], [3], 0).values, [0, 0.5, 0])).toBeLessThan(1e-15);
    // Second round: 0.2 0.2 0.4 has least 0.2 everywhere, and 0.2 more at the end
    expect(relativeError(skeletonOf(image, [], [3], 1).values, [0, 0.5, 0.2])).toBeLessThan(1e-15);
  });

  test("of a band is its middle", () => {
    const band = Float64Array.from({ length: 35 }, (_, i) => (i >= 7 && i < 28 ? 1 : 0));
    const middle = Array.from({ length: 35 }, (_, i) => (i >= 14 && i < 21 ? 1 : 0));
    expect(Array.from(skeletonOf(band, [], [5, 7], 3).values)).toEqual(middle);
  });

  test("takes closed pixels for the outside of the image", () => {
    const wider = Float64Array.of(0, 0.2, 0.9, 0.4, 1);
    const { values } = skeletonOf(wider, [0, 4], [5], 1);
    expect(Array.from(values.subarray(1, 4))).toEqual(Array.from(skeletonOf(image, [], [3], 1).values));
    expect([values[0], values[4]]).toEqual([0, 0]);
  });
});

/** Coordinates of an element. */
function coordinates(i: number, spatial: readonly number[]): number[] {
  return spatial.map((length, axis) => Math.floor(i / elementCount(spatial.slice(axis + 1))) % length);
}

/** The equation with its neighbourhoods spelled out. */
function bruteForce(
  image: Float64Array,
  closed: readonly number[],
  spatial: readonly number[],
  rounds: number,
): Float64Array {
  const places = Array.from(image, (_, i) => coordinates(i, spatial));
  const pool = (values: Float64Array, isNear: (steps: readonly number[]) => boolean, sign: 1 | -1) =>
    values.map((_, i) => {
      const near = Array.from(values).filter((_, j) => {
        if (closed.includes(j)) return false;
        return isNear(places[i].map((at, axis) => Math.abs(at - places[j][axis])));
      });
      return sign * Math.max(...near.map((v) => sign * v));
    });
  const cross = (steps: readonly number[]) => steps.reduce((a, b) => a + b) <= 1;
  const box = (steps: readonly number[]) => Math.max(...steps) <= 1;
  let current = image;
  let skeleton = new Float64Array(image.length);
  for (let k = 0; k <= rounds; k++) {
    const eroded = pool(current, cross, -1);
    const opened = pool(eroded, box, 1);
    skeleton = skeleton.map((s, i) => {
      const rest = closed.includes(i) ? 0 : Math.max(0, current[i] - opened[i]);
      return s + Math.max(0, rest - s * rest);
    });
    current = eroded;
  }
  return skeleton;
}

describe.each([[[9]], [[5, 6]], [[4, 3, 4]]])("on a grid of %j", (spatial) => {
  const random = seededRandom(4);
  const image = Float64Array.from({ length: elementCount(spatial) }, random);
  const weights = image.map(random);
  const closed = [2, 5];

  test("the values are the brute force within 1e-15", () => {
    const { values } = skeletonOf(image, closed, spatial, 2);
    expect(relativeError(values, bruteForce(image, closed, spatial, 2))).toBeLessThan(1e-15);
  });

  test("the values alone have the bits of those kept for a gradient", () => {
    const out = new Float64Array(image.length);
    for (const places of [[], closed]) {
      const { values } = skeletonOf(image, places, spatial, 3);
      expect(softSkeleton(image, closedAt(places, image.length), spatial, 3, new OneBand(), out)).toEqual(
        values,
      );
    }
  });

  test("the slopes are within 1e-8 of central differences, 0 where closed", () => {
    const sum = (x: Float64Array) =>
      skeletonOf(x, closed, spatial, 2).values.reduce((total, v, i) => total + weights[i] * v, 0);
    const differences = image.map((v, i) => sum(image.with(i, v + 1e-6)) - sum(image.with(i, v - 1e-6)));
    const slopes = skeletonOf(image, closed, spatial, 2).slopes(weights.slice());
    expect(
      relativeError(
        slopes,
        differences.map((d) => d / 2e-6),
      ),
    ).toBeLessThan(1e-8);
    expect(closed.map((i) => slopes[i])).toEqual([0, 0]);
  });
});

describe("the gradient of pools with several extremes", () => {
  const flat = new Float64Array(9);
  const centre = Float64Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0);

  /** What is added of all lines, to pixels from `from` on. */
  function slopesOf(
    add: typeof addCrossMinimumSlopes,
    image: Float64Array,
    spatial: readonly number[],
    of: Float64Array,
    from = 0,
  ): number[] {
    const to = new Float64Array(image.length);
    const lines = linesOf(spatial);
    for (let line = 0; line < lines.count; line++) add(image, lines, line, of, to, from, image.length);
    return Array.from(to);
  }

  test("of a maximum is taken of the first of the box", () => {
    expect(slopesOf(subtractBoxMaximumSlopes, flat, [3, 3], centre)).toEqual([-1, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test("of a minimum goes to the first along each axis, axes sharing evenly", () => {
    const half = [0, 0.5, 0, 0.5, 0, 0, 0, 0, 0];
    expect(slopesOf(addCrossMinimumSlopes, flat, [3, 3], centre)).toEqual(half);
    const inCube = Float64Array.from({ length: 27 }, (_, i) => +(i === 13));
    const three = slopesOf(addCrossMinimumSlopes, new Float64Array(27), [3, 3, 3], inCube);
    expect([three[4], three[10], three[12]]).toEqual([0.25, 0.25, 0.5]);
  });

  test("of a pixel that is itself the least is its own", () => {
    const image = Float64Array.of(2, 2, 2, 2, 1, 2, 2, 2, 2);
    expect(slopesOf(addCrossMinimumSlopes, image, [3, 3], centre)).toEqual(Array.from(centre));
  });

  test("goes to no pixel outside of the band", () => {
    const half = [0, 0, 0, 0.5, 0, 0, 0, 0, 0];
    expect(slopesOf(addCrossMinimumSlopes, flat, [3, 3], centre, 3)).toEqual(half);
    const none = [0, 0, 0, 0, 0, 0, 0, 0, 0];
    expect(slopesOf(subtractBoxMaximumSlopes, flat, [3, 3], centre, 3)).toEqual(none);
  });
});
