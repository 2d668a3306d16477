/** Distances: scipy's exact transform, and the signed maps and Hausdorff distance of the boundary loss's tests. @module */
import {
  hausdorffDistance,
  signedDistanceMap,
  squaredDistanceTransform,
  surfaceDistances,
} from "@pixelgrad/core";
import { numbersOf } from "../arrays.ts";
import type { Adapter, Measurement, Plan } from "../plan.ts";
import type { EncodedArray, VectorCase } from "../vectors.ts";

export const scipy: Adapter = {
  file: "scipy_edt.json",
  tolerance: { atol: 0 },
  plan({ kwargs = {} }): Plan {
    const mask = kwargs["mask"] as EncodedArray;
    return { measure: () => ({ value: Array.from(squaredDistanceTransform(numbersOf(mask), mask.shape)) }) };
  },
};

export const boundaryLoss: Adapter = {
  file: "boundary_loss.json",
  tolerance: { atol: 0 },
  plan(vector: VectorCase): Plan {
    return vector.loss === "signed_distance_map" ? properties(vector) : hausdorff(vector);
  },
};

/** A label image of zeros with a box of ones. */
interface Box {
  readonly shape: readonly [number, number];
  readonly box: { readonly rows: readonly [number, number]; readonly cols: readonly [number, number] };
}

const PROPERTIES: Readonly<Record<string, (map: Float64Array, width: number) => readonly number[]>> = {
  max: (map) => [Math.max(...map)],
  min: (map) => [Math.min(...map)],
  argmax: (map, width) => positionOf(map, Math.max(...map), width),
  argmin: (map, width) => positionOf(map, Math.min(...map), width),
  sum: (map) => [map.reduce((sum, v) => sum + v, 0)],
  countZero: (map) => [map.filter((v) => v === 0).length],
  countLessEqualZero: (map) => [map.filter((v) => v <= 0).length],
  countGreaterZero: (map) => [map.filter((v) => v > 0).length],
};

/** Each name is `class1.countZero` and the like: a property of the map of that class. */
function properties({ kwargs = {}, expected }: VectorCase): Measurement {
  const { shape, box } = kwargs["label"] as Box;
  const wanted = Object.entries(expected as Readonly<Record<string, number | readonly number[]>>);
  return {
    measure: () => ({
      value: wanted.flatMap(([name]) => {
        const [region, property] = name.split(".") as [string, string];
        return PROPERTIES[property]!(signedDistanceMap(maskOf(shape, box, region), shape), shape[1]);
      }),
    }),
    expected: wanted.flatMap(([, value]) => value),
  };
}

/** Of the boundaries of the two boxes, and of what surrounds them. */
function hausdorff({ kwargs = {}, expected }: VectorCase): Measurement {
  const { a, b } = kwargs as Readonly<Record<"a" | "b", Box>>;
  const { perClass } = expected as { readonly perClass: readonly number[] };
  const [labelsOfA, labelsOfB] = [a, b].map(({ shape, box }) => maskOf(shape, box, "class1")) as [
    Uint8Array,
    Uint8Array,
  ];
  const distance = (label: number): number =>
    Number(hausdorffDistance(surfaceDistances(labelsOfA, labelsOfB, a.shape, label)));
  return { measure: () => ({ value: perClass.map((_, label) => distance(label)) }), expected: perClass };
}

function maskOf([height, width]: Box["shape"], { rows, cols }: Box["box"], region: string): Uint8Array {
  return Uint8Array.from({ length: height * width }, (_, at) => {
    const [r, c] = [Math.floor(at / width), at % width];
    const inside = r >= rows[0] && r < rows[1] && c >= cols[0] && c < cols[1];
    return inside === (region === "class1") ? 1 : 0;
  });
}

function positionOf(map: Float64Array, value: number, width: number): readonly number[] {
  const at = map.indexOf(value);
  return [Math.floor(at / width), at % width];
}
