/**
 * Least and greatest values of a pixel's neighbourhood, and where a gradient goes through them: where several pixels
 * share the extreme, as PyTorch on a CPU sends it.
 *
 * @module
 */
import { elementCount } from "../tensor.ts";

/** An axis of a row-major grid: how many elements, and how far apart. */
interface Axis {
  readonly length: number;
  readonly stride: number;
}

function axesOf(spatial: readonly number[]): readonly Axis[] {
  return spatial.map((length, axis) => ({ length, stride: elementCount(spatial.slice(axis + 1)) }));
}

/** The least of each pixel and its neighbours along the axes; `+Infinity` is as if outside of the image. */
export function crossMinimum(image: Float64Array, spatial: readonly number[]): Float64Array {
  const least = image.slice();
  for (const { length, stride } of axesOf(spatial)) {
    for (let slab = 0; slab < image.length; slab += length * stride) {
      for (let i = slab + stride; i < slab + length * stride; i++) {
        const before = i - stride;
        if (image[before] < least[i]) least[i] = image[before];
        if (image[i] < least[before]) least[before] = image[i];
      }
    }
  }
  return least;
}

/**
 * Adds to `to` the gradient `of` the minima. Along an axis, the first pixel with the minimum takes it; axes with the same
 * minimum share evenly, each further one with all before it.
 */
export function addCrossMinimumSlopes(
  image: Float64Array,
  spatial: readonly number[],
  of: Float64Array,
  to: Float64Array,
): void {
  const axes = axesOf(spatial);
  const winners = new Int32Array(axes.length);
  const shares = new Float64Array(axes.length);
  for (let i = 0; i < of.length; i++) {
    if (of[i] === 0) continue;
    let least = Number.POSITIVE_INFINITY;
    axes.forEach((axis, a) => {
      winners[a] = firstLeast(image, i, axis);
      const value = image[winners[a]];
      const ties = a > 0 && value === least;
      const wins = a === 0 || value < least;
      for (let b = 0; b < a; b++) shares[b] *= ties ? 0.5 : wins ? 0 : 1;
      shares[a] = ties ? 0.5 : wins ? 1 : 0;
      if (wins) least = value;
    });
    for (let a = 0; a < winners.length; a++) to[winners[a]] += shares[a] * of[i];
  }
}

/** The first of a pixel and its two neighbours along an axis with the least value. */
function firstLeast(image: Float64Array, i: number, { length, stride }: Axis): number {
  const at = Math.floor(i / stride) % length;
  let first = at > 0 ? i - stride : i;
  if (image[i] < image[first]) first = i;
  if (at < length - 1 && image[i + stride] < image[first]) first = i + stride;
  return first;
}

/** The greatest of the 3^d pixels around each; `-Infinity` is as if outside of the image. */
export function boxMaximum(image: Float64Array, spatial: readonly number[]): Float64Array {
  let values = image;
  for (const { length, stride } of axesOf(spatial)) {
    const next = values.slice();
    for (let slab = 0; slab < values.length; slab += length * stride) {
      for (let i = slab + stride; i < slab + length * stride; i++) {
        const before = i - stride;
        if (values[before] > next[i]) next[i] = values[before];
        if (values[i] > next[before]) next[before] = values[i];
      }
    }
    values = next;
  }
  return values;
}

/** Adds to `to` the gradient `of` the maxima: the first pixel in row-major order that has a maximum takes it. */
export function addBoxMaximumSlopes(
  image: Float64Array,
  spatial: readonly number[],
  of: Float64Array,
  to: Float64Array,
): void {
  let values = image;
  let winners = new Int32Array(image.length).map((_, i) => i);
  // The last axis first: of equal maxima the first row then wins, and in it the first pixel.
  for (const { length, stride } of axesOf(spatial).toReversed()) {
    const next = values.slice();
    const nextWinners = winners.slice();
    for (let slab = 0; slab < values.length; slab += length * stride) {
      for (let i = slab + stride; i < slab + length * stride; i++) {
        const before = i - stride;
        if (values[before] >= next[i]) {
          next[i] = values[before];
          nextWinners[i] = winners[before];
        }
        if (values[i] > next[before]) {
          next[before] = values[i];
          nextWinners[before] = winners[i];
        }
      }
    }
    values = next;
    winners = nextWinners;
  }
  for (let i = 0; i < of.length; i++) if (of[i] !== 0) to[winners[i]] += of[i];
}
