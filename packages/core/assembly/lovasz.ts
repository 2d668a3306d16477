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
import { zero } from "./math";
import { clearCounts, countDigits, distribute, SORTED_FROM } from "./radix";

const FOREGROUND: u64 = 0x80000000;
const INDEX: u64 = 0x7fffffff;
const KEY: u64 = 0xffffffff00000000;
const MAGNITUDE: u64 = 0x7fffffffffffffff;

/** What leads from twice the index of the first of a pair to those of the pair that rank, of which bits say which. */
const STEPS: usize = memory.data<u64>([0, 0, 1, 0x100000000]);
const ALL_ONES: usize = memory.data<i32>([-1]);

/**
 * Overwrites the errors by `scale` times the derivative, negative for the foreground.
 *
 * @param values - n < 2^31 float64.
 * @param items - and `spare`: scratch of n 64-bit numbers each; `counts`: of 16 KiB.
 * @returns L.
 */
export function lovaszRow(values: usize, n: i32, scale: f64, items: usize, spare: usize, counts: usize): f64 {
  const end = values + (<usize>n << 3);
  let largest = zero();
  let lowest = zero();
  let highest = f64x2.splat(-Infinity);
  let foregrounds = zero();
  let largest1 = zero();
  let lowest1 = zero();
  let highest1 = highest;
  // Both halves at once: memory answers two streams sooner than one after the other.
  const half = <usize>(n >> 2) << 4;
  let at = values;
  for (; at < values + half; at += 16) {
    const v0 = v128.load(at);
    const v1 = v128.load(at + half);
    const own0 = ownOf(v0);
    const own1 = ownOf(v1);
    foregrounds = i64x2.sub(i64x2.sub(foregrounds, f64x2.eq(own0, own0)), f64x2.eq(own1, own1));
    highest = f64x2.pmax(highest, own0);
    highest1 = f64x2.pmax(highest1, own1);
    lowest = f64x2.pmin(lowest, v0);
    lowest1 = f64x2.pmin(lowest1, v1);
    largest = f64x2.pmax(largest, v0);
    largest1 = f64x2.pmax(largest1, v1);
  }
  highest = f64x2.pmax(highest, highest1);
  lowest = f64x2.pmin(lowest, lowest1);
  largest = f64x2.pmax(largest, largest1);
  at += half;
  for (; at < end; at += 8) {
    // The other lane is a zero of the background, which changes nothing.
    const v = v128.load64_zero(at);
    const own = ownOf(v);
    foregrounds = i64x2.sub(foregrounds, f64x2.eq(own, own));
    highest = f64x2.pmax(highest, own);
    lowest = f64x2.pmin(lowest, v);
    largest = f64x2.pmax(largest, v);
  }
  const foreground = <f64>(i64x2.extract_lane(foregrounds, 0) + i64x2.extract_lane(foregrounds, 1));
  const most = max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1));
  if (foreground == 0) return chooseLargest(values, n, most, scale);
  const least = abs(max(f64x2.extract_lane(highest, 0), f64x2.extract_lane(highest, 1)));
  const farthest = abs(min(f64x2.extract_lane(lowest, 0), f64x2.extract_lane(lowest, 1)));
  const count = gather(values, n, least, spare);
  const top = reinterpret<u64>(max(farthest, most));
  const shift = clz<u64>(top - reinterpret<u64>(least));
  makeItems(values, spare, 4, count, top, shift, items, counts);
  const order = sort(values, items, spare, count, top, shift, counts);
  return cumulate(values, order, count, foreground, scale);
}

/** The numbers of the foreground, the others NaN, which compares with nothing; a sign of its own says nothing. */
// @ts-ignore: decorator
@inline
function ownOf(v: v128): v128 {
  return v128.or(v, i64x2.gt_s(v, v128.load32_splat(ALL_ONES)));
}

/** Without foreground the first of the largest errors is the loss. */
function chooseLargest(values: usize, n: i32, largest: f64, scale: f64): f64 {
  let at = values;
  if (largest > 0) while (load<f64>(at) != largest) at += 8;
  memory.fill(values, 0, <usize>n << 3);
  if (largest > 0) store<f64>(at, scale);
  return largest;
}

