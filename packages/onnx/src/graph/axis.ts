/** An axis counted from 0, for one that may be counted from the end. */
export function atAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
