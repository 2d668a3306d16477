/**
 * Losses of pixels in descending order, as far as rules of hard mining look at it.
 *
 * @module
 */
export interface Ranking {
  readonly length: number;
  /** The loss behind the `k` largest; NaN where there is none. */
  after(k: number): number;
  /** How many are above `bound`. */
  above(bound: number): number;
}

/** The ranking of a list that is in order already; NaN ranks first, and is above everything. */
export function rankingOf(descending: Float64Array): Ranking {
  const { length } = descending;
  return {
    length,
    after: (k) => descending[k] ?? Number.NaN,
    above(bound) {
      let low = 0;
      let high = length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (descending[middle] <= bound) high = middle;
        else low = middle + 1;
      }
      return low;
    },
  };
}
