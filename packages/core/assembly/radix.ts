/**
 * A stable radix sort of 64-bit items by keys of 22 bits in their upper halves, ascending, in time proportional to their
 * number: the digits of the keys are counted while the items are made. `counts` is scratch of 16 KiB.
 */

export const KEY_BITS: u64 = 22;

const DIGIT_BITS: u64 = 11;
const BUCKETS: usize = 2048;
const MASK: u64 = 2047;

export function clearCounts(counts: usize): void {
  memory.fill(counts, 0, 2 * BUCKETS * 4);
}

// @ts-ignore: decorator
@inline
export function countDigits(counts: usize, key: u64): void {
  bump(counts, key & MASK);
  bump(counts + BUCKETS * 4, key >> DIGIT_BITS);
}

// @ts-ignore: decorator
@inline
function bump(counts: usize, digit: u64): void {
  const at = counts + (<usize>digit << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/**
 * @param items - `count` of them; `spare` is as large.
 * @returns where they lie in order: `items` or `spare`.
 */
export function distribute(items: usize, spare: usize, count: usize, counts: usize): usize {
  const end = count << 3;
  let from = items;
  let to = spare;
  for (let digit: usize = 0; digit < 2; digit++) {
    const shift = 32 + DIGIT_BITS * <u64>digit;
    const starts = counts + digit * BUCKETS * 4;
    // Where all items share the digit there is nothing to move.
    if (count == 0 || <usize>load<u32>(starts + slot(load<u64>(from), shift)) == count) continue;
    let at: u32 = 0;
    for (let bucket: usize = 0; bucket < BUCKETS * 4; bucket += 4) {
      const size = load<u32>(starts + bucket);
      store<u32>(starts + bucket, at);
      at += size;
    }
    for (let i: usize = 0; i < end; i += 8) {
      const item = load<u64>(from + i);
      const place = starts + slot(item, shift);
      const next = load<u32>(place);
      store<u32>(place, next + 1);
      store<u64>(to + (<usize>next << 3), item);
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
