/**
 * The sums of the overlap family in float64, for losses that are steep where a score is nearly 1: they see 1 - score,
 * which float32 probabilities leave too few digits of. And the sums and slopes of squared errors.
 * Sums are added up pixel by pixel, as the reference does: what a perfect score leaves of 1 is then rounded alike.
 *
 *   sums[4c], ... + 3 += I, P, G, n of class c
 *   overlap:        I of p g, P of p                squared errors: I of (p - g)^2 g, P of (p - g)^2
 *
 * `e` is scratch of a row of float64 per channel, `eStride` apart, `sum` and `rest` of a row of float64, `m` of float32.
 */
import { expNeg2, loadPair, one2, signs2 } from "./doubles";
import { exponentials } from "./field-maps";
import { flush, zero } from "./math";

/** Labels under a softmax. */
export function exactOverlapOfLabels(
  x: usize, xStride: i32, labels: usize, channels: i32, n: i32, e: usize, eStride: i32, m: usize, sum: usize,
  rest: usize, sums: usize,
): void {
  exponentials(x, xStride, channels, n, e, eStride, m, sum, rest, true);
  sumLabels(labels, channels, n, e, eStride, sum, rest, sums, false);
}

/** As {@link exactOverlapOfLabels}, of squared errors. */
export function exactErrorsOfLabels(
  x: usize, xStride: i32, labels: usize, channels: i32, n: i32, e: usize, eStride: i32, m: usize, sum: usize,
  rest: usize, sums: usize,
): void {
  exponentials(x, xStride, channels, n, e, eStride, m, sum, rest, true);
  sumLabels(labels, channels, n, e, eStride, sum, rest, sums, true);
}

// @ts-ignore: decorator
@inline
function sumLabels(
  labels: usize, channels: i32, n: i32, e: usize, eStride: i32, sum: usize, rest: usize, sums: usize, squares: bool,
): void {
  const step = <usize>eStride << 3;
  let counted: f64 = 0;
  for (let i: usize = 0; i < <usize>n; i++) {
    const y = load<i32>(labels + (i << 2));
    const share = sum + (i << 3);
    if (y < 0) {
      // Whatever is divided by it is 0.
      store<f64>(share, Infinity);
      continue;
    }
    counted += 1;
    const whole = load<f64>(share);
    const own = load<f64>(e + <usize>y * step + (i << 3));
    const at = sums + (<usize>y << 5);
    if (squares) {
      // In the label's own row, its square takes the place of that of p.
      const others = load<f64>(rest + (i << 3));
      const error = own == 1 ? others / (1 + others) : 1 - own / whole;
      store<f64>(at, load<f64>(at) + error * error);
      store<f64>(e + <usize>y * step + (i << 3), error * whole);
    } else {
      store<f64>(at, load<f64>(at) + own / whole);
    }
    store<f64>(at, load<f64>(at, 16) + 1, 16);
  }
  for (let k = 0; k < channels; k++) {
    const row = e + <usize>k * step;
    const at = sums + (<usize>k << 5);
    let predicted = load<f64>(at, 8);
    for (let j: usize = 0; j < <usize>n << 3; j += 16) {
      const p = f64x2.div(v128.load(row + j), v128.load(sum + j));
      const part = squares ? f64x2.mul(p, p) : p;
      predicted = predicted + f64x2.extract_lane(part, 0) + f64x2.extract_lane(part, 1);
    }
    store<f64>(at, predicted, 8);
    store<f64>(at, load<f64>(at, 24) + counted, 24);
  }
}

/** One sigmoid row. */
export function exactOverlapOfTargets(x: usize, targets: usize, n: i32, sums: usize): void {
  sumTargets(x, targets, n, sums, false);
}

/** As {@link exactOverlapOfTargets}, of squared errors. */
export function exactErrorsOfTargets(x: usize, targets: usize, n: i32, sums: usize): void {
  sumTargets(x, targets, n, sums, true);
}

// @ts-ignore: decorator
@inline
function sumTargets(x: usize, targets: usize, n: i32, sums: usize, squares: bool): void {
  let intersection = load<f64>(sums);
  let predicted = load<f64>(sums, 8);
  let truth = zero();
  let all = zero();
  for (let i: usize = 0; i < <usize>n << 2; i += 8) {
    const t = loadPair(targets + i);
    const counted = f64x2.ge(t, zero());
    const v = loadPair(x + i);
    const e = expNeg2(v128.or(v, signs2()));
    const top = v128.bitselect(one2(), e, f64x2.ge(v, zero()));
    const p = v128.and(f64x2.div(top, f64x2.add(one2(), e)), counted);
    let part = p;
    if (squares) {
      const error = v128.and(f64x2.sub(p, t), counted);
      part = f64x2.mul(error, error);
    }
    const both = f64x2.mul(part, t);
    intersection = intersection + f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
    predicted = predicted + f64x2.extract_lane(part, 0) + f64x2.extract_lane(part, 1);
    truth = f64x2.add(truth, v128.and(t, counted));
    all = f64x2.add(all, v128.and(one2(), counted));
  }
  store<f64>(sums, intersection);
  store<f64>(sums, predicted, 8);
  flush(sums + 16, truth);
  flush(sums + 24, all);
}

/** dL/dp of a tile of labels into rows of float64, for softmaxFieldGrad: b_c, less a_y in the label's row; 0 where ignored. */
export function overlapSlopes(a: usize, b: usize, labels: usize, channels: i32, n: i32, to: usize, toStride: i32): void {
  const step = <usize>toStride << 3;
  for (let k = 0; k < channels; k++) {
    const row = to + <usize>k * step;
    const bk = v128.load64_splat(b + (<usize>k << 3));
    for (let j: usize = 0; j < <usize>n << 3; j += 16) v128.store(row + j, bk);
  }
  for (let i: usize = 0; i < <usize>n; i++) {
    const y = load<i32>(labels + (i << 2));
    if (y >= 0) {
      const at = to + <usize>y * step + (i << 3);
      store<f64>(at, load<f64>(at) - load<f64>(a + (<usize>y << 3)));
    } else {
      for (let k = 0; k < channels; k++) store<f64>(to + <usize>k * step + (i << 3), 0);
    }
  }
}
