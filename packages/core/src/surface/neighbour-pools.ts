/**
 * Least and greatest values of a pixel's neighbourhood, and where a gradient goes through them: where several pixels
 * share the extreme, as PyTorch on a CPU sends it.
 *
 * @module
 */
import { boxAround, type Lines, lineBefore, lineBehind } from "./lines.ts";

/**
 * The least of each pixel of a line and its neighbours along the axes; `+Infinity` is as if outside of the image.
 * @param to - `[...spatial]`; only the line is written.
 */
export function crossMinimum(image: Float64Array, lines: Lines, line: number, to: Float64Array): void {
  const { length, axes } = lines;
  const at = line * length;
  // Beyond the edge, the line itself changes nothing.
  const start = (other: number) => (other < 0 ? at : other * length);
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    const before = start(lineBefore(lines, line, axis));
    const behind = start(lineBehind(lines, line, axis));
    if (axis === axes.length - 1) leastAround(image, at, before, behind, length, to);
    else keepLeast(image, before, behind, at, length, to);
  }
  if (axes.length === 0) leastAround(image, at, at, at, length, to);
}

/** The least of each pixel, its neighbours in the line, and those in two other lines. (Math.min takes longer.) */
function leastAround(
  image: Float64Array,
  at: number,
  before: number,
  behind: number,
  length: number,
  to: Float64Array,
): void {
  let last = Number.POSITIVE_INFINITY;
  let own = image[at];
  for (let i = 0; i < length; i++) {
    const next = i + 1 < length ? image[at + i + 1] : Number.POSITIVE_INFINITY;
    let least = own;
    if (last < least) least = last;
    if (next < least) least = next;
    if (image[before + i] < least) least = image[before + i];
    if (image[behind + i] < least) least = image[behind + i];
    to[at + i] = least;
    last = own;
    own = next;
  }
}

/** Keeps in a line the least of it and of two other lines. */
function keepLeast(
  image: Float64Array,
  before: number,
  behind: number,
  at: number,
  length: number,
  to: Float64Array,
): void {
  for (let i = 0; i < length; i++) {
    let least = to[at + i];
    if (image[before + i] < least) least = image[before + i];
    if (image[behind + i] < least) least = image[behind + i];
    to[at + i] = least;
  }
}

/**
 * The greatest of the 3^d pixels around each pixel of a line; `-Infinity` is as if outside of the image.
 * @param greatest - of the line's length, overwritten.
 */
export function boxMaximum(image: Float64Array, lines: Lines, line: number, greatest: Float64Array): void {
  const { length } = lines;
  const starts = boxAround(lines, line).map((other) => other * length);
  for (let k = 0; k < starts.length; k += 3) {
    // A line that comes twice changes nothing.
    const [a, b = a, c = a] = starts.slice(k, k + 3);
    keepGreatest(image, a, b, c, k === 0, greatest);
  }
  let last = Number.NEGATIVE_INFINITY;
  let own = greatest[0];
  for (let i = 0; i < length; i++) {
    const next = i + 1 < length ? greatest[i + 1] : Number.NEGATIVE_INFINITY;
    let most = own;
    if (last > most) most = last;
    if (next > most) most = next;
    greatest[i] = most;
    last = own;
    own = next;
  }
}

/** The greatest of three lines, and of what is there unless they are the first. */
function keepGreatest(
  image: Float64Array,
  a: number,
  b: number,
  c: number,
  isFirst: boolean,
  greatest: Float64Array,
): void {
  for (let i = 0; i < greatest.length; i++) {
    let most = image[a + i];
    if (image[b + i] > most) most = image[b + i];
    if (image[c + i] > most) most = image[c + i];
    if (isFirst || most > greatest[i]) greatest[i] = most;
  }
}

/**
 * Adds to `to` the gradient `of` the minima of a line. Along an axis, the first pixel with the minimum takes it; axes with
 * the same minimum share evenly, each further one with all before it. Pixels outside of `[from, end)` get nothing.
 */
export function addCrossMinimumSlopes(
  image: Float64Array,
  lines: Lines,
  line: number,
  of: Float64Array,
  to: Float64Array,
  from: number,
  end: number,
): void {
  const { length, axes } = lines;
  const at = line * length;
  const count = axes.length + 1;
  const before = new Int32Array(count);
  const behind = new Int32Array(count);
  for (let axis = 0; axis < axes.length; axis++) {
    const lineOf = (other: number) => (other < 0 ? 0 : (other - line) * length);
    before[axis] = lineOf(lineBefore(lines, line, axis));
    behind[axis] = lineOf(lineBehind(lines, line, axis));
  }
  const winners = new Int32Array(count);
  const shares = new Float64Array(count);
  for (let i = at; i < at + length; i++) {
    if (of[i] === 0) continue;
    before[count - 1] = i > at ? -1 : 0;
    behind[count - 1] = i < at + length - 1 ? 1 : 0;
    let least = Number.POSITIVE_INFINITY;
    for (let axis = 0; axis < count; axis++) {
      // The first of the three, in their order.
      let winner = i + before[axis];
      if (image[i] < image[winner]) winner = i;
      if (image[i + behind[axis]] < image[winner]) winner = i + behind[axis];
      const value = image[winner];
      const ties = axis > 0 && value === least;
      const wins = axis === 0 || value < least;
      if (ties || wins) for (let b = 0; b < axis; b++) shares[b] *= ties ? 0.5 : 0;
      winners[axis] = winner;
      shares[axis] = ties ? 0.5 : wins ? 1 : 0;
      if (wins) least = value;
    }
    for (let axis = 0; axis < count; axis++) {
      const winner = winners[axis];
      if (winner >= from && winner < end) to[winner] += shares[axis] * of[i];
    }
  }
}

/**
 * Takes from `to` the gradient `of` the maxima of a line: the first pixel in row-major order that has a maximum pays it.
 * Pixels outside of `[from, end)` pay nothing.
 */
export function subtractBoxMaximumSlopes(
  image: Float64Array,
  lines: Lines,
  line: number,
  of: Float64Array,
  to: Float64Array,
  from: number,
  end: number,
): void {
  const { length } = lines;
  const at = line * length;
  const steps = Int32Array.from(boxAround(lines, line), (other) => (other - line) * length);
  for (let i = at; i < at + length; i++) {
    if (of[i] === 0) continue;
    const hasLast = i > at;
    const hasNext = i < at + length - 1;
    let winner = i + steps[0] - (hasLast ? 1 : 0);
    let greatest = image[winner];
    for (let k = 0; k < steps.length; k++) {
      const own = i + steps[k];
      if (hasLast && image[own - 1] > greatest) {
        winner = own - 1;
        greatest = image[winner];
      }
      if (image[own] > greatest) {
        winner = own;
        greatest = image[winner];
      }
      if (hasNext && image[own + 1] > greatest) {
        winner = own + 1;
        greatest = image[winner];
      }
    }
    if (winner >= from && winner < end) to[winner] -= of[i];
  }
}
