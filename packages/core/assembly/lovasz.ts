/**
 * The Lovász extension of the Jaccard loss over a row of errors: positive ones of the background, negated ones of the
 * foreground (-0 too), NaN for pixels that are not there.
 *
 *   |errors| descending, ties in pixel order; G foreground pixels; after k pixels I of G are left and the union is U
 *   share of a foreground pixel 1 / U, of one of the background I / (U (U + 1));  L = sum share |error|
 *
 * Background pixels whose error is below that of every foreground pixel come after all of them, where I is 0: they are
 * left out of the order, which is most of them where predictions are good.
 */
import { clearCounts, countDigits, distribute, KEY_BITS } from "./radix";

const FOREGROUND: u64 = 0x80000000;
const INDEX: u64 = 0x7fffffff;
const MAGNITUDE: u64 = 0x7fffffffffffffff;

/**
 * Overwrites the errors by `scale` times the derivative, negative for the foreground.
 *
 * @param values - n < 2^31 float64.
 * @param items - and `spare`: scratch of n 64-bit numbers each; `counts`: of 16 KiB.
 * @returns L.
 */
export function lovaszRow(values: usize, n: i32, scale: f64, items: usize, spare: usize, counts: usize): f64 {
  const end = values + (<usize>n << 3);
  let foreground: f64 = 0;
  let least = Infinity;
  let largest: f64 = 0;
  let largestAt: usize = 0;
  let farthest: f64 = 0;
  for (let at = values; at < end; at += 8) {
    const bits = load<i64>(at);
    const error = load<f64>(at);
    if (bits < 0) {
      // NaN compares with nothing, and a sign of its own says nothing.
      if (error == error) {
        foreground += 1;
        least = min(least, -error);
        farthest = max(farthest, -error);
      }
    } else if (error > largest) {
      largest = error;
      largestAt = at;
    }
  }
  if (foreground == 0) {
    memory.fill(values, 0, <usize>n << 3);
    if (largest > 0) store<f64>(largestAt, scale);
    return largest;
  }
  const highest = reinterpret<u64>(max(farthest, largest));
  const shift = shiftOf(highest - reinterpret<u64>(abs(least)));
  const count = gather(values, n, least, highest, shift, items, counts);
  const order = distribute(items, spare, count, counts);
  if (shift > 0) orderTies(values, order, order == items ? spare : items, count, counts);
  return cumulate(values, order, count, foreground, scale);
}

/**
 * Keys are the upper bits of how far an error is from the largest, bits of both subtracted, so that all of the key is
 * used, however close errors are.
 * @returns how many of the lower bits it leaves out, of differences up to `range`.
 */
// @ts-ignore: decorator
@inline
function shiftOf(range: u64): u64 {
  const width = 64 - clz<u64>(range);
  return width > KEY_BITS ? width - KEY_BITS : 0;
}

/** Writes an item for each error that ranks, and 0 in the place of the others; counts the digits of the keys. */
function gather(
  values: usize, n: i32, least: f64, highest: u64, shift: u64, items: usize, counts: usize,
): usize {
  const end = values + (<usize>n << 3);
  clearCounts(counts);
  let last = items;
  for (let at = values; at < end; at += 8) {
    const bits = load<u64>(at);
    const isForeground = <i64>bits < 0;
    const error = abs(load<f64>(at));
    if (error > 0 && (isForeground || error >= least)) {
      const key = (highest - (bits & MAGNITUDE)) >> shift;
      countDigits(counts, key);
      store<u64>(last, (key << 32) | <u64>((at - values) >> 3) | (isForeground ? FOREGROUND : 0));
      last += 8;
    } else {
      store<f64>(at, 0);
    }
  }
  return (last - items) >> 3;
}

/** The bits of an item's error, which are in the order of the errors. */
// @ts-ignore: decorator
@inline
function bitsOf(values: usize, item: u64): u64 {
  return load<u64>(values + (<usize>(item & INDEX) << 3)) & MAGNITUDE;
}

/** Runs of this many equal keys and more are sorted as the whole is, shorter ones by insertion. */
const LONG_RUN: usize = 48;

/**
 * Sorts items of equal keys by their errors, descending, ties in the order they have.
 * @param spare - as large as `items`.
 * @returns where they lie in order: `items` or `spare`.
 */
function orderByErrors(values: usize, items: usize, spare: usize, count: usize, counts: usize): usize {
  const end = items + (count << 3);
  let lowest = MAGNITUDE;
  let highest: u64 = 0;
  for (let at = items; at < end; at += 8) {
    const bits = bitsOf(values, load<u64>(at));
    lowest = min(lowest, bits);
    highest = max(highest, bits);
  }
  if (lowest >= highest) return items;
  const shift = shiftOf(highest - lowest);
  clearCounts(counts);
  for (let at = items; at < end; at += 8) {
    const item = load<u64>(at) & 0xffffffff;
    const key = (highest - bitsOf(values, item)) >> shift;
    countDigits(counts, key);
    store<u64>(at, (key << 32) | item);
  }
  const order = distribute(items, spare, count, counts);
  if (shift > 0) orderTies(values, order, order == items ? spare : items, count, counts);
  return order;
}

/** Orders items whose keys are equal. */
function orderTies(values: usize, items: usize, spare: usize, count: usize, counts: usize): void {
  const end = items + (count << 3);
  for (let begin = items; begin < end; ) {
    const key = load<u64>(begin) >> 32;
    let next = begin + 8;
    while (next < end && load<u64>(next) >> 32 == key) next += 8;
    const length = (next - begin) >> 3;
    if (length >= LONG_RUN) {
      const sorted = orderByErrors(values, begin, spare + (begin - items), length, counts);
      if (sorted != begin) memory.copy(begin, sorted, length << 3);
    } else if (length > 1) {
      insert(values, begin, next);
    }
    begin = next;
  }
}

function insert(values: usize, begin: usize, end: usize): void {
  for (let at = begin + 8; at < end; at += 8) {
    const item = load<u64>(at);
    const bits = bitsOf(values, item);
    let to = at;
    for (; to > begin && bitsOf(values, load<u64>(to - 8)) < bits; to -= 8) store<u64>(to, load<u64>(to - 8));
    store<u64>(to, item);
  }
}

function cumulate(values: usize, items: usize, count: usize, foreground: f64, scale: f64): f64 {
  const end = items + (count << 3);
  let intersection = foreground;
  let union = foreground;
  let loss: f64 = 0;
  for (let item = items; item < end; item += 8) {
    const bits = load<u64>(item);
    const at = values + (<usize>(bits & INDEX) << 3);
    const error = abs(load<f64>(at));
    if ((bits & FOREGROUND) != 0) {
      const share = 1 / union;
      intersection -= 1;
      loss += share * error;
      store<f64>(at, -share * scale);
    } else {
      const share = intersection / (union * (union + 1));
      union += 1;
      loss += share * error;
      store<f64>(at, share * scale);
    }
  }
  return loss;
}
