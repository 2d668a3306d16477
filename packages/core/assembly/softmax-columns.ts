/**
 * The softmax (softmax.ts) of a few classes, a column at a time: a cache line of each row, 16 pixels of all classes. What
 * is made of it can be written at once, and no tile of it needs room. Of many classes the processor cannot follow the rows,
 * a line here and a line there, to fetch ahead: it takes longer runs of each.
 */
import { firstNonFinite } from "./inputs";
import { expWithin4, zero } from "./math";
import { copyToLargest, storeRest } from "./softmax-parts";

/** Bytes of a cache line. */
export const LINE: usize = 64;
/** Bytes of each row of logits that are copied at once: their columns are then close together. */
export const BLOCK: usize = 1024;

/**
 * Copies a block, `bytes` of each row of logits, to rows of `eStep` up to `end`, and writes their largest.
 * @returns whether a logit is NaN or infinite.
 */
export function copyBlock(
  x: usize, xStep: usize, e: usize, eStep: usize, end: usize, m: usize, bytes: usize,
): bool {
  if (!copyToLargest(x, xStep, e, eStep, end, m, bytes)) return false;
  // Or large, so that only their sum is infinite.
  for (; e < end; e += eStep) {
    if (firstNonFinite(x, <i32>bytes >> 2) >= 0) return true;
    x += xStep;
  }
  return false;
}

/**
 * Turns a column of logits into e, in rows of `step` bytes up to `end`, and writes r; `m` are the largest. While it
 * computes it loads a word of the column at `soon`, in rows of `soonStep`, which the caller will read.
 * @param half - whether the column is of 8 pixels.
 */
// @ts-ignore: decorator
@inline
export function exponentialsOfColumn(
  e: usize, step: usize, end: usize, m: usize, r: usize, channels: i32, half: bool, soon: usize, soonStep: usize,
): void {
  exponentialsAndTouch(e, step, end, m, r, channels, soon, soonStep);
  if (!half) exponentials(e + 32, step, end, m + 32, r + 32, channels);
}

/** Of eight pixels. */
function exponentials(e: usize, step: usize, end: usize, m: usize, r: usize, channels: i32): void {
  eight(e, step, end, m, r, channels, false, 0, 0);
}

/** Of eight pixels, and fetches. */
function exponentialsAndTouch(
  e: usize, step: usize, end: usize, m: usize, r: usize, channels: i32, soon: usize, soonStep: usize,
): void {
  eight(e, step, end, m, r, channels, true, soon, soonStep);
}

// @ts-ignore: decorator
@inline
function eight(
  e: usize, step: usize, end: usize, m: usize, r: usize, channels: i32, touches: bool, soon: usize, soonStep: usize,
): void {
  const m0 = v128.load(m);
  const m1 = v128.load(m, 16);
  let sum0 = zero();
  let sum1 = zero();
  let touched: i32 = 0;
  let row = e;
  if (channels & 1) {
    if (touches) {
      touched = load<i32>(soon);
      soon += soonStep;
    }
    sum0 = expWithin4(f32x4.sub(v128.load(row), m0));
    sum1 = expWithin4(f32x4.sub(v128.load(row, 16), m1));
    v128.store(row, sum0);
    v128.store(row, sum1, 16);
    row += step;
  }
  while (row < end) {
    const next = row + step;
    if (touches) {
      touched |= load<i32>(soon) | load<i32>(soon + soonStep);
      soon += soonStep << 1;
    }
    const e0 = expWithin4(f32x4.sub(v128.load(row), m0));
    const e1 = expWithin4(f32x4.sub(v128.load(row, 16), m1));
    const e2 = expWithin4(f32x4.sub(v128.load(next), m0));
    const e3 = expWithin4(f32x4.sub(v128.load(next, 16), m1));
    v128.store(row, e0);
    v128.store(row, e1, 16);
    v128.store(next, e2);
    v128.store(next, e3, 16);
    sum0 = f32x4.add(sum0, f32x4.add(e0, e2));
    sum1 = f32x4.add(sum1, f32x4.add(e1, e3));
    row = next + step;
  }
  // Kept, so that the loads are.
  if (touches) store<i32>(r, touched);
  storeRest(e, step, end, r, sum0);
  storeRest(e + 16, step, end, r + 16, sum1);
}
