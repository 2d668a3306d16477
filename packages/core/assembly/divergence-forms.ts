/** The forms of divergence.ts, each an export of its own: as branches of one function the optimizer folds them. */
import { divergence, FORWARD, JENSEN_SHANNON, REVERSE } from "./divergence";

/**
 * Adds to `sums[0]`; elements, unless 0, are losses times `factor`, `slopes` (rows of `stride`) without it. The 2 C rows of
 * the student are at `p`, and `l`, those of the teacher at `t` and `tl`; `mask` says which pixels count. differences of logits are
 * divided by `temperature`. `x` are the probabilities as given: those below `least` have no slope.
 */
export function forwardKlByLog(
  p: usize, l: usize, t: usize, tl: usize, stride: i32, mask: usize, channels: i32, n: i32, temperature: f32, factor: f32,
  counts: f32, mass: f32, sumsToOne: bool, least: f32, x: usize, xStride: i32, elements: usize, slopes: usize,
  sums: usize,
): void {
  divergence(
    FORWARD, false, p, l, t, tl, stride, mask, channels, n, temperature, factor, counts, mass, sumsToOne, least, x, xStride,
    elements, slopes, sums,
  );
}

export function forwardKlByProbability(
  p: usize, l: usize, t: usize, tl: usize, stride: i32, mask: usize, channels: i32, n: i32, temperature: f32, factor: f32,
  counts: f32, mass: f32, sumsToOne: bool, least: f32, x: usize, xStride: i32, elements: usize, slopes: usize,
  sums: usize,
): void {
  divergence(
    FORWARD, true, p, l, t, tl, stride, mask, channels, n, temperature, factor, counts, mass, sumsToOne, least, x, xStride,
    elements, slopes, sums,
  );
}

export function reverseKlByLog(
  p: usize, l: usize, t: usize, tl: usize, stride: i32, mask: usize, channels: i32, n: i32, temperature: f32, factor: f32,
  counts: f32, mass: f32, sumsToOne: bool, least: f32, x: usize, xStride: i32, elements: usize, slopes: usize,
  sums: usize,
): void {
  divergence(
    REVERSE, false, p, l, t, tl, stride, mask, channels, n, temperature, factor, counts, mass, sumsToOne, least, x, xStride,
    elements, slopes, sums,
  );
}

export function reverseKlByProbability(
  p: usize, l: usize, t: usize, tl: usize, stride: i32, mask: usize, channels: i32, n: i32, temperature: f32, factor: f32,
  counts: f32, mass: f32, sumsToOne: bool, least: f32, x: usize, xStride: i32, elements: usize, slopes: usize,
  sums: usize,
): void {
  divergence(
    REVERSE, true, p, l, t, tl, stride, mask, channels, n, temperature, factor, counts, mass, sumsToOne, least, x, xStride,
    elements, slopes, sums,
  );
}

export function jensenShannonByLog(
  p: usize, l: usize, t: usize, tl: usize, stride: i32, mask: usize, channels: i32, n: i32, temperature: f32, factor: f32,
  counts: f32, mass: f32, sumsToOne: bool, least: f32, x: usize, xStride: i32, elements: usize, slopes: usize,
  sums: usize,
): void {
  divergence(
    JENSEN_SHANNON, false, p, l, t, tl, stride, mask, channels, n, temperature, factor, counts, mass, sumsToOne, least, x, xStride,
    elements, slopes, sums,
  );
}

export function jensenShannonByProbability(
  p: usize, l: usize, t: usize, tl: usize, stride: i32, mask: usize, channels: i32, n: i32, temperature: f32, factor: f32,
  counts: f32, mass: f32, sumsToOne: bool, least: f32, x: usize, xStride: i32, elements: usize, slopes: usize,
  sums: usize,
): void {
  divergence(
    JENSEN_SHANNON, true, p, l, t, tl, stride, mask, channels, n, temperature, factor, counts, mass, sumsToOne, least, x, xStride,
    elements, slopes, sums,
  );
}
