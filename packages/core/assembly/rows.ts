/** Whole rows of a tile. */

/** to[i] += from[i]; `n` is a multiple of 4. */
export function addRows(to: usize, from: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const offset = <usize>i << 2;
    v128.store(to + offset, f32x4.add(v128.load(to + offset), v128.load(from + offset)));
  }
}
