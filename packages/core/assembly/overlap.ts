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
/** How many bytes on a line is loaded ahead of its use. */
const AHEAD: usize = 128;
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
    let predicted = zero();
    for (let begin: usize = 0; begin < bytes; begin += STRETCH) {
      const end = min(begin + STRETCH, bytes);
      let p0 = zero();
      let p1 = zero();
      if (to == 0) {
        for (let i = begin; i < end; i += 32) {
          p0 = f32x4.add(p0, f32x4.mul(v128.load(e + i), v128.load(inverse + i)));
          p1 = f32x4.add(p1, f32x4.mul(v128.load(e + i, 16), v128.load(inverse + i, 16)));
        }
      } else {
        for (let i = begin; i < end; i += 32) {
          const v0 = f32x4.mul(v128.load(e + i), v128.load(inverse + i));
          const v1 = f32x4.mul(v128.load(e + i, 16), v128.load(inverse + i, 16));
          v128.store(to + i, v0);
          v128.store(to + i, v1, 16);
          p0 = f32x4.add(p0, v0);
          p1 = f32x4.add(p1, v1);
        }
      }
      predicted = addTo(addTo(predicted, p0), p1);
    }
    flush(at + 8, predicted);
    store<f64>(at, load<f64>(at, 24) + counted, 24);
    at += 32;
    e += eStep;
    to += to == 0 ? 0 : toStep;
  }
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
 * and 16 more. Of each row of `from` `readable` float32 may be read.
 *
 * The rows may lie whole pages apart, where they share the sets of a cache: a line of each is taken at a time, and a
 * word loaded of a line further on, for it to be there in time.
 */
export function overlapOfLabelsGrad(
  from: usize, fromStride: i32, labels: usize, r: usize, a: usize, b: usize, channels: i32, n: i32,
  grad: usize, gradStride: i32, adds: bool, column: usize, readable: i32,
): void {
  const bytes = <usize>n << 2;
  const fromStep = <usize>fromStride << 2;
  const gradStep = <usize>gradStride << 2;
  const end = column + <usize>channels * LINE;
  // Where p is 0 because the pixel does not count, p (b + lift) is 0 and not -0.
  let least = load<f32>(b);
  for (let k = 1; k < channels; k++) least = min(least, load<f32>(b + (<usize>k << 2)));
  const lift = f32x4.splat(-least);
  const readableBytes = <usize>readable << 2;
  let touched: i32 = 0;
  for (let i: usize = 0; i < bytes; i += LINE) {
    const half = i + LINE > bytes;
    if (r != 0) scaleLine(from + i, fromStep, labels + i, r + i, column, end, half);
    else copyLine(from + i, fromStep, column, end, half);
    if (half || adds || isAnySure(column, end)) {
      const parts = half ? LINE >> 1 : LINE;
      for (let j: usize = 0; j < parts; j += 16) {
        anyGrad(column + j, end, labels + i + j, a, b, lift, grad + i + j, gradStep, adds, end + j);
      }
    } else {
      const ahead = i + AHEAD < readableBytes ? i + AHEAD : i;
      touched |= plainGrad(column, end, labels + i, a, b, lift, from + ahead, fromStep, grad + i, gradStep);
    }
    scatterToRows(end, labels + i, half ? 8 : 16, grad + i, gradStep);
  }
  // Kept, so that the loads are.
  store<i32>(column, touched);
}

/** p of a line, or its first half, of each row, from p. */
// @ts-ignore: decorator
@inline
function copyLine(from: usize, step: usize, column: usize, end: usize, half: bool): void {
  if (half) {
    for (let at = column; at < end; at += LINE) {
      v128.store(at, v128.load(from));
      v128.store(at, v128.load(from, 16), 16);
      from += step;
    }
    return;
  }
  for (let at = column; at < end; at += LINE) {
    v128.store(at, v128.load(from));
    v128.store(at, v128.load(from, 16), 16);
    v128.store(at, v128.load(from, 32), 32);
    v128.store(at, v128.load(from, 48), 48);
    from += step;
  }
}

/** As {@link copyLine}, from e. */
// @ts-ignore: decorator
@inline
function scaleLine(
  from: usize, step: usize, labels: usize, r: usize, column: usize, end: usize, half: bool,
): void {
  const s0 = shareOf(labels, r);
  const s1 = shareOf(labels + 16, r + 16);
  const s2 = half ? zero() : shareOf(labels + 32, r + 32);
  const s3 = half ? zero() : shareOf(labels + 48, r + 48);
  for (let at = column; at < end; at += LINE) {
    v128.store(at, f32x4.mul(v128.load(from), s0));
    v128.store(at, f32x4.mul(v128.load(from, 16), s1), 16);
    v128.store(at, f32x4.mul(v128.load(from, 32), s2), 32);
    v128.store(at, f32x4.mul(v128.load(from, 48), s3), 48);
    from += step;
  }
}

/** 1 / (1 + r) of pixels that count, 0 of others. */
// @ts-ignore: decorator
@inline
function shareOf(labels: usize, r: usize): v128 {
  return v128.and(f32x4.div(one(), f32x4.add(one(), v128.load(r))), i32x4.ge_s(v128.load(labels), zero()));
}

