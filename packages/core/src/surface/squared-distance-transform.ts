/**
 * Exact squared Euclidean distances on a grid of any number of dims, in time linear in the number of elements.
 *
 *   D(p) = min over q of  f(q) + sum over axes a of (spacing_a (p_a - q_a))^2
 *
 * The square is a sum over axes, so the minimum is taken one axis after the other; along a line it is the lower
 * envelope of the parabolas rooted at (q, f(q)).
 *
 * Source: Felzenszwalb and Huttenlocher, Distance Transforms of Sampled Functions, Theory of Computing 8, 2012,
 * section 2; here with spacing, and in place.
 *
 * @module
 */
import { type Bands, OneBand } from "../bands.ts";
import { elementCount } from "../tensor.ts";
import { checkedSpacing } from "./grid.ts";

/** Neighbouring lines of an axis that are copied together, so that each cache line of 64 bytes is read once. */
const LINES_AT_ONCE = 8;

/**
 * Squared distance of each element with mask != 0 to the nearest element with mask == 0; 0 where the mask is 0.
 * Without an element with mask == 0, `Infinity` everywhere (scipy's `distance_transform_edt` measures to a point outside
 * the array then).
 *
 * @param mask - `[...spatial]`, row-major.
 * @param spacing - distance between neighbours along each axis, 1 by default.
 * @param out - `[...spatial]`, overwritten and returned; a new array by default.
 * @throws PixelgradError `SHAPE_MISMATCH`, `OPTION_INVALID`.
 */
export function squaredDistanceTransform(
  mask: ArrayLike<number>,
  spatial: readonly number[],
  spacing?: readonly number[],
  out: Float64Array = new Float64Array(mask.length),
): Float64Array {
  checkedSpacing(mask.length, spatial, spacing);
  for (let i = 0; i < mask.length; i++) out[i] = mask[i] === 0 ? 0 : Number.POSITIVE_INFINITY;
  return squaredDistanceFromSeeds(out, spatial, spacing);
}

/**
 * Replaces each f(p) by D(p) of the module's equation. A seed is a finite number, its head start; `Infinity` is no
 * seed. Without a seed all stay `Infinity`.
 *
 * @param seeds - f, `[...spatial]`, row-major, overwritten and returned.
 * @throws PixelgradError `SHAPE_MISMATCH`, `OPTION_INVALID`.
 */
export function squaredDistanceFromSeeds(
  seeds: Float64Array,
  spatial: readonly number[],
  spacing?: readonly number[],
): Float64Array {
  const steps = checkedSpacing(seeds.length, spatial, spacing);
  if (seeds.length === 0) return seeds;
  const bands = new OneBand();
  for (let axis = spatial.length - 1; axis >= 0; axis--) {
    spreadAlongAxis(seeds, spatial, axis, steps[axis], bands);
  }
  return seeds;
}

/** Takes the minimum along one axis; `step` is the distance of neighbours. */
export function spreadAlongAxis(
  values: Float64Array,
  spatial: readonly number[],
  axis: number,
  step: number,
  bands: Bands,
): void {
  const length = spatial[axis];
  const stride = elementCount(spatial.slice(axis + 1));
  const envelope = new LowerEnvelope(length);
  if (stride === 1) {
    bands.each(values.length / length, length, (from, to) => {
      for (let line = from; line < to; line++) envelope.replace(values, line * length, length, step);
    });
    return;
  }
  const lines = new Float64Array(LINES_AT_ONCE * length);
  const perSlab = Math.ceil(stride / LINES_AT_ONCE);
  const slabs = values.length / (length * stride);
  bands.each(slabs * perSlab, LINES_AT_ONCE * length, (from, to) => {
    for (let group = from; group < to; group++) {
      const column = (group % perSlab) * LINES_AT_ONCE;
      const count = Math.min(LINES_AT_ONCE, stride - column);
      const first = Math.floor(group / perSlab) * length * stride + column;
      gatherLines(values, first, stride, count, length, lines);
      for (let k = 0; k < count; k++) envelope.replace(lines, k * length, length, step);
      scatterLines(values, first, stride, count, length, lines);
    }
  });
}

