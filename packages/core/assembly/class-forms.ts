/**
 * The numbers that losses of exclusive classes are made of, at `args`, float32:
 *
 *   0 keep, 1 share: targets t are softened to keep t + share
 *   2 a, 3 b, 4 c of the form:   cross-entropy     c = z;  5: whether the pixel has one weight, sum_c w_c t_c
 *                                poly              a L + b u
 *                                symmetric         a L + b p (-max(log t, c))
 *                                generalized       (1 - p^a) / a, a > 0;  5: what a is rounded by
 *                                focal             f_c u^g_c L, a: 1, or 0 where u^g is a constant of the gradient
 *   6 low, 7 high, 8 shift, 9 most, 10 least divisor: the clamp of probabilities;  11: whether their sum divides them
 *   12: C numbers of each class, w or f;  12 + C: C numbers g, then what these are rounded by
 *
 * with L = -log p and u = 1 - p of a class.
 */
export const CROSS_ENTROPY = 0;
export const POLY = 1;
export const SYMMETRIC = 2;
export const GENERALIZED = 3;
export const FOCAL = 4;

export const LISTS: usize = 48;

// @ts-ignore: decorator
@inline
export function arg(args: usize, i: usize): v128 {
  return v128.load32_splat(args + (i << 2));
}
