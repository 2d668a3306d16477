/**
 * Bi-tempered logistic loss of the labels of a tile of logits, for t2 > 1, with y = -log p_y, e = 2 - t1, k = 1 - t1:
 *
 *   log p_j = -log(1 + (t2 - 1) (max x + d - x_j)) / (t2 - 1), with the d >= 0 for which they add up to 1
 *   l = A(k) - A(e) + sum_{j != y} p_j^e / e,   A(c) = (1 - exp(-c y)) / c
 *   dl/dx_j = g_j - s_j sum_i g_i,   g_j = (p_j - [j = y]) p_j^(t2 - t1),  s_j = p_j^t2 / sum_i p_i^t2
 *
 * In float64, two pixels at a time: A(k) - A(e) is of the order of y^2, and of a small d all else is made.
 */
import { scatterToRows } from "./labels";
import { exp64, expm164, log1p64, one64 } from "./math64";

const RELATIVE: usize = memory.data<f64>([1e-10]);
const MOST_STEPS = 200;
/** Terms of the series of A(k) - A(e). */
const TERMS: usize = 13;

/** Two neighbouring float32. */
// @ts-ignore: decorator
@inline
function two(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}

// @ts-ignore: decorator
@inline
function storeTwo(at: usize, v: v128): void {
  v128.store64_lane(at, f32x4.demote_f64x2_zero(v), 0);
}

/** (1 - exp(-c y)) / c; y where c is 0. */
// @ts-ignore: decorator
@inline
function lessOfPower(c: f64, y: v128): v128 {
  return c == 0 ? y : f64x2.div(f64x2.neg(expm164(f64x2.mul(f64x2.splat(-c), y))), f64x2.splat(c));
}

/** exp(e log). */
// @ts-ignore: decorator
@inline
function power(log: v128, e: f64): v128 {
  return exp64(f64x2.mul(f64x2.splat(e), log));
}

/**
 * `sums[0] += sum of losses`; `elements` is written unless 0. `grad`, unless 0, takes `scale` times the gradient; with
 * `adds` it is added. At `series` are the factors of y^2, y^3, ... in A(k) - A(e); `own` is scratch of a row, `work` of
 * 2 C float64.
 */
export function biTempered(
  x: usize, xStride: i32, labels: usize, channels: i32, n: i32, t1: f64, t2: f64, series: usize, scale: f64,
  elements: usize, grad: usize, gradStride: i32, adds: bool, work: usize, own: usize, sums: usize,
): void {
  const bytes = <usize>n << 2;
  const xStep = <usize>xStride << 2;
  const gradStep = <usize>gradStride << 2;
  const heat = f64x2.splat(t2 - 1);
  const cool = f64x2.splat(-1 / (t2 - 1));
  const e = 2 - t1;
  let sum: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 8) {
    const y0 = load<i32>(labels + i);
    const y1 = load<i32>(labels + i, 4);
    const y = i64x2.replace_lane(i64x2.splat(<i64>y0), 1, <i64>y1);
    const counted = i64x2.ge_s(y, i64x2.splat(0));
    let largest = two(x + i);
    for (let c = 1; c < channels; c++) largest = f64x2.pmax(largest, two(x + i + <usize>c * xStep));
    let d = f64x2.splat(0);
    for (let step = 0; step < MOST_STEPS; step++) {
      // Of one largest class p - 1 is taken.
      let excess = f64x2.splat(0);
      let tops = i64x2.splat(0);
      let steepness = f64x2.splat(0);
      for (let c = 0; c < channels; c++) {
        const gap = f64x2.sub(largest, two(x + i + <usize>c * xStep));
        const log = f64x2.mul(log1p64(f64x2.mul(heat, f64x2.add(gap, d))), cool);
        const isTop = v128.andnot(f64x2.eq(gap, f64x2.splat(0)), tops);
        tops = v128.or(tops, isTop);
        const less = expm164(log);
        excess = f64x2.add(excess, v128.bitselect(less, f64x2.add(less, one64()), isTop));
        steepness = f64x2.add(steepness, power(log, t2));
        v128.store(work + (<usize>c << 4), log);
      }
      const rise = f64x2.div(excess, steepness);
      const climbs = v128.and(f64x2.gt(rise, f64x2.mul(d, v128.load64_splat(RELATIVE))), counted);
      if (!v128.any_true(climbs)) break;
      d = f64x2.pmax(d, f64x2.add(d, rise));
    }
    let escorts = f64x2.splat(0);
    let escortsOfOthers = f64x2.splat(0);
    let pulls = f64x2.splat(0);
    let loss = f64x2.splat(0);
    let log = f64x2.splat(0);
    for (let c = 0; c < channels; c++) {
      const logc = v128.load(work + (<usize>c << 4));
      const isOwn = i64x2.eq(y, i64x2.splat(<i64>c));
      const escort = power(logc, t2);
      log = v128.bitselect(logc, log, isOwn);
      escorts = f64x2.add(escorts, escort);
      escortsOfOthers = f64x2.add(escortsOfOthers, v128.andnot(escort, isOwn));
      pulls = f64x2.add(pulls, v128.andnot(power(logc, 1 + t2 - t1), isOwn));
      loss = f64x2.add(loss, v128.andnot(power(logc, e), isOwn));
    }
    loss = f64x2.div(loss, f64x2.splat(e));
    const cost = f64x2.neg(log);
    let near = f64x2.splat(<f64>load<f32>(series + ((TERMS - 1) << 2)));
    for (let k = TERMS - 1; k > 0; k--) {
      near = f64x2.add(f64x2.mul(near, cost), f64x2.splat(<f64>load<f32>(series + ((k - 1) << 2))));
    }
    near = f64x2.mul(f64x2.mul(cost, cost), near);
    const far = f64x2.sub(lessOfPower(1 - t1, cost), lessOfPower(e, cost));
    loss = v128.and(f64x2.add(loss, v128.bitselect(near, far, f64x2.lt(cost, one64()))), counted);
    if (elements != 0) storeTwo(elements + i, loss);
    sum += f64x2.extract_lane(loss, 0) + f64x2.extract_lane(loss, 1);
    if (grad == 0) continue;
    const s = v128.and(f64x2.splat(scale), counted);
    const inverse = f64x2.div(one64(), escorts);
    const ofOwn = f64x2.mul(expm164(log), power(log, t2 - t1));
    const all = f64x2.add(pulls, ofOwn);
    const share = f64x2.mul(power(log, t2), inverse);
    let g = f64x2.sub(f64x2.mul(ofOwn, f64x2.mul(escortsOfOthers, inverse)), f64x2.mul(share, pulls));
    g = f64x2.mul(s, g);
    if (adds) {
      const before0 = <f64>load<f32>(grad + i + <usize>max(0, y0) * gradStep);
      const before1 = <f64>load<f32>(grad + i + <usize>max(0, y1) * gradStep, 4);
      g = f64x2.add(g, f64x2.replace_lane(f64x2.splat(before0), 1, before1));
    }
    storeTwo(own + i, g);
    for (let c = 0; c < channels; c++) {
      const logc = v128.load(work + (<usize>c << 4));
      const escort = f64x2.mul(power(logc, t2), inverse);
      const gc = f64x2.mul(s, f64x2.sub(power(logc, 1 + t2 - t1), f64x2.mul(escort, all)));
      const to = grad + i + <usize>c * gradStep;
      storeTwo(to, adds ? f64x2.add(gc, two(to)) : gc);
    }
  }
  store<f64>(sums, load<f64>(sums) + sum);
  if (grad != 0) scatterToRows(own, labels, n, grad, gradStep);
}
