/**
 * Losses of the probability of a pixel's label, after the softmax of a tile: f(L, u, p) with L = -log p_y, u = 1 - p_y.
 *
 *   dl/dx_k = h (p_k - [k = y]),  h = df/dL:   poly 1 + e p;  generalized p^q;  focal a u^g (1 + g p L / u)
 *
 * As in cross-entropy.ts: where y is the largest class, L and u come of r and keep their digits.
 */
import { arg, FOCAL, GENERALIZED, LISTS, POLY, SYMMETRIC } from "./class-forms";
import { gather, gatherRows, largestOf, scaleRows, scatterToRows } from "./labels";
import { addTo, flush, log4, one, oneMinusExpNeg4, zero } from "./math";
import { pow4, powerOf } from "./pow";

/** An e from here down may be the clamp of exp. */
const CLAMPED: usize = memory.data<f32>([2e-35]);

// @ts-ignore: decorator
@inline
function likelihood(
  form: i32, x: usize, xStride: i32, e: usize, eStride: i32, labels: usize, r: usize, args: usize,
  channels: i32, n: i32, scale: f32, elements: usize, grad: usize, gradStride: i32, adds: bool,
  own: usize, factor: usize, sums: usize,
): void {
  const bytes = <usize>n << 2;
  const xStep = <usize>xStride << 2;
  const eStep = <usize>eStride << 2;
  const gradStep = <usize>gradStride << 2;
  const s = f32x4.splat(scale);
  const factors = args + LISTS;
  const gammas = factors + (<usize>channels << 2);
  let sum = zero();
  for (let i: usize = 0; i < bytes; i += 16) {
    const y = v128.load(labels + i);
    const counted = i32x4.ge_s(y, zero());
    const rest = v128.load(r + i);
    const whole = f32x4.add(one(), rest);
    const inverse = f32x4.div(one(), whole);
    const ey = gatherRows(e + i, eStep, y);
    const lost = f32x4.mul(f32x4.sub(rest, f32x4.sub(whole, one())), inverse);
    let surprise = f32x4.add(log4(f32x4.div(whole, ey)), lost);
    if (v128.any_true(f32x4.le(ey, v128.load32_splat(CLAMPED)))) {
      const logWhole = f32x4.add(log4(whole), lost);
      const far = f32x4.add(logWhole, f32x4.sub(largestOf(x + i, xStep, channels), gatherRows(x + i, xStep, y)));
      surprise = v128.bitselect(far, surprise, f32x4.le(ey, v128.load32_splat(CLAMPED)));
    }
    const p = f32x4.mul(ey, inverse);
    const u = v128.bitselect(f32x4.mul(rest, inverse), f32x4.sub(one(), p), f32x4.eq(ey, one()));
    let loss: v128;
    let h: v128;
    if (form == POLY) {
      loss = f32x4.add(f32x4.mul(arg(args, 2), surprise), f32x4.mul(arg(args, 3), u));
      h = f32x4.add(arg(args, 2), f32x4.mul(arg(args, 3), p));
    } else if (form == SYMMETRIC) {
      const reverse = f32x4.neg(f32x4.mul(arg(args, 3), arg(args, 4)));
      loss = f32x4.add(f32x4.mul(arg(args, 2), surprise), f32x4.mul(reverse, u));
      h = f32x4.add(arg(args, 2), f32x4.mul(reverse, p));
    } else if (form == GENERALIZED) {
      const q = arg(args, 2);
      const b = f32x4.add(f32x4.mul(q, surprise), f32x4.mul(arg(args, 5), surprise));
      loss = f32x4.div(oneMinusExpNeg4(b), q);
      h = powerOf(p, q, arg(args, 5), b);
    } else {
      const g = gather(gammas, y);
      const m = f32x4.mul(gather(factors, y), pow4(u, g, gather(gammas + (<usize>channels << 2), y)));
      // (-log p) / u -> 1 as u -> 0.
      const ratio = v128.bitselect(f32x4.div(surprise, u), one(), f32x4.gt(u, zero()));
      loss = f32x4.mul(m, surprise);
      h = f32x4.mul(m, f32x4.add(one(), f32x4.mul(f32x4.mul(f32x4.mul(g, arg(args, 2)), p), ratio)));
    }
    loss = v128.and(loss, counted);
    if (elements != 0) v128.store(elements + i, loss);
    sum = addTo(sum, loss);
    if (grad == 0) continue;
    const f = v128.and(f32x4.mul(s, h), counted);
    let g = f32x4.neg(f32x4.mul(f, u));
    if (adds) g = f32x4.add(g, gatherRows(grad + i, gradStep, y));
    v128.store(own + i, g);
    v128.store(factor + i, f32x4.mul(f, inverse));
  }
  flush(sums, sum);
  if (grad == 0) return;
  scaleRows(e, eStep, factor, grad, gradStep, channels, bytes, adds);
  scatterToRows(own, labels, n, grad, gradStep);
}

/**
 * `sums[0] += sum of losses`; `elements` is written unless 0. `grad`, unless 0, takes `scale` times the gradient; with
 * `adds` it is added. `args` are as class-forms.ts says, `own` and `factor` scratch of a row each; `x` are the logits that
 * e came of.
 */
export function polyOfLabels(
  x: usize, xStride: i32, e: usize, eStride: i32, labels: usize, r: usize, args: usize, channels: i32, n: i32,
  scale: f32, elements: usize, grad: usize, gradStride: i32, adds: bool, own: usize, factor: usize, sums: usize,
): void {
  likelihood(
    POLY, x, xStride, e, eStride, labels, r, args, channels, n, scale, elements, grad, gradStride, adds, own, factor,
    sums,
  );
}

/** As {@link polyOfLabels}. */
export function symmetricOfLabels(
  x: usize, xStride: i32, e: usize, eStride: i32, labels: usize, r: usize, args: usize, channels: i32, n: i32,
  scale: f32, elements: usize, grad: usize, gradStride: i32, adds: bool, own: usize, factor: usize, sums: usize,
): void {
  likelihood(
    SYMMETRIC, x, xStride, e, eStride, labels, r, args, channels, n, scale, elements, grad, gradStride, adds, own, factor,
    sums,
  );
}

/** As {@link polyOfLabels}. */
export function generalizedOfLabels(
  x: usize, xStride: i32, e: usize, eStride: i32, labels: usize, r: usize, args: usize, channels: i32, n: i32,
  scale: f32, elements: usize, grad: usize, gradStride: i32, adds: bool, own: usize, factor: usize, sums: usize,
): void {
  likelihood(
    GENERALIZED, x, xStride, e, eStride, labels, r, args, channels, n, scale, elements, grad, gradStride, adds, own, factor,
    sums,
  );
}

/** As {@link polyOfLabels}. */
export function focalOfLabels(
  x: usize, xStride: i32, e: usize, eStride: i32, labels: usize, r: usize, args: usize, channels: i32, n: i32,
  scale: f32, elements: usize, grad: usize, gradStride: i32, adds: bool, own: usize, factor: usize, sums: usize,
): void {
  likelihood(
    FOCAL, x, xStride, e, eStride, labels, r, args, channels, n, scale, elements, grad, gradStride, adds, own, factor,
    sums,
  );
}
