/**
 * A stable radix sort of 64-bit items by the uppermost 22 bits, ascending, in time proportional to their number: the
 * digits are counted while the items are made. `counts` is scratch of 16 KiB.
 */

const DIGIT_BITS: u64 = 11;
const BUCKETS: usize = 2048;
const MASK: u64 = 2047;

/** Where the bits that it sorts by begin. */
export const SORTED_FROM: u64 = 64 - 2 * DIGIT_BITS;

export function clearCounts(counts: usize): void {
  memory.fill(counts, 0, 2 * BUCKETS * 4);
}

// @ts-ignore: decorator
@inline
export function countDigits(counts: usize, item: u64): void {
  bump(counts + slot(item, SORTED_FROM));
  bump(counts + BUCKETS * 4 + slot(item, SORTED_FROM + DIGIT_BITS));
}

// @ts-ignore: decorator
@inline
function bump(at: usize): void {
  store<u32>(at, load<u32>(at) + 1);
}

/**
 * @param items - `count` of them; `spare` is as large.
 * @returns where they lie in order: `items` or `spare`.
 */
export function distribute(items: usize, spare: usize, count: usize, counts: usize): usize {
  let from = items;
  let to = spare;
  for (let digit: usize = 0; digit < 2; digit++) {
    const shift = SORTED_FROM + DIGIT_BITS * <u64>digit;
    const starts = counts + digit * BUCKETS * 4;
    // Where all items share the digit there is nothing to move.
    if (count == 0 || <usize>load<u32>(starts + slot(load<u64>(from), shift)) == count) continue;
    let at: u32 = 0;
    for (let bucket: usize = 0; bucket < BUCKETS * 4; bucket += 4) {
      const size = load<u32>(starts + bucket);
      store<u32>(starts + bucket, at);
      at += size;
    }
    const end = from + (count << 3);
    for (let item = from; item < end; item += 8) {
      const bits = load<u64>(item);
      const place = starts + slot(bits, shift);
      const next = load<u32>(place);
      store<u32>(place, next + 1);
      store<u64>(to + (<usize>next << 3), bits);
    }
    const sorted = to;
    to = from;
    from = sorted;
  }
  return from;
}

// @ts-ignore: decorator
@inline
function slot(item: u64, shift: u64): usize {
  return <usize>((item >> shift) & MASK) << 2;
}
