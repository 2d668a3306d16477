/** Nearest-neighbour resizing of class ids, which must never be blended. */
import type { Size } from "./preprocess.ts";

/**
 * Output pixel `i` takes input pixel `floor((i + 0.5) * in / out)` on each axis: the centre decides, as in
 * PIL's NEAREST and torch's `nearest-exact`.
 * @param ids - `[from[0], from[1]]`.
 * @returns `[to[0], to[1]]`; `ids` itself when the sizes are equal.
 */
export function resizeNearest(ids: Uint8Array, from: Size, to: Size): Uint8Array {
  if (from[0] === to[0] && from[1] === to[1]) return ids;
  const rows = sources(from[0], to[0]);
  const columns = sources(from[1], to[1]);
  const resized = new Uint8Array(to[0] * to[1]);
  let i = 0;
  for (const row of rows) {
    for (const column of columns) resized[i++] = ids[row * from[1] + column]!;
  }
  return resized;
}

function sources(from: number, to: number): Uint32Array {
  return Uint32Array.from({ length: to }, (_, i) => Math.floor(((i + 0.5) * from) / to));
}
