/**
 * The order of the largest numbers first, as every rank loss needs it: stable, and without an object per number.
 *
 * @module
 */

const BYTE = 256;

/**
 * The indices `members` of `values`, sorted so that their values descend; equal values keep the order of `members`, so
 * that ties fall in pixel order. NaN comes first, as the largest. A radix sort over the eight bytes of a float64, which
 * takes time in proportion to their number.
 */
export function descendingOrder(values: Float64Array, members: Uint32Array): Uint32Array {
  const { length } = members;
  let from = keysOf(values, members);
  let to: Keyed = {
    index: new Uint32Array(length),
    low: new Uint32Array(length),
    high: new Uint32Array(length),
  };
  for (const word of ["low", "high"] as const) {
    for (let shift = 0; shift < 32; shift += 8) {
      const starts = startsOf(from[word], shift);
      if (starts === undefined) continue;
      distribute(from, to, from[word], shift, starts);
      [from, to] = [to, from];
    }
  }
  return from.index;
}

/** Indices with keys, two words each, whose ascending order is the descending order of the values. */
interface Keyed {
  readonly index: Uint32Array;
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

function keysOf(values: Float64Array, members: Uint32Array): Keyed {
  const { length } = members;
  const low = new Uint32Array(length);
  const high = new Uint32Array(length);
  const number = new Float64Array(1);
  const words = new Uint32Array(number.buffer);
  for (let k = 0; k < length; k++) {
    const value = values[members[k]];
    // A key of zeros puts NaN, whatever its sign, before everything.
    if (Number.isNaN(value)) continue;
    // Adding 0 makes one of the two zeros.
    number[0] = value + 0;
    const negative = words[1] >>> 31 === 1;
    low[k] = negative ? words[0] : ~words[0];
    high[k] = negative ? words[1] : words[1] ^ 0x7fffffff;
  }
  return { index: members.slice(), low, high };
}

/** Where each value of a byte begins in the order; undefined when all have the same, and nothing has to move. */
function startsOf(word: Uint32Array, shift: number): Uint32Array | undefined {
  const starts = new Uint32Array(BYTE);
  for (let k = 0; k < word.length; k++) starts[(word[k] >>> shift) & 0xff]++;
  let at = 0;
  for (let byte = 0; byte < BYTE; byte++) {
    const count = starts[byte];
    if (count === word.length) return undefined;
    starts[byte] = at;
    at += count;
  }
  return starts;
}

function distribute(from: Keyed, to: Keyed, word: Uint32Array, shift: number, starts: Uint32Array): void {
  for (let k = 0; k < word.length; k++) {
    const at = starts[(word[k] >>> shift) & 0xff]++;
    to.index[at] = from.index[k];
    to.low[at] = from.low[k];
    to.high[at] = from.high[k];
  }
}
