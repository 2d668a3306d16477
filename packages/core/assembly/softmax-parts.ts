/**
 * What ways to make a softmax share (softmax.ts): the logits of a tile with their largest, and r from a sum of e.
 */
import { one, zero } from "./math";

const INFINITY_BITS: usize = memory.data<i32>([0x7f800000]);
const ABSOLUTE_BITS: usize = memory.data<i32>([0x7fffffff]);
const TWO: usize = memory.data<f32>([2.0]);

/** How far below the largest logit of a pixel exp takes the others. */
const EXP_RANGE: f32 = 80;

/**
 * Copies rows of logits, writes their largest, and brings them within range of it. Rows are taken two at a time, which
 * share what is read and written of the largest.
 * @returns whether any of the logits is NaN or infinite, or so large that a sum of them is.
 */
export function copyToLargest(
  x: usize, xStep: usize, to: usize, toStep: usize, end: usize, m: usize, bytes: usize,
): bool {
  const rows = to;
  let check0 = zero();
  let check1 = zero();
  let least0 = v128.load(x);
  let least1 = least0;
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    check0 = f32x4.add(check0, v);
    least0 = f32x4.pmin(least0, v);
    v128.store(to + i, v);
    v128.store(m + i, v);
  }
  x += xStep;
  to += toStep;
  for (const last = end - toStep; to < last;) {
    const nextX = x + xStep;
    const nextTo = to + toStep;
    for (let i: usize = 0; i < bytes; i += 32) {
      const v0 = v128.load(x + i);
      const v1 = v128.load(x + i, 16);
      const v2 = v128.load(nextX + i);
      const v3 = v128.load(nextX + i, 16);
      check0 = f32x4.add(check0, f32x4.add(v0, v2));
      check1 = f32x4.add(check1, f32x4.add(v1, v3));
      least0 = f32x4.pmin(least0, f32x4.pmin(v0, v2));
      least1 = f32x4.pmin(least1, f32x4.pmin(v1, v3));
      v128.store(to + i, v0);
      v128.store(to + i, v1, 16);
      v128.store(nextTo + i, v2);
      v128.store(nextTo + i, v3, 16);
      v128.store(m + i, f32x4.pmax(f32x4.pmax(v0, v2), v128.load(m + i)));
      v128.store(m + i, f32x4.pmax(f32x4.pmax(v1, v3), v128.load(m + i, 16)), 16);
    }
    x = nextX + xStep;
    to = nextTo + toStep;
  }
  if (to < end) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const v = v128.load(x + i);
      check0 = f32x4.add(check0, v);
      least0 = f32x4.pmin(least0, v);
      v128.store(to + i, v);
      v128.store(m + i, f32x4.pmax(v, v128.load(m + i)));
    }
  }
  let most = v128.load(m);
  for (let i: usize = 16; i < bytes; i += 16) most = f32x4.pmax(v128.load(m + i), most);
  const range = largestLane(most) + largestLane(f32x4.neg(f32x4.pmin(least0, least1)));
  if (!(range <= EXP_RANGE)) shiftWithin(rows, toStep, end, m, bytes);
  const checks = v128.and(f32x4.add(check0, check1), v128.load32_splat(ABSOLUTE_BITS));
  return v128.any_true(i32x4.ge_u(checks, v128.load32_splat(INFINITY_BITS)));
}

/** Takes m off the logits, down to -{@link EXP_RANGE}, and leaves an m of 0. */
function shiftWithin(rows: usize, step: usize, end: usize, m: usize, bytes: usize): void {
  for (let row = rows; row < end; row += step) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const d = f32x4.sub(v128.load(row + i), v128.load(m + i));
      v128.store(row + i, f32x4.pmax(d, f32x4.splat(-EXP_RANGE)));
    }
  }
  memory.fill(m, 0, bytes);
}

// @ts-ignore: decorator
@inline
function largestLane(v: v128): f32 {
  return max(
    max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)), max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}

/** r of four pixels from the sum of their e: less 1, or added up anew where that would cancel. */
// @ts-ignore: decorator
@inline
export function storeRest(e: usize, step: usize, end: usize, r: usize, sum: v128): void {
  if (i32x4.all_true(f32x4.ge(sum, v128.load32_splat(TWO)))) {
    v128.store(r, f32x4.sub(sum, one()));
    return;
  }
  let rest = zero();
  let largest = zero();
  for (let at = e; at < end; at += step) {
    const v = v128.load(at);
    const isLargest = f32x4.eq(v, one());
    rest = f32x4.add(rest, v128.andnot(v, isLargest));
    largest = i32x4.sub(largest, isLargest);
  }
  v128.store(r, f32x4.add(rest, f32x4.sub(f32x4.convert_i32x4_s(largest), one())));
}
