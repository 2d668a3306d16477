/**
 * First maps of losses that rank or measure whole images: a row of float64 per class and pixel, the field. Where labels
 * or thresholds order its numbers, float32 would order close ones otherwise than the reference does.
 *
 *   softmax: e_k = exp(x_k - max), S = sum e, p_k = e_k / S
 *   Lovász errors: p_k, or of the label's class -(1 - p_y), so that the sign says which is which; NaN where ignored
 *   cross-entropy: w_y (max - x_y + log(1 + rest)), rest = S without the 1 of the largest class
 *
 * `n` is a multiple of 8, rows of the field are `fieldStride` float64 apart; `sum` and `rest` are scratch of a row of
 * float64 each, `m` of a row of float32.
 */
import { expNeg2, loadPair, log1p2, one2, signs2 } from "./doubles";
import { zero } from "./math";

/** Writes e to the field where it `keeps` them, S and rest to their rows. Without e, the field is one row, and scratch. */
// @ts-ignore: decorator
@inline
export function exponentials(
  x: usize, xStride: i32, channels: i32, n: i32, field: usize, fieldStride: i32, m: usize, sum: usize, rest: usize,
  keeps: bool,
): void {
  const bytes = <usize>n << 2;
  const xStep = <usize>xStride << 2;
  const fieldStep = <usize>fieldStride << 3;
  const end = x + <usize>channels * xStep;
  memory.copy(m, x, bytes);
  for (let row = x + xStep; row < end; row += xStep) {
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(m + i, f32x4.pmax(v128.load(m + i), v128.load(row + i)));
    }
  }
  const largest = keeps ? rest : field;
  for (let i: usize = 0; i < bytes; i += 8) v128.store(largest + (i << 1), loadPair(m + i));
  memory.fill(sum, 0, bytes << 1);
  if (!keeps) memory.fill(rest, 0, bytes << 1);
  let to = field;
  for (let row = x; row < end; row += xStep) {
    for (let i: usize = 0; i < bytes; i += 32) {
      const j = i << 1;
      const e0 = expNeg2(f64x2.sub(loadPair(row + i), v128.load(largest + j)));
      const e1 = expNeg2(f64x2.sub(loadPair(row + i + 8), v128.load(largest + j, 16)));
      const e2 = expNeg2(f64x2.sub(loadPair(row + i + 16), v128.load(largest + j, 32)));
      const e3 = expNeg2(f64x2.sub(loadPair(row + i + 24), v128.load(largest + j, 48)));
      addTo(sum + j, e0);
      addTo(sum + j + 16, e1);
      addTo(sum + j + 32, e2);
      addTo(sum + j + 48, e3);
      if (keeps) {
        v128.store(to + j, e0);
        v128.store(to + j, e1, 16);
        v128.store(to + j, e2, 32);
        v128.store(to + j, e3, 48);
      } else {
        addTo(rest + j, small(e0));
        addTo(rest + j + 16, small(e1));
        addTo(rest + j + 32, small(e2));
        addTo(rest + j + 48, small(e3));
      }
    }
    to += fieldStep;
  }
  // Of several largest classes all but one belong to the rest.
  const two = f64x2.add(one2(), one2());
  for (let j: usize = 0; j < bytes << 1; j += 32) {
    const all0 = v128.load(sum + j);
    const all1 = v128.load(sum + j, 16);
    const several0 = f64x2.ge(all0, two);
    const several1 = f64x2.ge(all1, two);
    let others0 = zero();
    let others1 = zero();
    if (!keeps) {
      others0 = v128.load(rest + j);
      others1 = v128.load(rest + j, 16);
    } else if (!i64x2.all_true(v128.and(several0, several1))) {
      for (let k = 0, at = field + j; k < channels; k++, at += fieldStep) {
        others0 = f64x2.add(others0, small(v128.load(at)));
        others1 = f64x2.add(others1, small(v128.load(at, 16)));
      }
    }
    v128.store(rest + j, v128.bitselect(f64x2.sub(all0, one2()), others0, several0));
    v128.store(rest + j, v128.bitselect(f64x2.sub(all1, one2()), others1, several1), 16);
  }
}

/** e, or 0 where it is that of a largest class. */
// @ts-ignore: decorator
@inline
function small(e: v128): v128 {
  return v128.andnot(e, f64x2.eq(e, one2()));
}

// @ts-ignore: decorator
@inline
function addTo(address: usize, e: v128): void {
  v128.store(address, f64x2.add(v128.load(address), e));
}

