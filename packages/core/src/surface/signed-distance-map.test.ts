import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../testing/index.ts";
import { distanceField } from "./distance-field.ts";
import { signedDistanceMap, signedDistanceMaps } from "./signed-distance-map.ts";
import { squaredDistanceTransform } from "./squared-distance-transform.ts";

describe("distanceField", () => {
  test("has the hand-worked distances", () => {
    expect(Array.from(distanceField([0, 0, 1, 1, 1], [5]))).toEqual([2, 1, 1, 2, 3]);
  });

  test("is EDT(mask) + EDT(not mask), the same for a mask and its complement", () => {
    const random = seededRandom(1);
    const mask = Uint8Array.from({ length: 60 }, () => (random() < 0.5 ? 1 : 0));
    const complement = mask.map((m) => 1 - m);
    const spacing = [0.5, 2, 1.25];
    const edt = (m: Uint8Array) => squaredDistanceTransform(m, [3, 4, 5], spacing).map(Math.sqrt);
    const outside = edt(complement);
    const field = distanceField(mask, [3, 4, 5], spacing);
    expect(field).toEqual(edt(mask).map((d, i) => d + outside[i]));
    expect(field).toEqual(distanceField(complement, [3, 4, 5], spacing));
  });

  test("is 0 for a mask that is empty or full", () => {
    expect(Array.from(distanceField([0, 0, 0], [3]))).toEqual([0, 0, 0]);
    expect(Array.from(distanceField([1, 1, 1], [3]))).toEqual([0, 0, 0]);
  });

  test("measures past elements that are NaN, and never to them", () => {
    const ignored = Number.NaN;
    expect(Array.from(distanceField([0, ignored, 1, 1, ignored], [5]))).toEqual([2, 0, 2, 3, 0]);
    expect(Array.from(distanceField([1, ignored, 1], [3]))).toEqual([0, 0, 0]);
  });
});

describe("signedDistanceMap", () => {
  test("has the hand-worked distances: positive outside, 0 on the rim, negative inside", () => {
    expect(Array.from(signedDistanceMap([0, 0, 1, 1, 1], [5]))).toEqual([2, 1, 0, -1, -2]);
    // Spacing scales the distances but not the 1 that is taken off.
    expect(Array.from(signedDistanceMap([0, 0, 1, 1, 1], [5], [3]))).toEqual([6, 3, -2, -5, -8]);
  });

  test("has no negative zero", () => {
    expect(signedDistanceMap([0, 1], [2]).some((d) => Object.is(d, -0))).toBe(false);
  });

  test("is 0 for a mask that is empty or full", () => {
    expect(Array.from(signedDistanceMap([0, 0], [2]))).toEqual([0, 0]);
    expect(Array.from(signedDistanceMap([1, 1], [2]))).toEqual([0, 0]);
  });
});

describe("signedDistanceMaps", () => {
  const labels = { data: Uint8Array.of(0, 1, 1, 255, 0, 0, 0, 0), dims: [2, 4] };

  test("has a map per image and class; ignored pixels are in no set, absent classes are 0", () => {
    expect(signedDistanceMaps(labels, 3, { ignore: [255] })).toEqual({
      dims: [2, 3, 4],
      data: Float32Array.of(...[0, 1, 2, 0], ...[1, 0, -1, 0], ...new Array<number>(16).fill(0)),
    });
  });

  test("has the map of label 1 for one class", () => {
    const { data, dims } = signedDistanceMaps({ data: BigInt64Array.of(0n, 1n, 0n), dims: [1, 3] }, 1);
    expect([data, dims]).toEqual([Float32Array.of(1, 0, 1), [1, 1, 3]]);
  });

  test("refuses labels that are no class with LABEL_OUT_OF_RANGE", () => {
    expect(() => signedDistanceMaps(labels, 3)).toThrow(
      expect.objectContaining({
        code: "LABEL_OUT_OF_RANGE",
        context: { label: 255, classes: 3, position: [3] },
      }),
    );
  });

  test("refuses dims of another size with SHAPE_MISMATCH", () => {
    expect(() => signedDistanceMaps({ data: labels.data, dims: [2, 3] }, 3)).toThrow(
      expect.objectContaining({ code: "SHAPE_MISMATCH" }),
    );
  });
});

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const vectors = resolve(root, process.env["PIXELGRAD_VECTORS"] ?? "../shared/vectors", "boundary_loss.json");

interface BoundaryCase {
  readonly test: string;
  readonly loss: string;
  readonly kwargs: {
    readonly label: {
      readonly shape: readonly [number, number];
      readonly box: { readonly rows: readonly [number, number]; readonly cols: readonly [number, number] };
    };
  };
  readonly expected: Readonly<Record<string, number | readonly number[]>>;
}

/** What a case of the boundary loss's tests asks of a map. */
const properties: Readonly<Record<string, (map: Float32Array, columns: number) => unknown>> = {
  max: (map) => Math.max(...map),
  min: (map) => Math.min(...map),
  argmax: (map, columns) => positionIn(columns, map.indexOf(Math.max(...map))),
  argmin: (map, columns) => positionIn(columns, map.indexOf(Math.min(...map))),
  sum: (map) => map.reduce((a, b) => a + b, 0),
  countZero: (map) => map.filter((d) => d === 0).length,
  countLessEqualZero: (map) => map.filter((d) => d <= 0).length,
  countGreaterZero: (map) => map.filter((d) => d > 0).length,
};

function positionIn(columns: number, offset: number): number[] {
  return [Math.floor(offset / columns), offset % columns];
}

describe.skipIf(!existsSync(vectors))("the distance-map tests of the boundary loss", () => {
  const cases: readonly BoundaryCase[] = existsSync(vectors)
    ? JSON.parse(readFileSync(vectors, "utf8")).cases.filter(
        (c: BoundaryCase) => c.loss === "signed_distance_map",
      )
    : [];

  test("all five are here", () => {
    expect(cases).toHaveLength(5);
  });

  test.for(cases.map((c) => [c.test, c] as const))("%s", ([, { kwargs, expected }]) => {
    const {
      shape: [rows, columns],
      box,
    } = kwargs.label;
    const data = Uint8Array.from({ length: rows * columns }, (_, i) => {
      const [row, column] = positionIn(columns, i);
      const inRows = row >= box.rows[0] && row < box.rows[1];
      return inRows && column >= box.cols[0] && column < box.cols[1] ? 1 : 0;
    });
    const maps = signedDistanceMaps({ data, dims: [1, rows, columns] }, 2).data;
    for (const [key, value] of Object.entries(expected)) {
      const [name, property] = key.split(".");
      const c = Number(name.slice("class".length));
      const map = maps.subarray(c * data.length, (c + 1) * data.length);
      expect(properties[property](map, columns), key).toEqual(value);
    }
  });
});