/** Writes the index, 32 bits, of each error that ranks, and 0 in the place of the others. */
function gather(values: usize, n: i32, least: f64, indices: usize): usize {
  const bound = max(least, f64.MIN_VALUE);
  const bounds = f64x2.splat(bound);
  let pair: u64 = 0;
  let last = indices;
  let at = values;
  for (const end = values + (<usize>(n >> 1) << 4); at < end; at += 16) {
    const v = v128.load(at);
    const ranks = v128.or(f64x2.ge(v, bounds), f64x2.lt(v, zero()));
    v128.store(at, v128.and(v, ranks));
    // Without a branch, as which rank cannot be foreseen; what is written too much is written over.
    const which = <u64>i64x2.bitmask(ranks);
    store<u64>(last, pair + load<u64>(STEPS + (<usize>which << 3)));
    last += <usize>popcnt(which) << 2;
    pair += 0x200000002;
  }
  if ((n & 1) != 0) {
    const error = load<f64>(at);
    if (error >= bound || error < 0) {
      store<u32>(last, <u32>pair);
      last += 4;
    } else {
      store<f64>(at, 0);
    }
  }
  return (last - indices) >> 2;
}

/**
 * Makes items to sort: the index of an error, whether it is of the foreground, and above them the key, the upper 32 bits
 * of how far an error's bits are from `top`, shifted so that all of the key is used, however close errors are.
 * @param from - indices, `step` bytes apart.
 */
function makeItems(
  values: usize, from: usize, step: usize, count: usize, top: u64, shift: u64, to: usize, counts: usize,
): void {
  const end = to + (count << 3);
  clearCounts(counts);
  let at = from;
  for (let item = to; item < end; item += 8) {
    const index = <u64>load<u32>(at) & INDEX;
    const bits = load<u64>(values + (<usize>index << 3));
    const key = ((top - (bits & MAGNITUDE)) << shift) & KEY;
    countDigits(counts, key);
    store<u64>(item, key | ((bits >> 32) & FOREGROUND) | index);
    at += step;
  }
}

/** Sorts items by their errors, descending, ties in the order they have; makeItems says what `top` and `shift` are. */
function sort(
  values: usize, items: usize, spare: usize, count: usize, top: u64, shift: u64, counts: usize,
): usize {
  const order = distribute(items, spare, count, counts);
  orderTies(values, order, order == items ? spare : items, count, top, shift + 64 - SORTED_FROM, counts);
  return order;
}

/** The bits of an item's error, which are in the order of the errors. */
// @ts-ignore: decorator
@inline
function bitsOf(values: usize, item: u64): u64 {
  return load<u64>(values + (<usize>(item & INDEX) << 3)) & MAGNITUDE;
}

/** Runs of this many items that the radix sort does not tell apart are sorted as the whole is, shorter ones by insertion. */
const LONG_RUN: usize = 48;

/** Orders items that the radix sort does not tell apart. */
function orderTies(
  values: usize, items: usize, spare: usize, count: usize, top: u64, shift: u64, counts: usize,
): void {
  const end = items + (count << 3);
  // Not one that the upper bits of an item can be.
  let last = MAGNITUDE;
  for (let at = items; at < end; at += 8) {
    const upper = load<u64>(at) >> SORTED_FROM;
    if (upper != last) {
      last = upper;
      continue;
    }
    const begin = at - 8;
    let next = at + 8;
    while (next < end && load<u64>(next) >> SORTED_FROM == upper) next += 8;
    const length = (next - begin) >> 3;
    if (length >= LONG_RUN) {
      orderRun(values, begin, spare + (begin - items), length, top, shift, counts);
    } else {
      insert(values, begin, next);
    }
    at = next - 8;
  }
}

/** Sorts a run in its place by the bits after those that are the same in all of it. */
function orderRun(
  values: usize, items: usize, spare: usize, count: usize, top: u64, shift: u64, counts: usize,
): void {
  if (shift >= 64) return;
  makeItems(values, items, 8, count, top, shift, items, counts);
  const sorted = sort(values, items, spare, count, top, shift, counts);
  if (sorted != items) memory.copy(items, sorted, count << 3);
}

function insert(values: usize, begin: usize, end: usize): void {
  for (let at = begin + 8; at < end; at += 8) {
    const item = load<u64>(at);
    let to = at;
    for (; to > begin; to -= 8) {
      const before = load<u64>(to - 8);
      if (!isLess(values, before, item)) break;
      store<u64>(to, before);
    }
    store<u64>(to, item);
  }
}

/** Whether the error of `a` is less than that of `b`: their keys tell, unless they are equal. */
// @ts-ignore: decorator
@inline
function isLess(values: usize, a: u64, b: u64): bool {
  const difference = <i64>(a >> 32) - <i64>(b >> 32);
  return difference == 0 ? bitsOf(values, a) < bitsOf(values, b) : difference > 0;
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
