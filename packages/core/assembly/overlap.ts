/**
 * The overlap family (Dice and its relatives): four sums per class, and a gradient affine in the target.
 *
 *   I_c = sum p g,  P_c = sum p,  G_c = sum g,  n_c = sum 1,  over what counts (first map)
 *   d_c = dL/dp_c = b_c - a_c g                                               (second map)
 *   softmax: dL/dx_k = p_k (d_k - sum_j p_j d_j)     sigmoid: dL/dx = p (1 - p) d
 *
 * On labels y the softmax chain is p_k (b_k - B + a_y (p_y - [k = y])) with B = sum_j p_j b_j. Where a class has more
 * than half of a pixel all b are taken relative to its b, and 1 - p of that class is the sum of the other p: that keeps
 * the chain exact when p is near 0 or 1.
 */
import { gather, gatherRows, scatterToRows } from "./labels";
import { addTo, expNeg4, flush, one, zero } from "./math";

/** Bytes of a row after which float32 partial sums are added to float64. */
const STRETCH: usize = 512;
/** Bytes of a cache line, 16 pixels: what the second map takes of all classes at once. */
const LINE: usize = 64;
const SIGN: usize = memory.data<i32>([0x80000000]);
const HALF: usize = memory.data<f32>([0.5]);

/**
 * sums[4c], ..., [4c + 3] += I, P, G, n of class c. `to`, unless 0, takes p, 0 of pixels that do not count. `inverse` is
 * scratch of a row, `pairs` of 4 float64 per class.
 */
export function overlapOfLabels(
  e: usize, eStride: i32, labels: usize, r: usize, channels: i32, n: i32, to: usize, toStride: i32, sums: usize,
  inverse: usize, pairs: usize,
): void {
  const bytes = <usize>n << 2;
  const eStep = <usize>eStride << 2;
  const toStep = <usize>toStride << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const y = v128.load(labels + i);
    const share = f32x4.div(one(), f32x4.add(one(), v128.load(r + i)));
    v128.store(inverse + i, v128.and(share, i32x4.ge_s(y, zero())));
  }
  const counted = sumOwn(e, eStep, labels, inverse, channels, bytes, sums, pairs);
  let at = sums;
  for (let k = 0; k < channels; k++) {
    flush(at + 8, to == 0 ? sumRow(e, inverse, bytes) : scaleRow(e, inverse, bytes, to));
    store<f64>(at, load<f64>(at, 24) + counted, 24);
    at += 32;
    e += eStep;
    to += to == 0 ? 0 : toStep;
  }
}

/** The sum of e / (1 + r) of a row, as two float64. */
// @ts-ignore: decorator
@inline
function sumRow(e: usize, inverse: usize, bytes: usize): v128 {
  let sum = zero();
  for (let begin: usize = 0; begin < bytes; begin += STRETCH) {
    const end = min(begin + STRETCH, bytes);
    let p0 = zero();
    let p1 = zero();
    for (let i = begin; i < end; i += 32) {
      p0 = f32x4.add(p0, f32x4.mul(v128.load(e + i), v128.load(inverse + i)));
      p1 = f32x4.add(p1, f32x4.mul(v128.load(e + i, 16), v128.load(inverse + i, 16)));
    }
    sum = addTo(addTo(sum, p0), p1);
  }
  return sum;
}

