/**
 * The overlap family (Dice and its relatives): four sums per class, and a gradient affine in the target.
 *
 *   I_c = sum p g,  P_c = sum p,  G_c = sum g,  n_c = sum 1,  over what counts (first map)
 *   d_c = dL/dp_c = b_c - a_c g                                               (second map)
 *   softmax: dL/dx_k = p_k (d_k - sum_j p_j d_j)     sigmoid: dL/dx = p (1 - p) d
 *
 * This is the first map of labels; overlap-chain.ts is the second, sigmoid-overlap.ts has both of sigmoid rows.
 */
import { addTo, flush, one, zero } from "./math";

/** Bytes of a row after which float32 partial sums are added to float64. */
const STRETCH: usize = 512;

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
