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

/** Writes e to the field, S and rest to their rows. */
// @ts-ignore: decorator
@inline
export function exponentials(
  x: usize, xStride: i32, channels: i32, n: i32, field: usize, fieldStride: i32, m: usize, sum: usize, rest: usize,
  keeps: bool,
): void {
  const bytes = <usize>n << 2;
  for (let k = 0; k < channels; k++) {
    const row = x + (<usize>(k * xStride) << 2);
    for (let i: usize = 0; i < bytes; i += 16) {
      const v = v128.load(row + i);
      v128.store(m + i, k == 0 ? v : f32x4.pmax(v128.load(m + i), v));
    }
  }
  for (let k = 0; k < channels; k++) {
    const row = x + (<usize>(k * xStride) << 2);
    const to = field + (<usize>(k * fieldStride) << 3);
    for (let i: usize = 0; i < bytes; i += 8) {
      const j = i << 1;
      const e = expNeg2(f64x2.sub(loadPair(row + i), loadPair(m + i)));
      if (keeps) v128.store(to + j, e);
      const small = v128.andnot(e, f64x2.eq(e, one2()));
      v128.store(sum + j, k == 0 ? e : f64x2.add(v128.load(sum + j), e));
      v128.store(rest + j, k == 0 ? small : f64x2.add(v128.load(rest + j), small));
    }
  }
  // Of several largest classes all but one belong to the rest.
  const two = f64x2.add(one2(), one2());
  for (let j: usize = 0; j < bytes << 1; j += 16) {
    const all = v128.load(sum + j);
    v128.store(rest + j, v128.bitselect(f64x2.sub(all, one2()), v128.load(rest + j), f64x2.ge(all, two)));
  }
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

/** Lovász errors into the field. */
export function lovaszField(
  x: usize, xStride: i32, labels: usize, channels: i32, n: i32, field: usize, fieldStride: i32,
  m: usize, sum: usize, rest: usize,
): void {
  exponentials(x, xStride, channels, n, field, fieldStride, m, sum, rest, true);
  const step = <usize>fieldStride << 3;
  for (let i: usize = 0; i < <usize>n; i++) {
    const y = load<i32>(labels + (i << 2));
    if (y < 0) continue;
    const e = load<f64>(field + <usize>y * step + (i << 3));
    const others = load<f64>(rest + (i << 3));
    const error = e == 1 ? others / (1 + others) : 1 - e / (1 + others);
    store<f64>(rest + (i << 3), -error);
  }
  divideBySum(field, fieldStride, channels, n, sum);
  for (let i: usize = 0; i < <usize>n; i++) {
    const y = load<i32>(labels + (i << 2));
    if (y >= 0) {
      store<f64>(field + <usize>y * step + (i << 3), load<f64>(rest + (i << 3)));
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
