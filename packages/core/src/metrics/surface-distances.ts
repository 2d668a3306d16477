/**
 * Distances between the boundary of a predicted region and that of the true one: what boundary F1, Hausdorff distance,
 * surface Dice and average surface distance are made of.
 *
 * The boundary of a region are its elements with a neighbour across a face (4 of them in 2-D, 6 in 3-D) that is not in
 * it; beyond the grid nothing is. That is region xor erosion, as MONAI and medpy have it. DeepMind's surface-distance
 * weighs boundary elements by area instead.
 *
 * @module
 */
import { checkedSpacing } from "../surface/grid.ts";
import { squaredDistanceFromSeeds } from "../surface/squared-distance-transform.ts";
import { elementCount, type TypedArray } from "../tensor.ts";
import { checkSameLength } from "./same-length.ts";

/** Euclidean distances, in the unit of the spacing. Against an empty boundary they are `Infinity`. */
export interface SurfaceDistances {
  /** From each element of the predicted boundary to the nearest of the true one. */
  readonly fromPredicted: Float64Array;
  /** From each element of the true boundary to the nearest of the predicted one. */
  readonly fromTruth: Float64Array;
}

export interface SurfaceOptions {
  /** Distance between neighbours along each axis, 1 by default. */
  readonly spacing?: readonly number[];
  /**
   * True labels that do not count: their pixels are in no region, neither a true nor a predicted one. So a region
   * has a boundary where it meets them, in truth and in prediction alike.
   */
  readonly ignore?: readonly number[];
}

/**
 * Distances between the boundaries of the regions that have `label`.
 *
 * @param predicted - labels `[...spatial]` of one image.
 * @param truth - labels `[...spatial]` of the same image.
 * @throws PixelgradError `SHAPE_MISMATCH`, `OPTION_INVALID`.
 */
export function surfaceDistances(
  predicted: TypedArray,
  truth: TypedArray,
  spatial: readonly number[],
  label: number,
  { spacing, ignore = [] }: SurfaceOptions = {},
): SurfaceDistances {
  checkSameLength(predicted, truth);
  const predictedRegion = new Uint8Array(truth.length);
  const trueRegion = new Uint8Array(truth.length);
  for (let i = 0; i < truth.length; i++) {
    const t = Number(truth[i]);
    if (ignore.includes(t)) continue;
    if (t === label) trueRegion[i] = 1;
    if (Number(predicted[i]) === label) predictedRegion[i] = 1;
  }
  return distancesOfRegions(
    predictedRegion,
    trueRegion,
    1,
    spatial,
    checkedSpacing(truth.length, spatial, spacing),
  );
}

/** {@link surfaceDistances} of the regions where the arrays equal `id`; nothing is checked. */
export function distancesOfRegions(
  predicted: ArrayLike<number>,
  truth: ArrayLike<number>,
  id: number,
  spatial: readonly number[],
  spacing: readonly number[],
): SurfaceDistances {
  const predictedBoundary = boundaryOf(predicted, id, spatial);
  const trueBoundary = boundaryOf(truth, id, spatial);
  const box = new Box(spatial, [predictedBoundary, trueBoundary]);
  const seeds = new Float64Array(elementCount(box.spatial));
  const fromTo = (from: readonly number[], to: readonly number[]): Float64Array => {
    seeds.fill(Number.POSITIVE_INFINITY);
    for (const offset of to) seeds[box.offsetIn(offset)] = 0;
    squaredDistanceFromSeeds(seeds, box.spatial, spacing);
    return Float64Array.from(from, (offset) => Math.sqrt(seeds[box.offsetIn(offset)]));
  };
  return {
    fromPredicted: fromTo(predictedBoundary, trueBoundary),
    fromTruth: fromTo(trueBoundary, predictedBoundary),
  };
}

/** Offsets of the boundary of the region where `ids` equals `id`. */
function boundaryOf(ids: ArrayLike<number>, id: number, spatial: readonly number[]): number[] {
  const strides = stridesOf(spatial);
  const boundary: number[] = [];
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] !== id) continue;
    for (let axis = 0; axis < spatial.length; axis++) {
      const stride = strides[axis];
      const at = Math.floor(i / stride) % spatial[axis];
      const inside = at > 0 && at < spatial[axis] - 1 && ids[i - stride] === id && ids[i + stride] === id;
      if (inside) continue;
      boundary.push(i);
      break;
    }
  }
  return boundary;
}

/** The smallest part of a grid that holds some of its elements: distances between them need no more. */
class Box {
  readonly spatial: readonly number[];
  readonly #outerSpatial: readonly number[];
  readonly #outerStrides: readonly number[];
  readonly #strides: readonly number[];
  readonly #low: number[];

  constructor(spatial: readonly number[], offsets: readonly (readonly number[])[]) {
    this.#outerSpatial = spatial;
    this.#outerStrides = stridesOf(spatial);
    this.#low = spatial.slice();
    const high = spatial.map(() => -1);
    for (const list of offsets) {
      for (const offset of list) {
        for (let axis = 0; axis < spatial.length; axis++) {
          const at = Math.floor(offset / this.#outerStrides[axis]) % spatial[axis];
          if (at < this.#low[axis]) this.#low[axis] = at;
          if (at > high[axis]) high[axis] = at;
        }
      }
    }
    this.spatial = high.map((h, axis) => Math.max(0, h - this.#low[axis] + 1));
    this.#strides = stridesOf(this.spatial);
  }

  /** The offset in this box of what has `offset` in the grid. */
  offsetIn(offset: number): number {
    let inner = 0;
    for (let axis = 0; axis < this.spatial.length; axis++) {
      const at = Math.floor(offset / this.#outerStrides[axis]) % this.#outerSpatial[axis];
      inner += (at - this.#low[axis]) * this.#strides[axis];
    }
    return inner;
  }
}

function stridesOf(spatial: readonly number[]): number[] {
  return spatial.map((_, axis) => elementCount(spatial.slice(axis + 1)));
}
