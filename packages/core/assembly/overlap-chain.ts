/**
 * The second map of the overlap family on labels y under a softmax: from d_c = b_c - a_c g (overlap.ts)
 *
 *   dL/dx_k = p_k (b_k - B + a_y (p_y - [k = y])),  B = sum_j p_j b_j
 *
 * Where a class has more than half of a pixel all b are taken relative to its b, and 1 - p of that class is the sum of
 * the other p: that keeps the chain exact when p is near 0 or 1.
 */
import { gather, gatherRows, scatterToRows } from "./labels";
import { madd, nmadd, one, zero } from "./math";
import { LINE } from "./softmax-columns";

const HALF: usize = memory.data<f32>([0.5]);

/**
 * dL/dx of a softmax tile into `grad`, or added to it. Rows of `from` are e, or with `r` 0 what {@link overlapOfLabels}
 * left of p, and may then be those of `grad`. `a`, `b`: float32 per class. `column` is scratch of 16 float32 per class
 * and 64 more.
 *
 * The rows may lie whole pages apart, where they share the sets of a cache: a line of each is taken at a time.
 */
export function overlapOfLabelsGrad(
  from: usize, fromStride: i32, labels: usize, r: usize, a: usize, b: usize, channels: i32, n: i32,
  grad: usize, gradStride: i32, adds: bool, column: usize,
): void {
  const bytes = <usize>n << 2;
  const fromStep = <usize>fromStride << 2;
  const gradStep = <usize>gradStride << 2;
  const end = column + <usize>channels * LINE;
  const lift = liftOf(b, channels);
  for (let i: usize = 0; i < bytes; i += LINE) {
    const half = i + LINE > bytes;
    openLine(from + i, fromStep, labels + i, r == 0 ? 0 : r + i, a, b, lift, column, end, half);
    closeLine(labels + i, b, column, end, grad + i, gradStep, adds, half);
  }
}

/** What makes p (b + lift) of a p of 0, of a pixel that does not count, 0 and not -0. */
export function liftOf(b: usize, channels: i32): v128 {
  let least = load<f32>(b);
  for (let k = 1; k < channels; k++) least = min(least, load<f32>(b + (<usize>k << 2)));
  return f32x4.splat(-least);
}

/** A line of p of each class to `column`, and what {@link slopes} makes of it after it. */
// @ts-ignore: decorator
@inline
export function openLine(
  from: usize, fromStep: usize, labels: usize, r: usize, a: usize, b: usize, lift: v128, column: usize, end: usize,
  half: bool,
): void {
  if (r != 0) scaleLine(from, fromStep, labels, r, column, end, half);
  else if (half) copyHalf(from, fromStep, column, end);
  else copyLine(from, fromStep, column, end);
  slopes(column, end, labels, a, b, lift, end);
  if (!half) slopes(column + 32, end, labels + 32, a, b, lift, end + 32);
}

/** The gradient of a line from its column. */
// @ts-ignore: decorator
@inline
export function closeLine(
  labels: usize, b: usize, column: usize, end: usize, grad: usize, gradStep: usize, adds: bool, half: bool,
): void {
  if (adds) addOwnGrads(end, labels, half ? 8 : 16, grad, gradStep);
  if (half) chainHalf(column, end, b, grad, gradStep, adds);
  else if (adds) chainLine(column, end, b, grad, gradStep, true);
  else chainLine(column, end, b, grad, gradStep, false);
  scatterToRows(end, labels, half ? 8 : 16, grad, gradStep);
}

/** A line of each row of p. */
// @ts-ignore: decorator
@inline
function copyLine(from: usize, step: usize, column: usize, end: usize): void {
  for (let at = column; at < end; at += LINE) {
    v128.store(at, v128.load(from));
    v128.store(at, v128.load(from, 16), 16);
    v128.store(at, v128.load(from, 32), 32);
    v128.store(at, v128.load(from, 48), 48);
    from += step;
  }
}

/** Half a line, which may be all that there is. */
// @ts-ignore: decorator
@inline
function copyHalf(from: usize, step: usize, column: usize, end: usize): void {
  for (let at = column; at < end; at += LINE) {
    v128.store(at, v128.load(from));
    v128.store(at, v128.load(from, 16), 16);
    from += step;
  }
}

/** A line, or half a line, of p from e, whose rows are of whole lines. */
// @ts-ignore: decorator
@inline
function scaleLine(
  from: usize, step: usize, labels: usize, r: usize, column: usize, end: usize, half: bool,
): void {
  const share0 = shareOf(labels, r);
  const share1 = shareOf(labels + 16, r + 16);
  const share2 = half ? zero() : shareOf(labels + 32, r + 32);
  const share3 = half ? zero() : shareOf(labels + 48, r + 48);
  for (let at = column; at < end; at += LINE) {
    v128.store(at, f32x4.mul(v128.load(from), share0));
    v128.store(at, f32x4.mul(v128.load(from, 16), share1), 16);
    v128.store(at, f32x4.mul(v128.load(from, 32), share2), 32);
    v128.store(at, f32x4.mul(v128.load(from, 48), share3), 48);
    from += step;
  }
}