/** Whether a class has more than half of a pixel. */
// @ts-ignore: decorator
@inline
function isAnySure(column: usize, end: usize): bool {
  let p0 = zero();
  let p1 = zero();
  let p2 = zero();
  let p3 = zero();
  for (let at = column; at < end; at += LINE) {
    p0 = f32x4.pmax(v128.load(at), p0);
    p1 = f32x4.pmax(v128.load(at, 16), p1);
    p2 = f32x4.pmax(v128.load(at, 32), p2);
    p3 = f32x4.pmax(v128.load(at, 48), p3);
  }
  const largest = f32x4.pmax(f32x4.pmax(p0, p1), f32x4.pmax(p2, p3));
  return v128.any_true(f32x4.gt(largest, v128.load32_splat(HALF)));
}

/** The gradient of 16 pixels, but that of their own classes to `end`; no class has more than half of any. */
// @ts-ignore: decorator
@inline
function plainGrad(
  column: usize, end: usize, labels: usize, a: usize, b: usize, lift: v128, ahead: usize, aheadStep: usize,
  grad: usize, gradStep: usize,
): i32 {
  let mean0 = zero();
  let mean1 = zero();
  let mean2 = zero();
  let mean3 = zero();
  let bk = b;
  for (let at = column; at < end; at += LINE) {
    const v = v128.load32_splat(bk);
    mean0 = f32x4.add(mean0, f32x4.mul(v128.load(at), v));
    mean1 = f32x4.add(mean1, f32x4.mul(v128.load(at, 16), v));
    mean2 = f32x4.add(mean2, f32x4.mul(v128.load(at, 32), v));
    mean3 = f32x4.add(mean3, f32x4.mul(v128.load(at, 48), v));
    bk += 4;
  }
  const shift0 = plainShift(column, labels, a, b, lift, mean0, end);
  const shift1 = plainShift(column + 16, labels + 16, a, b, lift, mean1, end + 16);
  const shift2 = plainShift(column + 32, labels + 32, a, b, lift, mean2, end + 32);
  const shift3 = plainShift(column + 48, labels + 48, a, b, lift, mean3, end + 48);
  let touched: i32 = 0;
  bk = b;
  for (let at = column; at < end; at += LINE) {
    const v = v128.load32_splat(bk);
    touched |= load<i32>(ahead);
    v128.store(grad, f32x4.mul(v128.load(at), f32x4.add(v, shift0)));
    v128.store(grad, f32x4.mul(v128.load(at, 16), f32x4.add(v, shift1)), 16);
    v128.store(grad, f32x4.mul(v128.load(at, 32), f32x4.add(v, shift2)), 32);
    v128.store(grad, f32x4.mul(v128.load(at, 48), f32x4.add(v, shift3)), 48);
    bk += 4;
    grad += gradStep;
    ahead += aheadStep;
  }
  return touched;
}

/** a_y p_y - B of four pixels, `lift` of those that do not count; their own gradients to `own`. */
// @ts-ignore: decorator
@inline
function plainShift(
  column: usize, labels: usize, a: usize, b: usize, lift: v128, mean: v128, own: usize,
): v128 {
  const y = v128.load(labels);
  const py = gatherRows(column, LINE, y);
  const ay = gather(a, y);
  const slope = f32x4.sub(f32x4.sub(gather(b, y), mean), f32x4.mul(ay, f32x4.sub(one(), py)));
  v128.store(own, f32x4.mul(py, slope));
  return v128.bitselect(f32x4.sub(f32x4.mul(py, ay), mean), lift, i32x4.ge_s(y, zero()));
}

/** As {@link plainGrad} of four pixels, whatever their p: the same bits where no class has more than half. */
function anyGrad(
  column: usize, end: usize, labels: usize, a: usize, b: usize, lift: v128, grad: usize, gradStep: usize, adds: bool,
  own: usize,
): void {
  const y = v128.load(labels);
  let base = zero();
  let mean = zero();
  let others = zero();
  let bk = b;
  for (let at = column; at < end; at += LINE) {
    const v = v128.load32_splat(bk);
    const p = v128.load(at);
    const isSure = f32x4.gt(p, v128.load32_splat(HALF));
    const other = v128.andnot(p, isSure);
    base = i32x4.max_u(base, v128.and(v, isSure));
    others = f32x4.add(others, other);
    mean = f32x4.add(mean, f32x4.mul(other, v));
    bk += 4;
  }
  mean = f32x4.sub(mean, f32x4.mul(base, others));
  const py = gatherRows(column, LINE, y);
  const ay = gather(a, y);
  const rest = v128.bitselect(others, f32x4.sub(one(), py), f32x4.gt(py, v128.load32_splat(HALF)));
  const slope = f32x4.sub(f32x4.sub(f32x4.sub(gather(b, y), base), mean), f32x4.mul(ay, rest));
  let g = f32x4.mul(py, slope);
  if (adds) g = f32x4.add(g, gatherRows(grad, gradStep, y));
  v128.store(own, g);
  const shift = v128.bitselect(f32x4.sub(f32x4.mul(py, ay), mean), lift, i32x4.ge_s(y, zero()));
  bk = b;
  for (let at = column; at < end; at += LINE) {
    const slopeOfK = f32x4.add(f32x4.sub(v128.load32_splat(bk), base), shift);
    let g = f32x4.mul(v128.load(at), slopeOfK);
    if (adds) g = f32x4.add(g, v128.load(grad));
    v128.store(grad, g);
    bk += 4;
    grad += gradStep;
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