// @ts-ignore: decorator
@inline
function divideBySum(field: usize, fieldStride: i32, channels: i32, n: i32, sum: usize): void {
  const bytes = <usize>n << 3;
  for (let k = 0; k < channels; k++) {
    const row = field + (<usize>(k * fieldStride) << 3);
    for (let j: usize = 0; j < bytes; j += 16) {
      v128.store(row + j, f64x2.div(v128.load(row + j), v128.load(sum + j)));
    }
  }
}

/** Probabilities into the field. */
export function softmaxField(
  x: usize, xStride: i32, channels: i32, n: i32, field: usize, fieldStride: i32, m: usize, sum: usize, rest: usize,
): void {
  exponentials(x, xStride, channels, n, field, fieldStride, m, sum, rest, true);
  divideBySum(field, fieldStride, channels, n, sum);
}

/**
 * Lovász errors into the field. `e` is scratch of rows like those of the field, which lie close together: those of the
 * field may be whole pages apart, and share the sets of a cache.
 */
export function lovaszField(
  x: usize, xStride: i32, labels: usize, channels: i32, n: i32, field: usize, fieldStride: i32,
  e: usize, eStride: i32, m: usize, sum: usize, rest: usize,
): void {
  exponentials(x, xStride, channels, n, e, eStride, m, sum, rest, true);
  const bytes = <usize>n << 3;
  const step = <usize>fieldStride << 3;
  const eStep = <usize>eStride << 3;
  for (let j: usize = 0; j < bytes; j += 16) {
    v128.store(sum + j, f64x2.div(one2(), v128.load(sum + j)));
  }
  for (let k = 0; k < channels; k++) {
    const row = e + <usize>k * eStep;
    const to = field + <usize>k * step;
    for (let j: usize = 0; j < bytes; j += 32) {
      v128.store(to + j, f64x2.mul(v128.load(row + j), v128.load(sum + j)));
      v128.store(to + j, f64x2.mul(v128.load(row + j, 16), v128.load(sum + j, 16)), 16);
    }
  }
  // The e of the labels, where the sums were.
  for (let i: usize = 0; i < <usize>n; i++) {
    const y = load<i32>(labels + (i << 2));
    store<f64>(sum + (i << 3), load<f64>(e + <usize>max(y, 0) * eStep + (i << 3)));
  }
  for (let j: usize = 0; j < bytes; j += 16) {
    const own = v128.load(sum + j);
    const others = v128.load(rest + j);
    const isLargest = f64x2.eq(own, one2());
    const share = f64x2.div(v128.bitselect(others, own, isLargest), f64x2.add(one2(), others));
    v128.store(sum + j, f64x2.neg(v128.bitselect(share, f64x2.sub(one2(), share), isLargest)));
  }
  for (let i: usize = 0; i < <usize>n; i++) {
    const y = load<i32>(labels + (i << 2));
    if (y >= 0) {
      store<f64>(field + <usize>y * step + (i << 3), load<f64>(sum + (i << 3)));
    } else {
      for (let k = 0; k < channels; k++) store<f64>(field + <usize>k * step + (i << 3), NaN);
    }
  }
}

/**
 * The cross-entropy into the field's one row, `ignored` where the label is. `weights`, float64, is 0 where all are 1.
 */
export function crossEntropyField(
  x: usize, xStride: i32, labels: usize, weights: usize, channels: i32, n: i32, field: usize,
  ignored: f64, m: usize, sum: usize, rest: usize,
): void {
  exponentials(x, xStride, channels, n, field, 0, m, sum, rest, false);
  for (let j: usize = 0; j < <usize>n << 3; j += 16) v128.store(rest + j, log1p2(v128.load(rest + j)));
  for (let i: usize = 0; i < <usize>n; i++) {
    const y = load<i32>(labels + (i << 2));
    let loss = ignored;
    if (y >= 0) {
      const own = <f64>load<f32>(x + (<usize>(y * xStride) << 2) + (i << 2));
      // As the reference subtracts, so that equal losses are equal here too.
      loss = -(own - <f64>load<f32>(m + (i << 2)) - load<f64>(rest + (i << 3)));
      if (weights != 0) loss *= load<f64>(weights + (<usize>y << 3));
    }
    store<f64>(field + (i << 3), loss);
  }
}

/** sums[y] += 1 for each label that counts. */
export function countLabels(labels: usize, n: i32, sums: usize): void {
  for (let i = 0; i < n; i++) {
    const y = load<i32>(labels + (<usize>i << 2));
    if (y < 0) continue;
    const at = sums + (<usize>y << 3);
    store<f64>(at, load<f64>(at) + 1);
  }
}