/** 1 / (1 + r) of pixels that count, 0 of others. */
// @ts-ignore: decorator
@inline
function shareOf(labels: usize, r: usize): v128 {
  return v128.and(f32x4.div(one(), f32x4.add(one(), v128.load(r))), i32x4.ge_s(v128.load(labels), zero()));
}

/**
 * Of eight pixels, to `out`: the gradient of their own class, a line on what is added to b - base for the chain, a line
 * further base, the b of a class that has more than half, or 0, and then 1 - p of their own class.
 */
// @ts-ignore: decorator
@inline
function slopes(column: usize, end: usize, labels: usize, a: usize, b: usize, lift: v128, out: usize): void {
  let base0 = zero();
  let base1 = zero();
  let others0 = zero();
  let others1 = zero();
  let mean0 = zero();
  let mean1 = zero();
  let bk = b;
  for (let at = column; at < end; at += LINE) {
    const v = v128.load32_splat(bk);
    const p0 = v128.load(at);
    const p1 = v128.load(at, 16);
    const isMost0 = f32x4.gt(p0, v128.load32_splat(HALF));
    const isMost1 = f32x4.gt(p1, v128.load32_splat(HALF));
    const other0 = v128.andnot(p0, isMost0);
    const other1 = v128.andnot(p1, isMost1);
    base0 = i32x4.max_u(base0, v128.and(v, isMost0));
    base1 = i32x4.max_u(base1, v128.and(v, isMost1));
    others0 = f32x4.add(others0, other0);
    others1 = f32x4.add(others1, other1);
    mean0 = madd(other0, v, mean0);
    mean1 = madd(other1, v, mean1);
    bk += 4;
  }
  slopesOf(column, labels, a, b, lift, base0, others0, mean0, out);
  slopesOf(column + 16, labels + 16, a, b, lift, base1, others1, mean1, out + 16);
}

/** Of four pixels. */
// @ts-ignore: decorator
@inline
function slopesOf(
  column: usize, labels: usize, a: usize, b: usize, lift: v128, base: v128, others: v128, mean: v128, out: usize,
): void {
  const y = v128.load(labels);
  const py = gatherRows(column, LINE, y);
  const ay = gather(a, y);
  const relative = nmadd(base, others, mean);
  const rest = v128.bitselect(others, f32x4.sub(one(), py), f32x4.gt(py, v128.load32_splat(HALF)));
  const slope = nmadd(ay, rest, f32x4.sub(f32x4.sub(gather(b, y), base), relative));
  const shift = f32x4.sub(f32x4.mul(py, ay), relative);
  v128.store(out, f32x4.mul(py, slope));
  v128.store(out, v128.bitselect(shift, lift, i32x4.ge_s(y, zero())), LINE);
  v128.store(out, base, 2 * LINE);
  v128.store(out, rest, 3 * LINE);
}

/** p (b - base + shift) of a line of each row. */
// @ts-ignore: decorator
@inline
function chainLine(column: usize, end: usize, b: usize, grad: usize, step: usize, adds: bool): void {
  const shift0 = v128.load(end, LINE);
  const shift1 = v128.load(end, LINE + 16);
  const shift2 = v128.load(end, LINE + 32);
  const shift3 = v128.load(end, LINE + 48);
  const base0 = v128.load(end, 2 * LINE);
  const base1 = v128.load(end, 2 * LINE + 16);
  const base2 = v128.load(end, 2 * LINE + 32);
  const base3 = v128.load(end, 2 * LINE + 48);
  for (let at = column; at < end; at += LINE) {
    const v = v128.load32_splat(b);
    chain(at, v, base0, shift0, grad, adds);
    chain(at + 16, v, base1, shift1, grad + 16, adds);
    chain(at + 32, v, base2, shift2, grad + 32, adds);
    chain(at + 48, v, base3, shift3, grad + 48, adds);
    b += 4;
    grad += step;
  }
}

/** As {@link chainLine}, of half a line. */
// @ts-ignore: decorator
@inline
function chainHalf(column: usize, end: usize, b: usize, grad: usize, step: usize, adds: bool): void {
  for (let at = column; at < end; at += LINE) {
    const v = v128.load32_splat(b);
    chain(at, v, v128.load(end, 2 * LINE), v128.load(end, LINE), grad, adds);
    chain(at + 16, v, v128.load(end, 2 * LINE + 16), v128.load(end, LINE + 16), grad + 16, adds);
    b += 4;
    grad += step;
  }
}

// @ts-ignore: decorator
@inline
function chain(p: usize, b: v128, base: v128, shift: v128, grad: usize, adds: bool): void {
  const g = f32x4.mul(v128.load(p), f32x4.add(f32x4.sub(b, base), shift));
  v128.store(grad, adds ? f32x4.add(g, v128.load(grad)) : g);
}

/** Adds to the gradients of the pixels' own classes what is there already. */
// @ts-ignore: decorator
@inline
function addOwnGrads(own: usize, labels: usize, n: i32, grad: usize, step: usize): void {
  const last = own + (<usize>n << 2);
  while (own < last) {
    v128.store(own, f32x4.add(v128.load(own), gatherRows(grad, step, v128.load(labels))));
    own += 16;
    labels += 16;
    grad += 16;
  }
}
