/**
 * Softmax over the channels of a tile, left as its parts.
 *
 *   m = max_k x_k,  e_k = exp(x_k - m),  r = sum of all e but that of one largest class,  p_k = e_k / (1 + r)
 *
 * `r` leaves out the 1 of the largest class, so that log(1 + r) and 1 - p of that class keep their relative precision.
 * Rows of e lie close together: those of the logits may be whole pages apart, and share the sets of a cache.
 */
import { expWithin4, one, zero } from "./math";

const INFINITY_BITS: usize = memory.data<i32>([0x7f800000]);
const ABSOLUTE_BITS: usize = memory.data<i32>([0x7fffffff]);
const TWO: usize = memory.data<f32>([2.0]);

/** How far below the largest logit of a pixel exp takes the others. */
const EXP_RANGE: f32 = 80;

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

/** As {@link softmax}, with the same e in rows at `kept` too, for {@link recallSoftmax}. */
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

/**
 * Copies rows of logits, writes their largest, and brings them within range of it. Rows are taken two at a time, which
 * share what is read and written of the largest.
 * @returns as {@link softmax}.
 */
function copyToLargest(
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

/**
 * Brings back the e that {@link keptSoftmax} left in rows of `fromStride`: writes the same e and r. Of each row a cache
 * line at a time, for rows that lie whole pages apart share the sets of a cache.
 */
export function recallSoftmax(
  from: usize, fromStride: i32, e: usize, eStride: i32, r: usize, channels: i32, n: i32,
): void {
  const bytes = <usize>n << 2;
  const fromStep = <usize>fromStride << 2;
  const eStep = <usize>eStride << 2;
  const end = e + <usize>channels * eStep;
  let i: usize = 0;
  for (; i + 64 <= bytes; i += 64) recallLine(64, from + i, fromStep, e + i, eStep, end, r + i, channels);
  if (i < bytes) recallLine(32, from + i, fromStep, e + i, eStep, end, r + i, channels);
}

// @ts-ignore: decorator
@inline
function recallLine(
  bytes: i32, from: usize, fromStep: usize, e: usize, eStep: usize, end: usize, r: usize, channels: i32,
): void {
  let sum0 = zero();
  let sum1 = zero();
  let sum2 = zero();
  let sum3 = zero();
  let at = e;
  // They are added up in the order in which exponentials does.
  if (channels & 1) {
    sum0 = moved(from, at);
    sum1 = moved(from + 16, at + 16);
    if (bytes == 64) {
      sum2 = moved(from + 32, at + 32);
      sum3 = moved(from + 48, at + 48);
    }
    from += fromStep;
    at += eStep;
  }
  while (at < end) {
    const nextFrom = from + fromStep;
    const next = at + eStep;
    sum0 = f32x4.add(sum0, f32x4.add(moved(from, at), moved(nextFrom, next)));
    sum1 = f32x4.add(sum1, f32x4.add(moved(from + 16, at + 16), moved(nextFrom + 16, next + 16)));
    if (bytes == 64) {
      sum2 = f32x4.add(sum2, f32x4.add(moved(from + 32, at + 32), moved(nextFrom + 32, next + 32)));
      sum3 = f32x4.add(sum3, f32x4.add(moved(from + 48, at + 48), moved(nextFrom + 48, next + 48)));
    }
    from = nextFrom + fromStep;
    at = next + eStep;
  }
  storeRest(e, eStep, end, r, sum0);
  storeRest(e + 16, eStep, end, r + 16, sum1);
  if (bytes == 64) {
    storeRest(e + 32, eStep, end, r + 32, sum2);
    storeRest(e + 48, eStep, end, r + 48, sum3);
  }
}

/** The four numbers at `from`, which it copies. */
// @ts-ignore: decorator
@inline
function moved(from: usize, to: usize): v128 {
  const v = v128.load(from);
  v128.store(to, v);
  return v;
}

/** r of four pixels from the sum of their e: less 1, or added up anew where that would cancel. */
// @ts-ignore: decorator
@inline
function storeRest(e: usize, step: usize, end: usize, r: usize, sum: v128): void {
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