/** As {@link sumRow}, and the numbers themselves to `to`. */
// @ts-ignore: decorator
@inline
function scaleRow(e: usize, inverse: usize, bytes: usize, to: usize): v128 {
  let sum = zero();
  for (let begin: usize = 0; begin < bytes; begin += STRETCH) {
    const end = min(begin + STRETCH, bytes);
    let p0 = zero();
    let p1 = zero();
    let i = begin;
    for (; i + 64 <= end; i += 64) {
      const v0 = f32x4.mul(v128.load(e + i), v128.load(inverse + i));
      const v1 = f32x4.mul(v128.load(e + i, 16), v128.load(inverse + i, 16));
      const v2 = f32x4.mul(v128.load(e + i, 32), v128.load(inverse + i, 32));
      const v3 = f32x4.mul(v128.load(e + i, 48), v128.load(inverse + i, 48));
      v128.store(to + i, v0);
      v128.store(to + i, v1, 16);
      v128.store(to + i, v2, 32);
      v128.store(to + i, v3, 48);
      p0 = f32x4.add(f32x4.add(p0, v0), v2);
      p1 = f32x4.add(f32x4.add(p1, v1), v3);
    }
    if (i < end) {
      const v0 = f32x4.mul(v128.load(e + i), v128.load(inverse + i));
      const v1 = f32x4.mul(v128.load(e + i, 16), v128.load(inverse + i, 16));
      v128.store(to + i, v0);
      v128.store(to + i, v1, 16);
      p0 = f32x4.add(p0, v0);
      p1 = f32x4.add(p1, v1);
    }
    sum = addTo(addTo(sum, p0), p1);
  }
  return sum;
}

/**
 * Adds I and G to the sums of the classes. Neighbouring pixels, mostly of one class, add to pairs (I, G) of their own:
 * each would wait for the other otherwise.
 * @returns how many pixels count.
 */
// @ts-ignore: decorator
@inline
function sumOwn(
  e: usize, eStep: usize, labels: usize, inverse: usize, channels: i32, bytes: usize, sums: usize, pairs: usize,
): f64 {
  const size = <usize>channels << 5;
  memory.fill(pairs, 0, size);
  for (let i: usize = 0; i < bytes; i += 8) {
    addOwn(e + i, eStep, load<i32>(labels + i), inverse + i, pairs);
    addOwn(e + i + 4, eStep, load<i32>(labels + i, 4), inverse + i + 4, pairs + 16);
  }
  let counted: f64 = 0;
  for (let at: usize = 0; at < size; at += 32) {
    const sum = f64x2.add(v128.load(pairs + at), v128.load(pairs + at, 16));
    const members = f64x2.extract_lane(sum, 1);
    store<f64>(sums + at, load<f64>(sums + at) + f64x2.extract_lane(sum, 0));
    store<f64>(sums + at, load<f64>(sums + at, 16) + members, 16);
    counted += members;
  }
  return counted;
}

// @ts-ignore: decorator
@inline
function addOwn(e: usize, eStep: usize, y: i32, inverse: usize, pairs: usize): void {
  if (y < 0) return;
  const at = pairs + (<usize>y << 5);
  const p = f32x4.mul(v128.load32_zero(e + <usize>y * eStep), v128.load32_zero(inverse));
  const own = f64x2.promote_low_f32x4(i8x16.shuffle(p, one(), 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 12, 13, 14, 15));
  v128.store(at, f64x2.add(v128.load(at), own));
}

