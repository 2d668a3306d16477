/**
 * What kernels do with the labels of four or all pixels: int32, negative where ignored. Rows of channels are `step`
 * bytes apart.
 */
import { zero } from "./math";

/** rows[y] of four neighbouring pixels; row 0 where y is ignored. */
// @ts-ignore: decorator
@inline
export function gatherRows(rows: usize, step: usize, y: v128): v128 {
  const at = i32x4.max_s(y, zero());
  let v = v128.load32_zero(rows + <usize>i32x4.extract_lane(at, 0) * step);
  v = v128.load_lane<f32>(rows + <usize>i32x4.extract_lane(at, 1) * step, v, 1, 4);
  v = v128.load_lane<f32>(rows + <usize>i32x4.extract_lane(at, 2) * step, v, 2, 8);
  return v128.load_lane<f32>(rows + <usize>i32x4.extract_lane(at, 3) * step, v, 3, 12);
}

/** list[y] of four pixels; list[0] where y is ignored. */
// @ts-ignore: decorator
@inline
export function gather(list: usize, y: v128): v128 {
  const at = i32x4.shl(i32x4.max_s(y, zero()), 2);
  let v = v128.load32_zero(list + <usize>i32x4.extract_lane(at, 0));
  v = v128.load_lane<f32>(list + <usize>i32x4.extract_lane(at, 1), v, 1);
  v = v128.load_lane<f32>(list + <usize>i32x4.extract_lane(at, 2), v, 2);
  return v128.load_lane<f32>(list + <usize>i32x4.extract_lane(at, 3), v, 3);
}

/** rows[y[i]][i] = from[i] for each pixel that is not ignored. */
// @ts-ignore: decorator
@inline
export function scatterToRows(from: usize, labels: usize, n: i32, rows: usize, step: usize): void {
  const end = labels + (<usize>n << 2);
  while (labels < end) {
    const y = load<i32>(labels);
    if (y >= 0) store<f32>(rows + <usize>y * step, load<f32>(from));
    labels += 4;
    from += 4;
    rows += 4;
  }
}

/** rows[y[i]][i] = from[i] of all pixels: where y is ignored, from[i] is what row 0 holds. `n` is a multiple of 4. */
// @ts-ignore: decorator
@inline
export function placeInRows(from: usize, labels: usize, n: i32, rows: usize, step: usize): void {
  const end = labels + (<usize>n << 2);
  while (labels < end) {
    const y = i32x4.max_s(v128.load(labels), zero());
    const v = v128.load(from);
    v128.store_lane<f32>(rows + <usize>i32x4.extract_lane(y, 0) * step, v, 0);
    v128.store_lane<f32>(rows + <usize>i32x4.extract_lane(y, 1) * step, v, 1, 4);
    v128.store_lane<f32>(rows + <usize>i32x4.extract_lane(y, 2) * step, v, 2, 8);
    v128.store_lane<f32>(rows + <usize>i32x4.extract_lane(y, 3) * step, v, 3, 12);
    labels += 16;
    from += 16;
    rows += 16;
  }
}

/** to[k][i] = rows[k][i] factor[i]; with `adds` it is added. Rows are of `bytes` bytes, a multiple of 32. */
// @ts-ignore: decorator
@inline
export function scaleRows(
  rows: usize, step: usize, factor: usize, to: usize, toStep: usize, channels: i32, bytes: usize, adds: bool,
): void {
  const end = rows + <usize>channels * step;
  if (adds) {
    for (; rows < end; rows += step) {
      for (let i: usize = 0; i < bytes; i += 16) {
        const v = f32x4.mul(v128.load(rows + i), v128.load(factor + i));
        v128.store(to + i, f32x4.add(v128.load(to + i), v));
      }
      to += toStep;
    }
    return;
  }
  // Two rows at a time share what is read of the factor.
  for (const last = end - step; rows < last;) {
    const nextRow = rows + step;
    const nextTo = to + toStep;
    for (let i: usize = 0; i < bytes; i += 32) {
      const f0 = v128.load(factor + i);
      const f1 = v128.load(factor + i, 16);
      v128.store(to + i, f32x4.mul(v128.load(rows + i), f0));
      v128.store(to + i, f32x4.mul(v128.load(rows + i, 16), f1), 16);
      v128.store(nextTo + i, f32x4.mul(v128.load(nextRow + i), f0));
      v128.store(nextTo + i, f32x4.mul(v128.load(nextRow + i, 16), f1), 16);
    }
    rows = nextRow + step;
    to = nextTo + toStep;
  }
  if (rows == end) return;
  for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, f32x4.mul(v128.load(rows + i), v128.load(factor + i)));
}

/** The largest of `channels` rows, of four pixels. */
export function largestOf(x: usize, step: usize, channels: i32): v128 {
  let largest = v128.load(x);
  for (let k = 1; k < channels; k++) largest = f32x4.pmax(largest, v128.load(x + <usize>k * step));
  return largest;
}

/** The first of `n` labels whose entry in a list of float32 is 0; -1 when there is none. Ignored ones have none. */
export function firstClosedLabel(labels: usize, n: i32, open: usize): i32 {
  for (let i = 0; i < n; i++) {
    const y = load<i32>(labels + (<usize>i << 2));
    if (y >= 0 && load<f32>(open + (<usize>y << 2)) == 0) return i;
  }
  return -1;
}

/** Makes of a row of targets, where they count, targets of 0. */
export function closeTargets(row: usize, n: i32): void {
  const end = row + (<usize>n << 2);
  for (let at = row; at < end; at += 16) v128.store(at, f32x4.pmin(v128.load(at), zero()));
}
