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
import { FOREGROUND, makeItems, POSITION, shiftOf, sort } from "./lovasz-order";
import { zero } from "./math";
import { clearCounts } from "./radix";

/** Pixels whose errors stay in the first-level cache. */
const BLOCK: i32 = 1024;
/** Of which float32 leaves nothing beside 1: 2^-24. */
const NEGLIGIBLE: f64 = 1.0 / 16777216.0;

/** What leads from twice the index of the first of a pair to those of the pair that rank, of which bits say which. */
const STEPS: usize = memory.data<u64>([0, 0, 1, 0x100000000]);
const ALL_ONES: usize = memory.data<i32>([-1]);

/**
 * Overwrites the errors by `scale` times the derivative, negative for the foreground.
 *
 * @param values - n < 2^31 float64.
 * @param items - and `spare`: scratch of n 64-bit numbers each; `list`: of n + 1 32-bit ones; `counts`: of 16 KiB.
 * @returns L.
 */
export function lovaszRow(values: usize, n: i32, scale: f64, items: usize, spare: usize, list: usize, counts: usize): f64 {
  return rowOf(false, values, n, scale, items, spare, list, counts);
}

/**
 * As {@link lovaszRow}, of errors that are probabilities. Those count as 0 of which float32 leaves nothing, 2^-24, beside
 *
 *   the value, which is at least the largest error over G + 1, while all shares are 1 at most;
 *   the largest gradient of a logit, share e (1 - e): later shares are not above that of a pixel of the foreground, and,
 *   unless they are 0, not above n + 1 times that of one of the background.
 */
export function lovaszRowOfProbabilities(
  values: usize, n: i32, scale: f64, items: usize, spare: usize, list: usize, counts: usize,
): f64 {
  return rowOf(true, values, n, scale, items, spare, list, counts);
}

// @ts-ignore: decorator
@inline
function rowOf(
  areProbabilities: bool, values: usize, n: i32, scale: f64, items: usize, spare: usize, list: usize,
  counts: usize,
): f64 {
  let largest = zero();
  let lowest = zero();
  let highest = f64x2.splat(-Infinity);
  let foregrounds = zero();
  let largest1 = zero();
  let lowest1 = zero();
  let highest1 = highest;
  // Both halves at once: memory answers two streams sooner than one after the other.
  const half = <usize>(n >> 2) << 4;
  const last = values + (<usize>n << 3);
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
  for (; at < last; at += 8) {
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
  const greatest = max(farthest, most);
  const bound = areProbabilities ? leastThatCounts(values, n, greatest / (foreground + 1)) : f64.MIN_VALUE;
  const bottom = max(least, bound);
  const top = reinterpret<u64>(greatest);
  const shift = shiftOf(top, reinterpret<u64>(bottom));
  clearCounts(counts);
  let end = list;
  let count: usize = 0;
  for (let first = 0; first < n; first += BLOCK) {
    end = gather(values, first, min(n - first, BLOCK), bottom, bound, end);
    const before = count;
    count = (end - list) >> 2;
    makeItems(values, list, before, count, top, shift, items, counts);
  }
  const order = sort(values, list, items, spare, count, top, shift, counts);
  const shares = order == items ? spare : items;
  share(order, count, foreground, shares);
  return spread(values, scale, list, count, shares);
}

/** The least error that counts among those that are probabilities; `value` is what the loss is at least. */
function leastThatCounts(values: usize, n: i32, value: f64): f64 {
  let own: f64 = 0;
  let others: f64 = 0;
  const end = values + (<usize>n << 3);
  for (let at = values; at < end && own < value; at += 8) {
    const error = load<f64>(at);
    const weight = min(abs(error), 1 - abs(error));
    if (reinterpret<i64>(error) < 0) {
      if (weight > own) own = weight;
    } else if (weight > others) others = weight;
  }
  return max(NEGLIGIBLE * min(value, max(own, others / (<f64>n + 1))), f64.MIN_VALUE);
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

/**
 * Writes the index, 32 bits, of each of `n` errors that ranks, and 0 in the place of the others.
 * @param least - of the background, and `own` of the foreground, that rank.
 * @returns the end of the indices.
 */
function gather(values: usize, first: i32, n: i32, least: f64, own: f64, indices: usize): usize {
  const bounds = f64x2.splat(least);
  const ownBounds = f64x2.splat(-own);
  let pair = <u64>first * 0x100000001;
  let last = indices;
  let at = values + (<usize>first << 3);
  for (const end = at + (<usize>(n >> 1) << 4); at < end; at += 16) {
    const v = v128.load(at);
    const ranks = v128.or(f64x2.ge(v, bounds), f64x2.le(v, ownBounds));
    v128.store(at, v128.and(v, ranks));
    // Without a branch, as which rank cannot be foreseen; what is written too much is written over.
    const which = <u64>i64x2.bitmask(ranks);
    store<u64>(last, pair + load<u64>(STEPS + (<usize>which << 3)));
    last += <usize>popcnt(which) << 2;
    pair += 0x200000002;
  }
  if ((n & 1) != 0) {
    const error = load<f64>(at);
    if (error >= least || error <= -own) {
      store<u32>(last, <u32>pair);
      last += 4;
    } else {
      store<f64>(at, 0);
    }
  }
  return last;
}

/**
 * Writes the share of each item, negative for the foreground, to its position. Without a branch on the side of an item,
 * which cannot be foreseen: all but the division is of integers, and exact.
 */
function share(items: usize, count: usize, foreground: f64, shares: usize): void {
  const end = items + (count << 3);
  let intersection = foreground;
  let union = foreground;
  for (let item = items; item < end; item += 8) {
    const bits = load<u64>(item);
    const to = shares + (<usize>(bits & POSITION) << 3);
    const inside = <f64>(<i32>(<u32>bits >> 31));
    const outside = 1 - inside;
    const share = (intersection + (1 - intersection) * inside) / (union * (1 + union * outside));
    store<u64>(to, reinterpret<u64>(share) | ((bits & FOREGROUND) << 32));
    intersection -= inside;
    union += outside;
  }
}

/**
 * Overwrites the errors of the list by `scale` times their shares, backwards, as the last of them are in the cache.
 * @returns the loss.
 */
function spread(values: usize, scale: f64, list: usize, count: usize, shares: usize): f64 {
  let loss: f64 = 0;
  for (let position = count; position > 0; ) {
    position--;
    const at = values + (<usize>load<u32>(list + (position << 2)) << 3);
    const slope = load<f64>(shares + (position << 3));
    loss += slope * load<f64>(at);
    store<f64>(at, slope * scale);
  }
  return loss;
}
