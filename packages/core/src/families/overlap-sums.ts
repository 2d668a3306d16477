/** How the sums of the overlap family lie in the sums of the first map. @module */
import type { ClassSums } from "../reference/overlap-scores.ts";

/** What lies before the classes: counted pixels, and two of the kernel's own. Then I P G n of class 0, of class 1, ... */
export const OVERLAP_SUMS = 3;

export function classSumsOf(sums: Float64Array, classes: number): ClassSums[] {
  return Array.from({ length: classes }, (_, c) => {
    const [i, p, g, n] = sums.subarray(OVERLAP_SUMS + 4 * c, OVERLAP_SUMS + 4 * c + 4);
    return { i, p, g, n };
  });
}
