/**
 * Functions f of l = -log p of the class that is there, in float64: powers of small numbers are steep.
 *
 *   power  f = w l^g        f' = g f / l
 *   focal  f = w q^g l      f' = w q^g (1 + g p l / q),  q = 1 - p
 *
 *   softmax of labels: L = f_y(l_y), dL/dx_k = f' (p_k - [k = y])
 *   one sigmoid row:   L = t f_1(softplus(-x)) + (1 - t) f_0(softplus(x))
 *
 * g is `gamma0` for class 0, the background, and `gamma1` for all others; weights w are float64 per class.
 */
import { expDouble2, expNeg2, loadPair, log1p2, logDouble2, one2, signs2 } from "./doubles";
import { flush, zero } from "./math";

/** f of l, q and p = 1 - q. */
// @ts-ignore: decorator
@inline
function costOf(l: v128, q: v128, weight: v128, gamma: v128, focal: bool): v128 {
  const power = expDouble2(f64x2.mul(gamma, logDouble2(focal ? q : l)));
  return f64x2.mul(weight, focal ? f64x2.mul(power, l) : power);
}

/** f', from f. */
// @ts-ignore: decorator
@inline
function slopeOf(f: v128, l: v128, q: v128, p: v128, gamma: v128, focal: bool): v128 {
  const relative = f64x2.div(f, l);
  if (!focal) return f64x2.mul(gamma, relative);
  return f64x2.mul(relative, f64x2.add(one2(), f64x2.mul(gamma, f64x2.div(f64x2.mul(p, l), q))));
}

// @ts-ignore: decorator
@inline
function pairOf(first: f64, second: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}

/**
 * `sums[0] += sum of L`; writes `elements` unless 0, and `scale` f' to `slopes`, a row of float64, for hardPixelGrad.
 * `far` is scratch of a row.
 */
// @ts-ignore: decorator
@inline
function costOfLabels(
  x: usize, xStride: i32, e: usize, eStride: i32, labels: usize, r: usize, weights: usize, gamma0: f64, gamma1: f64,
  channels: i32, n: i32, scale: f64, elements: usize, slopes: usize, far: usize, sums: usize, focal: bool,
): void {
  const bytes = <usize>n << 2;
  for (let k = 0; k < channels; k++) {
    const row = x + (<usize>(k * xStride) << 2);
    for (let i: usize = 0; i < bytes; i += 16) {
      const v = v128.load(row + i);
      v128.store(far + i, k == 0 ? v : f32x4.pmax(v128.load(far + i), v));
    }
  }
  const s = f64x2.splat(scale);
  let sum = zero();
  for (let i: usize = 0; i < bytes; i += 8) {
    const y0 = load<i32>(labels + i);
    const y1 = load<i32>(labels + i, 4);
    const k0 = max(y0, 0);
    const k1 = max(y1, 0);
    const counted = i64x2.replace_lane(i64x2.splat(y0 < 0 ? 0 : -1), 1, y1 < 0 ? 0 : -1);
    const rest = loadPair(r + i);
    const whole = f64x2.add(one2(), rest);
    const own = pairOf(
      <f64>load<f32>(e + (<usize>(k0 * eStride) << 2) + i), <f64>load<f32>(e + (<usize>(k1 * eStride) << 2) + i, 4),
    );
    const behind = pairOf(
      <f64>load<f32>(far + i) - <f64>load<f32>(x + (<usize>(k0 * xStride) << 2) + i),
      <f64>load<f32>(far + i, 4) - <f64>load<f32>(x + (<usize>(k1 * xStride) << 2) + i, 4),
    );
    const l = f64x2.add(log1p2(rest), behind);
    const q = f64x2.div(v128.bitselect(rest, f64x2.sub(whole, own), f64x2.eq(own, one2())), whole);
    const weight = pairOf(load<f64>(weights + (<usize>k0 << 3)), load<f64>(weights + (<usize>k1 << 3)));
    const gamma = pairOf(k0 == 0 ? gamma0 : gamma1, k1 == 0 ? gamma0 : gamma1);
    const f = v128.and(costOf(l, q, weight, gamma, focal), counted);
    if (elements != 0) v128.store64_lane(elements + i, f32x4.demote_f64x2_zero(f), 0);
    sum = f64x2.add(sum, f);
    const slope = slopeOf(f, l, q, f64x2.sub(one2(), q), gamma, focal);
    v128.store(slopes + (i << 1), f64x2.mul(slope, s));
  }
  flush(sums, sum);
}

