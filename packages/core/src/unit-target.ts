/**
 * The target of a unit of a field, in float64: that of the row's class, or the label where one row stands for several
 * classes; NaN where the pixel (softmax) or the channel (sigmoid) does not count.
 *
 * @module
 */
import type { Problem } from "./problem.ts";
import type { Term } from "./term.ts";

/**
 * @param image - the first image of the unit, which has as many as `to` has room for.
 * @param to - overwritten.
 */
export function copyTarget(term: Term, problem: Problem, row: number, image: number, to: Float64Array): void {
  const { pixels, classes, classMask, targetKind } = problem;
  const perClass = term.field?.rows === classes;
  for (let at = 0, n = image; at < to.length; at += pixels, n++) {
    const own = to.subarray(at, at + pixels);
    if (perClass && classMask?.[n * classes + row] === 0) own.fill(Number.NaN);
    else if (targetKind === "labels") copyLabels(term, problem, n, perClass ? row : undefined, own);
    else copyDense(term, problem, n, perClass ? row : 0, own);
  }
}

/** Where channel `c` of image `n` begins in an array shaped like the logits, and how far apart its pixels are. */
export function channelStart(
  { layout, classes, pixels }: Problem,
  n: number,
  c: number,
): { readonly start: number; readonly step: number } {
  return layout === "channels-first"
    ? { start: (n * classes + c) * pixels, step: 1 }
    : { start: n * pixels * classes + c, step: classes };
}

/** @param row - the class that is 1 among 0; undefined for the labels themselves. */
function copyLabels(
  { ignored }: Term,
  { target, classes, pixels }: Problem,
  n: number,
  row: number | undefined,
  to: Float64Array,
): void {
  const [only] = ignored;
  const start = n * pixels;
  for (let i = 0; i < pixels; i++) {
    const label = Number(target[start + i]);
    // A search is slow for what most often is one label, or none.
    const isIgnored = ignored.length > 1 ? ignored.includes(label) : label === only;
    if (!(label >= 0 && label < classes) || isIgnored) to[i] = Number.NaN;
    else to[i] = row === undefined ? label : label === row ? 1 : 0;
  }
}

function copyDense(
  { ignored, activation }: Term,
  problem: Problem,
  n: number,
  channel: number,
  to: Float64Array,
): void {
  const { target, classes, pixels } = problem;
  const { start, step } = channelStart(problem, n, channel);
  for (let i = 0, at = start; i < pixels; i++, at += step) to[i] = Number(target[at]);
  if (ignored.length === 0) return;
  const channels = activation === "softmax" ? Array.from({ length: classes }, (_, c) => c) : [channel];
  for (const c of channels) {
    const { start } = channelStart(problem, n, c);
    for (let i = 0, at = start; i < pixels; i++, at += step) {
      if (ignored.includes(Number(target[at]))) to[i] = Number.NaN;
    }
  }
}
