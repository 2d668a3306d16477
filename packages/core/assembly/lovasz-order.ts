/**
 * The order of Lovász errors: items are sorted by 22 bits of a key, and those that it does not tell apart again, by the
 * next 22 bits where they are many. Which errors they are a list of indices says.
 */
import { clearCounts, countDigits, distribute, SORTED_FROM } from "./radix";

/** The bit of an item that is set for the foreground, and those of its position. */
export const FOREGROUND: u64 = 0x80000000;
export const POSITION: u64 = 0x7fffffff;
const KEY: u64 = 0xffffffff00000000;
const MAGNITUDE: u64 = 0x7fffffffffffffff;

/** How many numbers there are from a float64 to twice that. */
const OCTAVE: u64 = 1 << 52;
/** The bits of 0.5. */
const HALF: u64 = <u64>1022 << 52;
/** Ordinals go on where the logarithmic ones end. */
const FAR: u64 = <u64>52 << 52;

/** How many bits of an ordinal are never used where `lowest` is the least error: items are made with this shift. */
export function shiftOf(top: u64, lowest: u64): u64 {
  return clz<u64>(ordinalOf(top, lowest));
}

/**
 * A number that is the larger the smaller an error is: how many numbers lie between it and `top`, the largest, up to a
 * factor of 2 below that on a logarithmic scale, as floats are below. Errors near 1 differ from it by powers of 2, too.
 */
// @ts-ignore: decorator
@inline
function ordinalOf(top: u64, bits: u64): u64 {
  const below = top - bits;
  // Exact, and never 0.
  const near = reinterpret<u64>(<f64>(<i64>below) + 0.5) - HALF;
  return select<u64>(near, below + FAR, below < OCTAVE);
}

/**
 * Makes an item to sort: the position of an error in the list, whether it is of the foreground, and above them the key,
 * the upper 32 bits of its ordinal after `shift`.
 */
// @ts-ignore: decorator
@inline
function makeItem(values: usize, list: usize, position: u64, top: u64, shift: u64, to: usize, counts: usize): void {
  const bits = load<u64>(placeOf(values, list, position));
  const key = (ordinalOf(top, bits & MAGNITUDE) << shift) & KEY;
  countDigits(counts, key);
  store<u64>(to, key | ((bits >> 32) & FOREGROUND) | position);
}

/** Where the error lies that is at a position of the list of indices. */
// @ts-ignore: decorator
@inline
function placeOf(values: usize, list: usize, position: u64): usize {
  return values + (<usize>load<u32>(list + (<usize>position << 2)) << 3);
}

/** Makes items of the positions from `begin` to `end`, and adds the digits of their keys to `counts`. */
export function makeItems(
  values: usize, list: usize, begin: usize, end: usize, top: u64, shift: u64, items: usize, counts: usize,
): void {
  for (let position = begin; position < end; position++) {
    makeItem(values, list, position, top, shift, items + (position << 3), counts);
  }
}

/**
 * Sorts items by their errors, descending, ties in the order they have; makeItems says what `top` and `shift` are.
 * @returns where they lie in order: `items` or `spare`.
 */
export function sort(
  values: usize, list: usize, items: usize, spare: usize, count: usize, top: u64, shift: u64, counts: usize,
): usize {
  const order = distribute(items, spare, count, counts);
  orderTies(values, list, order, order == items ? spare : items, count, top, shift + 64 - SORTED_FROM, counts);
  return order;
}

/** The bits of an item's error, which are in the order of the errors. */
// @ts-ignore: decorator
@inline
function bitsOf(values: usize, list: usize, item: u64): u64 {
  return load<u64>(placeOf(values, list, item & POSITION)) & MAGNITUDE;
}

/** Runs of this many items that the radix sort does not tell apart are sorted as the whole is, shorter ones by insertion. */
const LONG_RUN: usize = 48;

/** Orders items that the radix sort does not tell apart. */
function orderTies(
  values: usize, list: usize, items: usize, spare: usize, count: usize, top: u64, shift: u64, counts: usize,
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
      orderRun(values, list, begin, spare + (begin - items), length, top, shift, counts);
    } else {
      insert(values, list, begin, next);
    }
    at = next - 8;
  }
}

/** Sorts a run in its place by the bits after those that are the same in all of it. */
function orderRun(
  values: usize, list: usize, items: usize, spare: usize, count: usize, top: u64, shift: u64, counts: usize,
): void {
  if (shift >= 64) return;
  clearCounts(counts);
  for (let at = items, end = items + (count << 3); at < end; at += 8) {
    makeItem(values, list, load<u64>(at) & POSITION, top, shift, at, counts);
  }
  const sorted = sort(values, list, items, spare, count, top, shift, counts);
  if (sorted != items) memory.copy(items, sorted, count << 3);
}

function insert(values: usize, list: usize, begin: usize, end: usize): void {
  for (let at = begin + 8; at < end; at += 8) {
    const item = load<u64>(at);
    let to = at;
    for (; to > begin; to -= 8) {
      const before = load<u64>(to - 8);
      if (!isLess(values, list, before, item)) break;
      store<u64>(to, before);
    }
    store<u64>(to, item);
  }
}

/** Whether the error of `a` is less than that of `b`: their keys tell, unless they are equal. */
// @ts-ignore: decorator
@inline
function isLess(values: usize, list: usize, a: u64, b: u64): bool {
  const difference = <i64>(a >> 32) - <i64>(b >> 32);
  return difference == 0 ? bitsOf(values, list, a) < bitsOf(values, list, b) : difference > 0;
}
