/**
 * The cross-entropy of every class against the rest under a softmax, a tile of labels:
 *
 *   l = 1/C (-b log p_y + (1 - b) sum_{c != y} log(1 + o_c)),  o_c = p_c / (1 - p_c) = e_c / (1 + r - e_c)
 *   dl/dx_j = 1/C p_j (1 - (1 - b) (S - o_j)),  dl/dx_y = -1/C (b (1 - p_y) + (1 - b) p_y S),  S = sum_{c != y} o_c
 *
 * Where one class is more likely than all others together, its o is 1 / r, and it is kept out of S, which it would drown.
 */
import { addTo, flush, log1pOfUnit4, log4, one, zero } from "./math";

/** Whether a class is the one that is more likely than all others. */
// @ts-ignore: decorator
@inline
function isMost(e: v128, r: v128): v128 {
  return v128.and(f32x4.eq(e, one()), f32x4.lt(r, one()));
}

/** o of a class that is not. */
// @ts-ignore: decorator
@inline
function oddsOf(e: v128, r: v128): v128 {
  const others = v128.bitselect(r, f32x4.sub(f32x4.add(one(), r), e), f32x4.eq(e, one()));
  return f32x4.div(e, others);
}

/** `sums[0] += sum of l`; `elements` and `grad` are written unless 0, `grad` times `scale`; with `adds` that is added. */
export function sidedOfLabels(
  x: usize, xStride: i32, e: usize, eStride: i32, labels: usize, r: usize, b: f32, channels: i32, n: i32, scale: f32,
  elements: usize, grad: usize, gradStride: i32, adds: bool, sums: usize,
): void {
  const eStep = <usize>eStride << 2;
  const xStep = <usize>xStride << 2;
  const gradStep = <usize>gradStride << 2;
  const share: f32 = 1 / <f32>channels;
  const is = f32x4.splat(b * share);
  const not = f32x4.splat((1 - b) * share);
  const s = f32x4.splat(scale);
  const third = f32x4.splat(share);
  let sum = zero();
  for (let i: usize = 0; i < <usize>n << 2; i += 16) {
    const y = v128.load(labels + i);
    const counted = i32x4.ge_s(y, zero());
    const rest = v128.load(r + i);
    const whole = f32x4.add(one(), rest);
    const inverse = f32x4.div(one(), whole);
    const unit = f32x4.lt(rest, one());
    // log(1 + r), of an r of any size.
    const logWhole = v128.bitselect(log1pOfUnit4(f32x4.pmin(rest, one())), log4(whole), unit);
    let odds = zero();
    let most = zero();
    let logs = zero();
    let largest = v128.load(x + i);
    let own = largest;
    let ey = zero();
    for (let k = 0; k < channels; k++) {
      const ek = v128.load(e + <usize>k * eStep + i);
      const xk = v128.load(x + <usize>k * xStep + i);
      const isOwn = i32x4.eq(y, i32x4.splat(k));
      const isTop = isMost(ek, rest);
      largest = f32x4.pmax(largest, xk);
      own = v128.bitselect(xk, own, isOwn);
      ey = v128.bitselect(ek, ey, isOwn);
      const o = v128.andnot(v128.andnot(oddsOf(ek, rest), isTop), isOwn);
      odds = f32x4.add(odds, o);
      logs = f32x4.add(logs, log1pOfUnit4(o));
      most = v128.or(most, v128.andnot(isTop, isOwn));
    }
    // Of the class that is more likely than all others, log(1 + 1 / r).
    logs = f32x4.add(logs, v128.and(f32x4.sub(logWhole, log4(rest)), most));
    const surprise = f32x4.add(logWhole, f32x4.sub(largest, own));
    const loss = v128.and(f32x4.add(f32x4.mul(is, surprise), f32x4.mul(not, logs)), counted);
    if (elements != 0) v128.store(elements + i, loss);
    sum = addTo(sum, loss);
    if (grad == 0) continue;
    const oddsOfMost = v128.and(f32x4.div(one(), rest), most);
    const py = f32x4.mul(ey, inverse);
    const wrong = f32x4.mul(v128.bitselect(rest, f32x4.sub(whole, ey), f32x4.eq(ey, one())), inverse);
    const pull = f32x4.mul(py, f32x4.add(odds, oddsOfMost));
    const ofOwn = f32x4.neg(f32x4.add(f32x4.mul(is, wrong), f32x4.mul(not, pull)));
    for (let k = 0; k < channels; k++) {
      const ek = v128.load(e + <usize>k * eStep + i);
      const isTop = isMost(ek, rest);
      const o = v128.andnot(oddsOf(ek, rest), isTop);
      const others = v128.bitselect(odds, f32x4.add(f32x4.sub(odds, o), oddsOfMost), isTop);
      const p = f32x4.mul(ek, inverse);
      let g = f32x4.mul(p, f32x4.sub(third, f32x4.mul(not, others)));
      g = v128.bitselect(ofOwn, g, i32x4.eq(y, i32x4.splat(k)));
      g = v128.and(f32x4.mul(s, g), counted);
      const to = grad + <usize>k * gradStep + i;
      v128.store(to, adds ? f32x4.add(v128.load(to), g) : g);
    }
  }
  flush(sums, sum);
}
