/**
 * Brings the targets of a tile into scratch: int32 labels for softmax terms, float32 rows for the others, negative
 * where ignored.
 *
 * @module
 */
import type { TypedArray } from "../tensor.ts";
import type { Term } from "../term.ts";
import type { Arena } from "./arena.ts";
import { labelFault, targetFault } from "./faults.ts";
import type { PieceView } from "./piece-view.ts";
import type { SimdTile } from "./tile.ts";

/** @throws PixelgradError when the target holds a number that is neither valid nor ignored. */
export function loadTarget(arena: Arena, tile: SimdTile, term: Term, view: PieceView, begin: number): void {
  arena.ints(tile.ignored, term.ignored.length).set(term.ignored.map(clampToInt32));
  if (term.activation === "softmax") loadLabels(arena, tile, term, view, begin);
  else loadDense(arena, tile, term, view, begin);
}

function loadLabels(arena: Arena, tile: SimdTile, term: Term, view: PieceView, begin: number): void {
  const { data, offset } = view.rows.target;
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
  const { data, offset, stride, step } = view.rows.target;
  const count = tile.pixels;
  for (let c = 0; c < view.classes; c++) {
    const row = tile.row(tile.target, c);
    const targets = arena.floats(row, tile.count);
    const at = offset + c * stride + begin * step;
    if (step !== 1 || data instanceof BigInt64Array || data instanceof BigUint64Array) {
      for (let i = 0; i < count; i++) targets[i] = Number(data[at + i * step]);
    } else {
      targets.set(data.subarray(at, at + count));
    }
    const bad = tile.kernels.canonicalTargets(row, count, tile.ignored, term.ignored.length);
    if (bad >= 0) throw targetFault(view.origin, view.classes, c, begin + bad, Number(data[at + bad * step]));
    targets.fill(-1, count);
  }
}
