/**
 * The second map of the overlap family (overlap-chain.ts) with that of the cross-entropy of equal classes on the way: its
 * gradient, s (p - [k = y]), is a constant in the chain, and its losses come of the same p.
 */
import { gatherRows, largestOf } from "./labels";
import { addTo, expNeg4, flush, log4, nmadd, one, zero } from "./math";
import { high, log64, low, one64 } from "./math64";
import { closeLine, liftOf, openLine } from "./overlap-chain";
import { LINE } from "./softmax-columns";

const HALF: usize = memory.data<f32>([0.5]);
/** A p from here down is taken from the logits: eight of them multiply to more than the least float64. */
const LEAST: usize = memory.data<f32>([1e-30]);
/** 1 less the like of these could be 1. */
const TINY: usize = memory.data<f32>([1e-8]);

/**
 * As `overlapOfLabelsGrad`, with the cross-entropy of equal classes on the way: `sums[0]` += the sum of its losses,
 * and `scale` times its gradient, p - [k = y], is in the sum. `x` are the logits.
 */
export function overlapAndCrossEntropyGrad(
  x: usize, xStride: i32, from: usize, fromStride: i32, labels: usize, r: usize, a: usize, b: usize, channels: i32,
  n: i32, scale: f32, grad: usize, gradStride: i32, adds: bool, column: usize, sums: usize,
): void {
  const bytes = <usize>n << 2;
  const xStep = <usize>xStride << 2;
  const fromStep = <usize>fromStride << 2;
  const gradStep = <usize>gradStride << 2;
  const end = column + <usize>channels * LINE;
  const lift = liftOf(b, channels);
  const s = f32x4.splat(scale);
  for (let i: usize = 0; i < bytes; i += LINE) {
    const half = i + LINE > bytes;
    openLine(from + i, fromStep, labels + i, r == 0 ? 0 : r + i, a, b, lift, column, end, half);
    // Line by line, so that the sum does not depend on how long tiles are.
    flush(sums, crossEntropyOfLine(x + i, xStep, labels + i, s, column, end, half ? LINE >> 1 : LINE));
    if (grad != 0) closeLine(labels + i, b, column, end, grad + i, gradStep, adds, half);
  }
}

/**
 * The sum of the cross-entropies of up to 16 pixels, as two float64; adds their gradients to what `slopes` left. A sum of logs is the
 * log of a product, in float64, of p or, where that is more than half, 1 less what the others have.
 */
// @ts-ignore: decorator
@inline
function crossEntropyOfLine(
  x: usize, xStep: usize, labels: usize, scale: v128, column: usize, end: usize, bytes: usize,
): v128 {
  let sum = zero();
  let product = one64();
  let tinies = zero();
  for (let i: usize = 0; i < bytes; i += 16) {
    const y = v128.load(labels + i);
    const counted = i32x4.ge_s(y, zero());
    const py = gatherRows(column + i, LINE, y);
    const rest = v128.load(end + i, 3 * LINE);
    const s = v128.and(scale, counted);
    v128.store(end + i, nmadd(s, rest, v128.load(end + i)));
    v128.store(end + i, f32x4.add(v128.load(end + i, LINE), s), LINE);
    let multiplies = counted;
    const isFar = v128.and(f32x4.le(py, v128.load32_splat(LEAST)), counted);
    if (v128.any_true(isFar)) {
      sum = addTo(sum, v128.and(surpriseOfLogits(x + i, xStep, y, <i32>((end - column) / LINE)), isFar));
      multiplies = v128.andnot(counted, isFar);
    }
    const isMost = v128.and(f32x4.gt(py, v128.load32_splat(HALF)), multiplies);
    const isTiny = f32x4.le(rest, v128.load32_splat(TINY));
    tinies = f32x4.add(tinies, v128.and(v128.and(rest, isTiny), isMost));
    const whole = v128.bitselect(py, one(), v128.andnot(multiplies, isMost));
    const less = v128.and(v128.andnot(rest, isTiny), isMost);
    const factors = f64x2.mul(f64x2.sub(low(whole), low(less)), f64x2.sub(high(whole), high(less)));
    product = f64x2.mul(product, factors);
  }
  return f64x2.sub(addTo(sum, tinies), log64(product));
}

/** -log p_y of four pixels, whatever range the logits have. */
function surpriseOfLogits(x: usize, xStep: usize, y: v128, channels: i32): v128 {
  const largest = largestOf(x, xStep, channels);
  let total = zero();
  for (let k = 0; k < channels; k++) {
    total = f32x4.add(total, expNeg4(f32x4.sub(v128.load(x + <usize>k * xStep), largest)));
  }
  return f32x4.add(log4(total), f32x4.sub(largest, gatherRows(x, xStep, y)));
}