/** 1 / (1 + exp(-x)) of two logits. */
// @ts-ignore: decorator
@inline
function sigmoid2(x: v128): v128 {
  const e = expNeg2(v128.or(x, signs2()));
  const top = v128.bitselect(one2(), e, f64x2.ge(x, zero()));
  return f64x2.div(top, f64x2.add(one2(), e));
}

/** log(1 + exp(x)) of two logits. */
// @ts-ignore: decorator
@inline
function softplus2(x: v128): v128 {
  return f64x2.add(f64x2.pmax(x, zero()), log1p2(expNeg2(v128.or(x, signs2()))));
}

/** Logits into a row of the field. */
export function logitField(x: usize, n: i32, field: usize): void {
  for (let i: usize = 0; i < <usize>n << 2; i += 8) v128.store(field + (i << 1), loadPair(x + i));
}

/** Probabilities of a sigmoid into a row of the field. */
export function sigmoidField(x: usize, n: i32, field: usize): void {
  for (let i: usize = 0; i < <usize>n << 2; i += 8) v128.store(field + (i << 1), sigmoid2(loadPair(x + i)));
}

/**
 * p - g of a sigmoid into a row of the field, negative for g = 1, NaN where ignored: of g = 1 the sigmoid of -x, which
 * keeps its digits.
 */
export function sigmoidErrorField(x: usize, targets: usize, n: i32, field: usize): void {
  for (let i: usize = 0; i < <usize>n << 2; i += 8) {
    const t = loadPair(targets + i);
    const v = loadPair(x + i);
    const turn = v128.and(f64x2.eq(t, one2()), signs2());
    const p = sigmoid2(v128.xor(v, turn));
    const error = v128.bitselect(v128.xor(p, turn), f64x2.sub(p, t), f64x2.eq(t, one2()));
    v128.store(field + (i << 1), v128.or(error, f64x2.lt(t, zero())));
  }
}

/** max(1 - x (2 g - 1), 0) into a row of the field, its sign turned for g = 1, NaN where ignored. */
export function hingeField(x: usize, targets: usize, n: i32, field: usize): void {
  for (let i: usize = 0; i < <usize>n << 2; i += 8) {
    const t = loadPair(targets + i);
    const side = f64x2.sub(f64x2.add(t, t), one2());
    const error = f64x2.pmax(zero(), f64x2.sub(one2(), f64x2.mul(loadPair(x + i), side)));
    const turned = v128.xor(error, v128.and(f64x2.eq(t, one2()), signs2()));
    v128.store(field + (i << 1), v128.or(turned, f64x2.lt(t, zero())));
  }
}

/** `weight` times the binary cross-entropy into a row of the field, `ignored` where the target is. */
export function binaryCrossEntropyField(
  x: usize, targets: usize, n: i32, weight: f64, ignored: f64, field: usize,
): void {
  const w = f64x2.splat(weight);
  const skipped = f64x2.splat(ignored);
  for (let i: usize = 0; i < <usize>n << 2; i += 8) {
    const t = loadPair(targets + i);
    const v = loadPair(x + i);
    const positive = f64x2.mul(t, softplus2(f64x2.neg(v)));
    const negative = f64x2.mul(f64x2.sub(one2(), t), softplus2(v));
    const loss = f64x2.mul(w, f64x2.add(positive, negative));
    v128.store(field + (i << 1), v128.bitselect(loss, skipped, f64x2.ge(t, zero())));
  }
}

/**
 * The number at `pixels` += pixels with a channel that counts; that at `ofChannels` + c, unless 0, += those of which
 * channel c counts, with `onlyPositive` those of which it is above 0.
 */
export function countChannels(
  targets: usize, stride: i32, channels: i32, n: i32, onlyPositive: bool, pixels: usize, ofChannels: usize,
): void {
  for (let i = 0; i < n; i++) {
    let any = false;
    for (let c = 0; c < channels; c++) {
      const t = load<f32>(targets + (<usize>(c * stride + i) << 2));
      any = any || t >= 0;
      if (ofChannels == 0 || (onlyPositive ? t <= 0 : t < 0)) continue;
      const at = ofChannels + (<usize>c << 3);
      store<f64>(at, load<f64>(at) + 1);
    }
    if (any) store<f64>(pixels, load<f64>(pixels) + 1);
  }
}