export function powerCostOfLabels(
  x: usize, xStride: i32, e: usize, eStride: i32, labels: usize, r: usize, weights: usize, gamma0: f64, gamma1: f64,
  channels: i32, n: i32, scale: f64, elements: usize, slopes: usize, far: usize, sums: usize,
): void {
  costOfLabels(
    x, xStride, e, eStride, labels, r, weights, gamma0, gamma1, channels, n, scale, elements, slopes, far, sums, false,
  );
}

export function focalCostOfLabels(
  x: usize, xStride: i32, e: usize, eStride: i32, labels: usize, r: usize, weights: usize, gamma0: f64, gamma1: f64,
  channels: i32, n: i32, scale: f64, elements: usize, slopes: usize, far: usize, sums: usize,
): void {
  costOfLabels(
    x, xStride, e, eStride, labels, r, weights, gamma0, gamma1, channels, n, scale, elements, slopes, far, sums, true,
  );
}

// @ts-ignore: decorator
@inline
function costOfTargets(
  x: usize, targets: usize, n: i32, weight0: f64, weight1: f64, gamma0: f64, gamma1: f64, scale: f64,
  elements: usize, grad: usize, adds: bool, sums: usize, focal: bool,
): void {
  const w0 = f64x2.splat(weight0);
  const w1 = f64x2.splat(weight1);
  const g0 = f64x2.splat(gamma0);
  const g1 = f64x2.splat(gamma1);
  const s = f64x2.splat(scale);
  let sum = zero();
  for (let i: usize = 0; i < <usize>n << 2; i += 8) {
    const t = loadPair(targets + i);
    const counted = f64x2.ge(t, zero());
    const v = loadPair(x + i);
    const e = expNeg2(v128.or(v, signs2()));
    const positive = f64x2.ge(v, zero());
    const inverse = f64x2.div(one2(), f64x2.add(one2(), e));
    const near = f64x2.mul(e, inverse);
    const p = v128.bitselect(inverse, near, positive);
    const q = v128.bitselect(near, inverse, positive);
    const spread = log1p2(e);
    const l0 = f64x2.add(spread, f64x2.pmax(v, zero()));
    const l1 = f64x2.add(spread, f64x2.pmax(f64x2.neg(v), zero()));
    const f0 = costOf(l0, p, w0, g0, focal);
    const f1 = costOf(l1, q, w1, g1, focal);
    const not = f64x2.sub(one2(), t);
    const f = v128.and(f64x2.add(f64x2.mul(t, f1), f64x2.mul(not, f0)), counted);
    if (elements != 0) v128.store64_lane(elements + i, f32x4.demote_f64x2_zero(f), 0);
    sum = f64x2.add(sum, f);
    if (grad == 0) continue;
    const of0 = f64x2.mul(f64x2.mul(not, slopeOf(f0, l0, p, q, g0, focal)), p);
    const of1 = f64x2.mul(f64x2.mul(t, slopeOf(f1, l1, q, p, g1, focal)), q);
    const slope = v128.and(f64x2.mul(s, f64x2.sub(of0, of1)), counted);
    const g = f32x4.demote_f64x2_zero(slope);
    const before = v128.load64_zero(grad + i);
    v128.store64_lane(grad + i, adds ? f32x4.add(before, g) : g, 0);
  }
  flush(sums, sum);
}

/** `sums[0] += sum of L`; `elements` and `grad` are written unless 0, `grad` times `scale`; with `adds` that is added. */
export function powerCostOfTargets(
  x: usize, targets: usize, n: i32, weight0: f64, weight1: f64, gamma0: f64, gamma1: f64, scale: f64,
  elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  costOfTargets(
    x, targets, n, weight0, weight1, gamma0, gamma1, scale, elements, grad, adds, sums, false,
  );
}

/** As {@link powerCostOfTargets}. */
export function focalCostOfTargets(
  x: usize, targets: usize, n: i32, weight0: f64, weight1: f64, gamma0: f64, gamma1: f64, scale: f64,
  elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  costOfTargets(
    x, targets, n, weight0, weight1, gamma0, gamma1, scale, elements, grad, adds, sums, true,
  );
}