/** Copies neighbouring lines that run across memory, one behind the other. */
function gatherLines(
  values: Float64Array,
  first: number,
  stride: number,
  count: number,
  length: number,
  lines: Float64Array,
): void {
  for (let q = 0, at = first; q < length; q++, at += stride) {
    for (let k = 0; k < count; k++) lines[k * length + q] = values[at + k];
  }
}

/** Copies them back. */
function scatterLines(
  values: Float64Array,
  first: number,
  stride: number,
  count: number,
  length: number,
  lines: Float64Array,
): void {
  for (let q = 0, at = first; q < length; q++, at += stride) {
    for (let k = 0; k < count; k++) values[at + k] = lines[k * length + q];
  }
}

/**
 * On a line of nothing but 0 and `Infinity` the nearest 0 on either side is known from one pass each way.
 * @returns whether the line is one, and replaced.
 */
function measureRun(values: Float64Array, at: number, length: number, step: number): boolean {
  const end = at + length;
  for (let i = at; i < end; i++) if (values[i] !== 0 && values[i] !== Number.POSITIVE_INFINITY) return false;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = at; i < end; i++) {
    if (values[i] === 0) last = i;
    else values[i] = (step * (i - last)) ** 2;
  }
  last = Number.POSITIVE_INFINITY;
  for (let i = end - 1; i >= at; i--) {
    if (values[i] === 0) last = i;
    else values[i] = Math.min(values[i], (step * (last - i)) ** 2);
  }
  return true;
}

/** The parabolas that are lowest somewhere on a line, from left to right. */
class LowerEnvelope {
  /** Where each has its root, in elements. */
  readonly #root: Int32Array;
  /** Its value there. */
  readonly #height: Float64Array;
  /** From where on it is the lowest, in elements. */
  readonly #start: Float64Array;

  constructor(longest: number) {
    this.#root = new Int32Array(longest);
    this.#height = new Float64Array(longest);
    this.#start = new Float64Array(longest);
  }

  /** Replaces a line of `length` values at `values[at]` by their envelope; `step` is the distance of neighbours. */
  replace(values: Float64Array, at: number, length: number, step: number): void {
    if (measureRun(values, at, length, step)) return;
    const root = this.#root;
    const height = this.#height;
    const start = this.#start;
    const square = step * step;
    let top = -1;
    let topRoot = 0;
    let topHeight = 0;
    let topStart = 0;
    for (let q = 0; q < length; q++) {
      const h = values[at + q];
      if (h === Number.POSITIVE_INFINITY) continue;
      // Amid zeros it is the lowest at q alone: elsewhere the first or the last of them is lower.
      if (h === 0 && q > 0 && values[at + q - 1] === 0 && q + 1 < length && values[at + q + 1] === 0)
        continue;
      let from = Number.NEGATIVE_INFINITY;
      while (top >= 0) {
        // The two parabolas meet here; one of the same height that starts further right always wins to its right.
        from = ((h - topHeight) / (square * (q - topRoot)) + q + topRoot) / 2;
        if (from > topStart) break;
        from = Number.NEGATIVE_INFINITY;
        if (--top < 0) break;
        topRoot = root[top];
        topHeight = height[top];
        topStart = start[top];
      }
      top++;
      root[top] = topRoot = q;
      height[top] = topHeight = h;
      start[top] = topStart = from;
    }
    if (top < 0) return;
    for (let q = 0, k = 0; q < length; q++) {
      while (k < top && start[k + 1] < q) k++;
      const d = step * (q - root[k]);
      const lowest = height[k] + d * d;
      if (values[at + q] !== 0 || lowest < 0) values[at + q] = lowest;
    }
  }
}
