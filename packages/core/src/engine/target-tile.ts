/**
 * Brings the targets of a tile into scratch: int32 labels for softmax terms, float32 rows for the others, negative
 * where ignored.
 *
 * @module
 */
import { PixelgradError } from "../errors.ts";
import { formatDims, type TypedArray } from "../tensor.ts";
import type { Term } from "../term.ts";
import type { Arena } from "./arena.ts";
import { labelFault, targetFault } from "./faults.ts";
import type { PieceView } from "./piece-view.ts";
import type { SimdTile } from "./tile.ts";

/** @throws PixelgradError when the target is of the wrong kind or holds a number that is neither valid nor ignored. */
export function loadTarget(arena: Arena, tile: SimdTile, term: Term, view: PieceView, begin: number): void {
  checkTargetKind(term, view);
  arena.ints(tile.ignored, term.ignored.length).set(term.ignored.map(clampToInt32));
  if (term.activation === "softmax") loadLabels(arena, tile, term, view, begin);
  else loadDense(arena, tile, term, view, begin);
}

/** @throws PixelgradError `SHAPE_MISMATCH` when a softmax term gets dense targets or a sigmoid term labels. */
export function checkTargetKind(
  term: Term,
  { targetKind, classes, origin }: Pick<PieceView, "targetKind" | "classes" | "origin">,
): void {
  const wanted = term.activation === "softmax" ? "labels" : "dense";
  if (targetKind === wanted) return;
  const [images, , ...spatial] = origin.logitsDims as [number, number, ...number[]];
  const expected = wanted === "labels" ? [images, ...spatial] : origin.logitsDims;
  const hint =
    wanted === "dense"
      ? ` Labels with ${classes} channels are for a softmax loss; for a sigmoid loss make them one-hot with oneHot().`
      : classes === 1
        ? " A softmax over one channel is always 1: use binary-cross-entropy, or more channels."
        : " Dense targets are for a sigmoid loss.";
  throw new PixelgradError(
    "SHAPE_MISMATCH",
    `${term.id} (${term.activation}) of logits ${formatDims(origin.logitsDims)} takes ` +
      `${wanted === "labels" ? "labels" : "dense targets"} ${formatDims(expected)}, got ` +
      `${formatDims(origin.targetDims)}.${hint}`,
    { expected, got: origin.targetDims },
  );
}

function loadLabels(arena: Arena, tile: SimdTile, term: Term, view: PieceView, begin: number): void {
  const { data, offset } = view.target;
  const count = tile.pixels;
  const labels = arena.ints(tile.target, tile.count);
  copyIntegers(data, offset + begin, count, labels);
  if (data instanceof Float32Array || data instanceof Float64Array) {
    for (let i = 0; i < count; i++) {
      const label = data[offset + begin + i];
      // Int32Array.set would round 1.5 and NaN to a class silently.
      if (labels[i] !== label) throw labelFault(view.origin, begin + i, label, view.classes);
    }
  }
  const bad = tile.kernels.canonicalLabels(
    tile.target,
    count,
    view.classes,
    tile.ignored,
    term.ignored.length,
  );
  if (bad >= 0) throw labelFault(view.origin, begin + bad, Number(data[offset + begin + bad]), view.classes);
  labels.fill(-1, count);
}

function copyIntegers(from: TypedArray, at: number, count: number, to: Int32Array): void {
  if (from instanceof BigInt64Array || from instanceof BigUint64Array) {
    for (let i = 0; i < count; i++) to[i] = clampToInt32(Number(from[at + i]));
  } else if (from instanceof Uint32Array) {
    for (let i = 0; i < count; i++) to[i] = clampToInt32(from[at + i]);
  } else {
    to.set(from.subarray(at, at + count));
  }
}

/** A label outside int32 must not wrap around onto a class. */
function clampToInt32(label: number): number {
  return Math.max(-2_147_483_648, Math.min(2_147_483_647, label));
}

function loadDense(arena: Arena, tile: SimdTile, term: Term, view: PieceView, begin: number): void {
  const { data, offset, stride } = view.target;
  const count = tile.pixels;
  for (let c = 0; c < view.classes; c++) {
    const row = tile.row(tile.target, c);
    const targets = arena.floats(row, tile.count);
    const at = offset + c * stride + begin;
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
      for (let i = 0; i < count; i++) targets[i] = Number(data[at + i]);
    } else {
      targets.set(data.subarray(at, at + count));
    }
    const bad = tile.kernels.canonicalTargets(row, count, tile.ignored, term.ignored.length);
    if (bad >= 0) throw targetFault(view.origin, view.classes, c, begin + bad, Number(data[at + bad]));
    targets.fill(-1, count);
  }
}
