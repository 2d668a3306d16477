/**
 * Losses of exclusive classes against dense targets: n pixels of a tile, logits after their softmax, probabilities or
 * log-probabilities. Each class adds a function of its L = -log p, u = 1 - p and target (class-forms.ts), and has a
 * slope s = dl / d log p.
 *
 *   of logits         dl/dx_k = s_k - p_k sum_j s_j; of the largest class s_k u_k - p_k sum_{j != k} s_j, u_k from r
 *   of probabilities  dl/dp_k = s_k d log p_k;  divided by their sum S first: (g_k - sum_j g_j p_j) / S
 *
 * A pixel any of whose targets is negative is ignored.
 */
import { arg, CROSS_ENTROPY, FOCAL, GENERALIZED, LISTS, POLY, SYMMETRIC } from "./class-forms";
import { clampedLoss } from "./clamp";
import { addTo, flush, log4, one, oneMinusExpNeg4, zero } from "./math";
import { pow4, powerOf } from "./pow";

export const LOGITS = 0;
export const PROBABILITIES = 1;
export const LOG_PROBABILITIES = 2;

const SMALLEST_NORMAL: usize = memory.data<f32>([1.17549435e-38]);

// @ts-ignore: decorator
@inline
export function softTargets(
  form: i32, source: i32, x: usize, xStride: i32, e: usize, eStride: i32, r: usize, targets: usize, tStride: i32,
  args: usize, channels: i32, n: i32, scale: f32, elements: usize, grad: usize, gradStride: i32, adds: bool,
  work: usize, workStride: i32, sums: usize,
): void {
  const bytes = <usize>n << 2;
  const xStep = <usize>xStride << 2;
  const eStep = <usize>eStride << 2;
  const tStep = <usize>tStride << 2;
  const gradStep = <usize>gradStride << 2;
  const workStep = <usize>workStride << 2;
  const factors = args + LISTS;
  const gammas = factors + (<usize>channels << 2);
  const hasShare = load<f32>(args + 4) != 0;
  const byPixel = form == CROSS_ENTROPY && load<f32>(args + 20) != 0;
  const normalizes = source == PROBABILITIES && load<f32>(args + 44) != 0;
  let sum = zero();
  for (let i: usize = 0; i < bytes; i += 16) {
    let lowest = one();
    let largest = v128.load(x + i);
    let mass = zero();
    let pixelWeight = zero();
    for (let c = 0; c < channels; c++) {
      const v = v128.load(x + i + <usize>c * xStep);
      const t = v128.load(targets + i + <usize>c * tStep);
      lowest = f32x4.pmin(lowest, t);
      if (source == LOGITS) largest = f32x4.pmax(largest, v);
      if (normalizes) mass = f32x4.add(mass, v);
      if (byPixel) pixelWeight = f32x4.add(pixelWeight, f32x4.mul(t, arg(factors, c)));
    }
    const counted = f32x4.ge(lowest, zero());
    let rest = zero();
    let inverse = one();
    let logWhole = zero();
    if (source == LOGITS) {
      rest = v128.load(r + i);
      const whole = f32x4.add(one(), rest);
      inverse = f32x4.div(one(), whole);
      logWhole = f32x4.add(log4(whole), f32x4.mul(f32x4.sub(rest, f32x4.sub(whole, one())), inverse));
    } else if (normalizes) {
      // Where all are 0 there is nothing to normalize.
      inverse = f32x4.div(one(), v128.bitselect(one(), mass, f32x4.eq(mass, zero())));
    }
    let loss = zero();
    // Apart, because a confident pixel's others are what the whole sum rounds away.
    let others = zero();
    let rounded = zero();
    let tops = zero();
    let lacking = one();
    for (let c = 0; c < channels; c++) {
      const given = v128.load(targets + i + <usize>c * tStep);
      const slopeAt = work + i + <usize>c * workStep;
      if (form != SYMMETRIC && !hasShare && !v128.any_true(f32x4.gt(given, zero()))) {
        if (grad != 0) v128.store(slopeAt, zero());
        continue;
      }
      const t = f32x4.add(f32x4.mul(f32x4.pmax(given, zero()), arg(args, 0)), arg(args, 1));
      const v = v128.load(x + i + <usize>c * xStep);
      let p = one();
      let u = one();
      let cost: v128;
      let dp = one();
      let dlog = one();
      if (source == LOGITS) {
        const ec = v128.load(e + i + <usize>c * eStep);
        p = f32x4.mul(ec, inverse);
        u = v128.bitselect(f32x4.mul(rest, inverse), f32x4.sub(one(), p), f32x4.eq(ec, one()));
        cost = f32x4.add(f32x4.sub(largest, v), logWhole);
        dp = p;
      } else if (source == PROBABILITIES) {
        const own = normalizes ? f32x4.mul(v, inverse) : v;
        p = f32x4.pmin(f32x4.pmax(own, arg(args, 6)), arg(args, 7));
        u = f32x4.sub(one(), p);
        cost = clampedLoss(p, arg(args, 8), zero(), arg(args, 9));
        dp = f32x4.add(p, arg(args, 8));
        dlog = v128.and(f32x4.div(one(), f32x4.pmax(dp, arg(args, 10))), f32x4.eq(own, p));
      } else {
        cost = f32x4.neg(v);
      }
      // What the target does not ask for costs nothing, even on a probability of 0.
      if (source == PROBABILITIES) {
        const isAsked = f32x4.gt(t, zero());
        cost = v128.and(cost, isAsked);
        dlog = v128.and(dlog, isAsked);
      }
      let slope: v128;
      if (form == CROSS_ENTROPY) {
        const weight = f32x4.mul(t, byPixel ? pixelWeight : arg(factors, c));
        loss = f32x4.add(loss, f32x4.mul(weight, cost));
        slope = f32x4.neg(weight);
      } else if (form == POLY) {
        lacking = f32x4.sub(lacking, t);
        const own = f32x4.add(f32x4.mul(arg(args, 2), cost), f32x4.mul(arg(args, 3), u));
        loss = f32x4.add(loss, f32x4.mul(t, own));
        slope = f32x4.neg(f32x4.mul(t, f32x4.add(arg(args, 2), f32x4.mul(arg(args, 3), p))));
      } else if (form == SYMMETRIC) {
        const logt = v128.bitselect(
          log4(f32x4.pmax(t, v128.load32_splat(SMALLEST_NORMAL))), arg(args, 4), f32x4.gt(t, zero()),
        );
        const reverse = f32x4.neg(f32x4.mul(arg(args, 3), f32x4.pmax(logt, arg(args, 4))));
        const pull = f32x4.mul(arg(args, 2), t);
        loss = f32x4.add(loss, f32x4.add(f32x4.mul(pull, cost), f32x4.mul(reverse, p)));
        // Less what all classes without a target have: the probabilities of logits add up to 1, and its slope to 0.
        const above = f32x4.add(reverse, f32x4.mul(arg(args, 3), arg(args, 4)));
        slope = source == PROBABILITIES
          ? f32x4.sub(reverse, f32x4.mul(pull, dlog))
          : f32x4.sub(f32x4.mul(above, p), pull);
      } else if (form == GENERALIZED) {
        const b = f32x4.add(f32x4.mul(arg(args, 2), cost), f32x4.mul(arg(args, 5), cost));
        loss = f32x4.add(loss, f32x4.mul(t, f32x4.div(oneMinusExpNeg4(b), arg(args, 2))));
        slope = f32x4.neg(f32x4.mul(t, powerOf(p, arg(args, 2), arg(args, 5), b)));
      } else {
        const g = arg(gammas, c);
        const m = f32x4.mul(f32x4.mul(t, arg(factors, c)), pow4(u, g, arg(gammas, channels + c)));
        // (-log p) / u -> 1 as u -> 0, and its slope is nothing then.
        const ratio = v128.and(f32x4.div(cost, u), f32x4.gt(u, zero()));
        const pull = f32x4.mul(f32x4.mul(f32x4.mul(g, arg(args, 2)), dp), ratio);
        loss = f32x4.add(loss, f32x4.mul(m, cost));
        slope = f32x4.neg(f32x4.mul(m, f32x4.add(one(), pull)));
      }
      if (source == PROBABILITIES && form != SYMMETRIC) slope = f32x4.mul(slope, dlog);
      if (source == LOGITS) {
        const isTop = f32x4.eq(v, largest);
        tops = f32x4.add(tops, v128.and(slope, isTop));
        // Of 1000 classes the sum would lose what the gradient needs of it: what each step rounds off is kept.
        const part = f32x4.sub(v128.andnot(slope, isTop), rounded);
        const more = f32x4.add(others, part);
        rounded = f32x4.sub(f32x4.sub(more, others), part);
        others = more;
      } else if (normalizes) others = f32x4.add(others, f32x4.mul(slope, p));
      if (grad != 0) v128.store(slopeAt, slope);
    }
    if (form == POLY) loss = f32x4.add(loss, f32x4.mul(arg(args, 3), lacking));
    let turn = zero();
    if (form == CROSS_ENTROPY && source == LOGITS) {
      const logSum = f32x4.add(largest, logWhole);
      loss = f32x4.add(loss, f32x4.mul(arg(args, 4), f32x4.mul(logSum, logSum)));
      turn = f32x4.mul(f32x4.add(arg(args, 4), arg(args, 4)), logSum);
    }
    loss = v128.and(loss, counted);
    if (elements != 0) v128.store(elements + i, loss);
    sum = addTo(sum, loss);
    if (grad == 0) continue;
    const s = v128.and(f32x4.splat(scale), counted);
    const all = f32x4.add(others, tops);
    for (let c = 0; c < channels; c++) {
      let g = v128.load(work + i + <usize>c * workStep);
      if (source == LOGITS) {
        const ec = v128.load(e + i + <usize>c * eStep);
        const p = f32x4.mul(ec, inverse);
        const isTop = f32x4.eq(ec, one());
        const own = f32x4.mul(g, f32x4.mul(rest, inverse));
        const ofTop = f32x4.sub(own, f32x4.mul(p, f32x4.add(others, f32x4.sub(tops, g))));
        g = v128.bitselect(ofTop, f32x4.sub(g, f32x4.mul(p, all)), isTop);
        if (form == CROSS_ENTROPY) g = f32x4.add(g, f32x4.mul(p, turn));
      } else if (normalizes) {
        g = f32x4.mul(f32x4.sub(g, all), inverse);
      }
      g = f32x4.mul(s, g);
      const to = grad + i + <usize>c * gradStep;
      v128.store(to, adds ? f32x4.add(v128.load(to), g) : g);
    }
  }
  flush(sums, sum);
}
