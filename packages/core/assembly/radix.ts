/** A stable radix sort of 64-bit items by their upper halves, ascending, in time proportional to their number. */

const DIGIT_BITS: u64 = 11;
const BUCKETS: usize = 2048;
const MASK: u64 = 2047;

/**
 * @param items - `count` of them; `spare` is as large. `counts` is scratch of 24 KiB.
 * @returns where they lie in order: `items` or `spare`.
 */
export function radixSort(items: usize, spare: usize, count: usize, counts: usize): usize {
  const end = count << 3;
  memory.fill(counts, 0, 3 * BUCKETS * 4);
  for (let i: usize = 0; i < end; i += 8) {
    const key = load<u64>(items + i) >> 32;
    bump(counts, key & MASK);
    bump(counts + BUCKETS * 4, (key >> DIGIT_BITS) & MASK);
    bump(counts + BUCKETS * 8, key >> (2 * DIGIT_BITS));
  }
  let from = items;
  let to = spare;
  for (let digit: usize = 0; digit < 3; digit++) {
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

// @ts-ignore: decorator
@inline
function bump(counts: usize, digit: u64): void {
  const at = counts + (<usize>digit << 2);
  store<u32>(at, load<u32>(at) + 1);
}