/**
 * dL/dx of a softmax tile into `grad`, or added to it. Rows of `from` are e, or with `r` 0 what {@link overlapOfLabels}
 * left of p, and may then be those of `grad`. `a`, `b`: float32 per class. `column` is scratch of 16 float32 per class
 * and 48 more.
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
  // Where p is 0 because the pixel does not count, p (b + lift) is 0 and not -0.
  let least = load<f32>(b);
  for (let k = 1; k < channels; k++) least = min(least, load<f32>(b + (<usize>k << 2)));
  const lift = f32x4.splat(-least);
  for (let i: usize = 0; i < bytes; i += LINE) {
    const half = i + LINE > bytes;
    if (r != 0) scaleLine(from + i, fromStep, labels + i, r + i, column, end, half);
    else if (half) copyHalf(from + i, fromStep, column, end);
    else copyLine(from + i, fromStep, column, end);
    slopes(column, end, labels + i, a, b, lift, end);
    if (!half) slopes(column + 32, end, labels + i + 32, a, b, lift, end + 32);
    if (adds) addOwnGrads(end, labels + i, half ? 8 : 16, grad + i, gradStep);
    if (half) chainHalf(column, end, b, grad + i, gradStep, adds);
    else if (adds) chainLine(column, end, b, grad + i, gradStep, true);
    else chainLine(column, end, b, grad + i, gradStep, false);
    scatterToRows(end, labels + i, half ? 8 : 16, grad + i, gradStep);
  }
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
 * Of eight pixels, to `out`: the gradient of their own class, and a line on what is added to b - base for the chain, and
 * a line further base, the b of a class that has more than half, or 0.
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
    mean0 = f32x4.add(mean0, f32x4.mul(other0, v));
    mean1 = f32x4.add(mean1, f32x4.mul(other1, v));
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
  const relative = f32x4.sub(mean, f32x4.mul(base, others));
  const rest = v128.bitselect(others, f32x4.sub(one(), py), f32x4.gt(py, v128.load32_splat(HALF)));
  const slope = f32x4.sub(f32x4.sub(f32x4.sub(gather(b, y), base), relative), f32x4.mul(ay, rest));
  const shift = f32x4.sub(f32x4.mul(py, ay), relative);
  v128.store(out, f32x4.mul(py, slope));
  v128.store(out, v128.bitselect(shift, lift, i32x4.ge_s(y, zero())), LINE);
  v128.store(out, base, 2 * LINE);
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

/** sums[0], ..., [3] += I, P, G, n of one sigmoid row. */
export function overlapOfTargets(x: usize, targets: usize, n: i32, sums: usize): void {
  const bytes = <usize>n << 2;
  let intersection = zero();
  let predicted = zero();
  let truth = zero();
  let all = zero();
  for (let begin: usize = 0; begin < bytes; begin += STRETCH) {
    const end = min(begin + STRETCH, bytes);
    let i1 = zero();
    let p1 = zero();
    let g1 = zero();
    for (let i = begin; i < end; i += 16) {
      const t = v128.load(targets + i);
      const counted = f32x4.ge(t, zero());
      const v = v128.load(x + i);
      const e = expNeg4(v128.or(v, v128.load32_splat(SIGN)));
      const top = v128.bitselect(one(), e, f32x4.ge(v, zero()));
      const p = v128.and(f32x4.div(top, f32x4.add(one(), e)), counted);
      p1 = f32x4.add(p1, p);
      i1 = f32x4.add(i1, f32x4.mul(p, t));
      g1 = f32x4.add(g1, v128.and(t, counted));
      all = i32x4.sub(all, counted);
    }
    intersection = addTo(intersection, i1);
    predicted = addTo(predicted, p1);
    truth = addTo(truth, g1);
  }
  flush(sums, intersection);
  flush(sums + 8, predicted);
  flush(sums + 16, truth);
  flush(sums + 24, addTo(zero(), f32x4.convert_i32x4_s(all)));
}

/** p (1 - p) (b - a t) of one sigmoid row into `grad`, or added to it. */
export function overlapOfTargetsGrad(
  x: usize, targets: usize, n: i32, a: f32, b: f32, grad: usize, adds: bool,
): void {
  const bytes = <usize>n << 2;
  const aa = f32x4.splat(a);
  const bb = f32x4.splat(b);
  for (let i: usize = 0; i < bytes; i += 16) {
    const t = v128.load(targets + i);
    const e = expNeg4(v128.or(v128.load(x + i), v128.load32_splat(SIGN)));
    const far = f32x4.div(one(), f32x4.add(one(), e));
    const chain = f32x4.mul(f32x4.mul(e, far), far);
    let g = v128.and(f32x4.mul(chain, f32x4.sub(bb, f32x4.mul(aa, t))), f32x4.ge(t, zero()));
    if (adds) g = f32x4.add(g, v128.load(grad + i));
    v128.store(grad + i, g);
  }
}
