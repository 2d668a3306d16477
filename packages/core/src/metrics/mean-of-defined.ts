/** Means that leave out what is not defined. @module */

/** Mean of the scores that are not null; null when all are. */
export function meanOfDefined(scores: readonly (number | null)[]): number | null {
  const defined = scores.filter((score) => score !== null);
  return defined.length === 0 ? null : defined.reduce((a, b) => a + b, 0) / defined.length;
}
