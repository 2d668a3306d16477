/**
 * The largest of a row of float64, without sorting it: members are at least 0, NaN is no member. Their bits are in the
 * order of their values.
 */

const DIGIT_BITS: u64 = 11;
const BUCKETS: i32 = 2048;

// @ts-ignore: decorator
@inline
function isMember(bits: u64): bool {
  return bits <= 0x7ff0000000000000;
}

/** How many members there are. */
export function countMembers(values: usize, n: i32): i32 {
  let count = 0;
  for (let i = 0; i < n; i++) count += isMember(load<u64>(values + (<usize>i << 3))) ? 1 : 0;
  return count;
}

/** How many members are above `bound`. */
export function countAbove(values: usize, n: i32, bound: f64): i32 {
  let count = 0;
  for (let i = 0; i < n; i++) count += load<f64>(values + (<usize>i << 3)) > bound ? 1 : 0;
  return count;
}

/** The member behind the `k` largest, `k` less than their number. `counts` is scratch of 8 KiB. */
export function largestAfter(values: usize, n: i32, k: i32, counts: usize): f64 {
  const end = values + (<usize>n << 3);
  let behind = k;
  let prefix: u64 = 0;
  // Digit by digit from the top: only members that share the digits found so far are counted.
  let shift: u64 = 64;
  while (shift > 0) {
    const width = min(shift, DIGIT_BITS);
    shift -= width;
    const mask = ((<u64>1) << width) - 1;
    memory.fill(counts, 0, <usize>BUCKETS << 2);
    for (let at = values; at < end; at += 8) {
      const bits = load<u64>(at);
      // In two shifts: one by all 64 bits would be one by none.
      if (!isMember(bits) || (bits >> shift >> width) != prefix) continue;
      const place = counts + (<usize>((bits >> shift) & mask) << 2);
      store<u32>(place, load<u32>(place) + 1);
    }
    let digit = <i32>mask;
    for (; digit > 0; digit--) {
      const count = load<i32>(counts + (<usize>digit << 2));
      if (behind < count) break;
      behind -= count;
    }
    prefix = (prefix << width) | <u64>digit;
  }
  return reinterpret<f64>(prefix);
}

/**
 * Overwrites the `count` largest members, the last of which is `bound`, by `share` and all others by 0; of several equal
 * to `bound` the first are kept.
 * @returns the sum of what is kept.
 */
export function keepLargest(values: usize, n: i32, count: i32, bound: f64, share: f64): f64 {
  let equal = count - countAbove(values, n, bound);
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) {
    const at = values + (<usize>i << 3);
    const value = load<f64>(at);
    let keeps = value > bound;
    if (value == bound && equal > 0) {
      keeps = true;
      equal--;
    }
    if (keeps) sum += value;
    store<f64>(at, keeps ? share : 0);
  }
  return sum;
}
