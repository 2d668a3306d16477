/**
 * Largest absolute difference over the largest absolute entry of `expected`: one number for a whole array, so
 * that small gradients are not excused by an absolute tolerance. Zero for two arrays of zeros; NaN counts as
 * infinitely wrong unless both have it.
 */
export function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < got.length; i++) {
    if (Number.isNaN(got[i]) && Number.isNaN(expected[i])) continue;
    const d = Math.abs(got[i] - expected[i]);
    if (Number.isNaN(d)) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, d);
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return difference === 0 ? 0 : difference / scale;
}
