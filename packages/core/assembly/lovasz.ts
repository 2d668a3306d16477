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
import { radixSort } from "./radix";

const FOREGROUND: u64 = 0x80000000;
const INDEX: u64 = 0x7fffffff;

/**
 * Overwrites the errors by `scale` times the derivative, negative for the foreground.
 *
 * @param values - n < 2^31 float64.
 * @param items - and `spare`: scratch of n 64-bit numbers each; `counts`: of 24 KiB.
 * @returns L.
 */
export function lovaszRow(values: usize, n: i32, scale: f64, items: usize, spare: usize, counts: usize): f64 {
  const end = values + (<usize>n << 3);
  let foreground: f64 = 0;
  let least = Infinity;
  let largest: f64 = 0;
  let largestAt: usize = 0;
  for (let at = values; at < end; at += 8) {
    const bits = load<i64>(at);
    const error = load<f64>(at);
    if (bits < 0) {
      // NaN compares with nothing, and a sign of its own says nothing.
      if (error == error) {
        foreground += 1;
        least = min(least, -error);
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
  let last = items;
  for (let at = values; at < end; at += 8) {
    const bits = load<u64>(at);
    const error = abs(load<f64>(at));
    const isForeground = <i64>bits < 0;
    if (error > 0 && (isForeground || error >= least)) {
      const index = <u64>((at - values) >> 3);
      const key = ~(bits & 0x7fffffffffffffff) & 0xffffffff00000000;
      store<u64>(last, key | index | (isForeground ? FOREGROUND : 0));
      last += 8;
    } else {
      store<f64>(at, 0);
    }
  }
  const count = (last - items) >> 3;
  const order = radixSort(items, spare, count, counts);
  orderTies(values, order, order == items ? spare : items, count, counts);
  return cumulate(values, order, count, foreground, scale);
}

// @ts-ignore: decorator
@inline
function errorOf(values: usize, item: u64): f64 {
  return abs(load<f64>(values + (<usize>(item & INDEX) << 3)));
}

/** Runs of this many equal keys and more are sorted by the other half of their bits, shorter ones by insertion. */
const LONG_RUN: usize = 24;

/** Orders items whose keys, the upper halves of their errors, are equal. */
function orderTies(values: usize, items: usize, spare: usize, count: usize, counts: usize): void {
  const end = items + (count << 3);
  for (let begin = items; begin < end; ) {
    const key = load<u64>(begin) >> 32;
    let next = begin + 8;
    while (next < end && load<u64>(next) >> 32 == key) next += 8;
    const length = (next - begin) >> 3;
    if (length >= LONG_RUN) {
      for (let at = begin; at < next; at += 8) {
        const item = load<u64>(at);
        const lower = ~load<u64>(values + (<usize>(item & INDEX) << 3)) << 32;
        store<u64>(at, lower | (item & 0xffffffff));
      }
      const room = spare + (begin - items);
      const sorted = radixSort(begin, room, length, counts);
      if (sorted != begin) memory.copy(begin, sorted, length << 3);
    } else if (length > 1) {
      for (let at = begin + 8; at < next; at += 8) {
        const item = load<u64>(at);
        const error = errorOf(values, item);
        let to = at;
        for (; to > begin && errorOf(values, load<u64>(to - 8)) < error; to -= 8) {
          store<u64>(to, load<u64>(to - 8));
        }
        store<u64>(to, item);
      }
    }
    begin = next;
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
