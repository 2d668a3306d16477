/**
 * Softmax over the channels of a tile, left as its parts.
 *
 *   m = max_k x_k,  e_k = exp(x_k - m),  r = sum of all e but that of one largest class,  p_k = e_k / (1 + r)
 *
 * `r` leaves out the 1 of the largest class, so that log(1 + r) and 1 - p of that class keep their relative precision.
 * Rows of e lie close together: those of the logits may be whole pages apart, and share the sets of a cache.
 */
import { expWithin4 } from "./math";
import { copyToLargest, storeRest } from "./softmax-parts";

/**
 * Writes e (rows of `eStride`) and r; `m` is scratch of one row. `n` is a multiple of 8.
 *
 * While it computes it loads a word of each cache line of what the caller will read next and write next, `channels`
 * rows of `n` float32 at `soon` and at `later` (those of e: none): WebAssembly has no other way to prefetch.
 * @returns whether any of the logits is NaN or infinite, or so large that a sum of them is.
 */
export function softmax(
  x: usize, xStride: i32, e: usize, eStride: i32, m: usize, r: usize, channels: i32, n: i32,
  soon: usize, soonStride: i32, later: usize, laterStride: i32,
): bool {
  return softmaxOf(false, x, xStride, e, eStride, m, r, channels, n, soon, soonStride, later, laterStride);
}

/** As {@link softmax}, with the same e in rows at `kept` too, for `recallSoftmax` (softmax-recall.ts). */
export function keptSoftmax(
  x: usize, xStride: i32, e: usize, eStride: i32, m: usize, r: usize, channels: i32, n: i32,
  soon: usize, soonStride: i32, kept: usize, keptStride: i32,
): bool {
  return softmaxOf(true, x, xStride, e, eStride, m, r, channels, n, soon, soonStride, kept, keptStride);
}

// @ts-ignore: decorator
@inline
function softmaxOf(
  keeps: bool, x: usize, xStride: i32, e: usize, eStride: i32, m: usize, r: usize, channels: i32, n: i32,
  soon: usize, soonStride: i32, later: usize, laterStride: i32,
): bool {
  const bytes = <usize>n << 2;
  const eStep = <usize>eStride << 2;
  const end = e + <usize>channels * eStep;
  const isBad = copyToLargest(x, <usize>xStride << 2, e, eStep, end, m, bytes);
  const laterStep = <usize>laterStride << 2;
  exponentials(keeps, e, eStep, end, m, r, channels, bytes, soon, <usize>soonStride << 2, later, laterStep);
  for (let i: usize = 0; i < bytes; i += 16) storeRest(e + i, eStep, end, r + i, v128.load(r + i));
  return isBad;
}

/** Turns logits into e, two rows at a time, and adds them up at `r`; `keeps`: writes them at `later` too. */
// @ts-ignore: decorator
@inline
function exponentials(
  keeps: bool, row: usize, step: usize, end: usize, m: usize, r: usize, channels: i32, bytes: usize,
  soon: usize, soonStep: usize, later: usize, laterStep: usize,
): void {
  let touched: i32 = 0;
  if (channels & 1) {
    for (let i: usize = 0; i < bytes; i += 32) {
      touched |= load<i32>(soon + i);
      if (!keeps) touched |= load<i32>(later + i);
      const e0 = expWithin4(f32x4.sub(v128.load(row + i), v128.load(m + i)));
      const e1 = expWithin4(f32x4.sub(v128.load(row + i, 16), v128.load(m + i, 16)));
      v128.store(row + i, e0);
      v128.store(row + i, e1, 16);
      if (keeps) {
        v128.store(later + i, e0);
        v128.store(later + i, e1, 16);
      }
      v128.store(r + i, e0);
      v128.store(r + i, e1, 16);
    }
    row += step;
    soon += soonStep;
    later += laterStep;
  } else memory.fill(r, 0, bytes);
  while (row < end) {
    const nextRow = row + step;
    const nextSoon = soon + soonStep;
    const nextLater = later + laterStep;
    for (let i: usize = 0; i < bytes; i += 32) {
      touched |= load<i32>(soon + i) | load<i32>(nextSoon + i);
      if (!keeps) touched |= load<i32>(later + i) | load<i32>(nextLater + i);
      const m0 = v128.load(m + i);
      const m1 = v128.load(m + i, 16);
      const e0 = expWithin4(f32x4.sub(v128.load(row + i), m0));
      const e1 = expWithin4(f32x4.sub(v128.load(row + i, 16), m1));
      const e2 = expWithin4(f32x4.sub(v128.load(nextRow + i), m0));
      const e3 = expWithin4(f32x4.sub(v128.load(nextRow + i, 16), m1));
      v128.store(row + i, e0);
      v128.store(row + i, e1, 16);
      v128.store(nextRow + i, e2);
      v128.store(nextRow + i, e3, 16);
      if (keeps) {
        v128.store(later + i, e0);
        v128.store(later + i, e1, 16);
        v128.store(nextLater + i, e2);
        v128.store(nextLater + i, e3, 16);
      }
      v128.store(r + i, f32x4.add(v128.load(r + i), f32x4.add(e0, e2)));
      v128.store(r + i, f32x4.add(v128.load(r + i, 16), f32x4.add(e1, e3)), 16);
    }
    row = nextRow + step;
    soon = nextSoon + soonStep;
    later = nextLater + laterStep;
  }
  // Kept, so that the loads are.
  store<i32>(m, touched);
}
