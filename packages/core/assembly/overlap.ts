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
import { BLOCK, copyBlock, exponentialsOfColumn, LINE } from "./softmax-columns";

/**
 * sums[4c], ..., [4c + 3] += I, P, G, n of class c. `to`, unless 0, takes p, 0 of pixels that do not count. `inverse` is
 * scratch of a row, `pairs` of 4 float64 per class. Sums of float32 are those of a {@link BLOCK}.
 */
export function overlapOfLabels(
  e: usize, eStride: i32, labels: usize, r: usize, channels: i32, n: i32, to: usize, toStride: i32, sums: usize,
  inverse: usize, pairs: usize,
): void {
  const bytes = <usize>n << 2;
  const eStep = <usize>eStride << 2;
  const toStep = <usize>toStride << 2;
  memory.copy(inverse, r, bytes);
  sharesOf(labels, inverse, bytes);
  for (let begin: usize = 0; begin < bytes; begin += BLOCK) {
    const length = min(BLOCK, bytes - begin);
    const share = inverse + begin;
    const counted = sumOwn(e + begin, eStep, labels + begin, share, channels, length, sums, pairs);
    let row = e + begin;
    let rowTo = to + begin;
    let at = sums;
    for (let k = 0; k < channels; k++) {
      flush(at + 8, addTo(zero(), to == 0 ? sumRow(row, share, length) : scaleRow(row, share, length, rowTo)));
      store<f64>(at, load<f64>(at, 24) + counted, 24);
      at += 32;
      row += eStep;
      rowTo += toStep;
    }
  }
}

/**
 * As {@link overlapOfLabels}, from the logits of a few classes (softmax-columns.ts) of any number of pixels; rows have
 * `readable` of them, with those that follow. `e` is scratch of a {@link BLOCK} of each row, rows of `eStride`; `m` and
 * `inverse` of a block; `work` of 12 float32 per class.
 * @returns whether a logit is NaN or infinite.
 */
export function overlapOfLogits(
  x: usize, xStride: i32, labels: usize, channels: i32, n: i32, readable: i32, to: usize, toStride: i32, sums: usize,
  e: usize, eStride: i32, m: usize, inverse: usize, work: usize,
): bool {
  const bytes = <usize>n << 2;
  const xStep = <usize>xStride << 2;
  const eStep = <usize>eStride << 2;
  const toStep = <usize>toStride << 2;
  const end = e + <usize>channels * eStep;
  const partial = work + (<usize>channels << 5);
  for (let begin: usize = 0; begin < bytes; begin += BLOCK) {
    const length = min(BLOCK, bytes - begin);
    if (copyBlock(x + begin, xStep, e, eStep, end, m, length)) return true;
    const hasNext = begin + 2 * BLOCK <= <usize>readable << 2;
    const soon = hasNext ? x + begin + BLOCK : e;
    const soonStep = hasNext ? xStep : eStep;
    memory.fill(partial, 0, <usize>channels << 4);
    for (let j: usize = 0; j < length; j += LINE) {
      const half = length - j < LINE;
      exponentialsOfColumn(e + j, eStep, end, m + j, inverse + j, channels, half, soon + j, soonStep);
      sharesOf(labels + begin + j, inverse + j, half ? LINE >> 1 : LINE);
      if (half) scaleHalf(e + j, eStep, end, inverse + j, to == 0 ? 0 : to + begin + j, toStep, partial);
      else if (to == 0) sumLine(e + j, eStep, end, inverse + j, partial);
      else scaleLine(e + j, eStep, end, inverse + j, to + begin + j, toStep, partial);
    }
    const counted = sumOwn(e, eStep, labels + begin, inverse, channels, length, sums, work);
    for (let k: usize = 0; k < <usize>channels; k++) {
      const at = sums + (k << 5);
      flush(at + 8, addTo(zero(), v128.load(partial + (k << 4))));
      store<f64>(at, load<f64>(at, 24) + counted, 24);
    }
  }
  return false;
}

/** Turns r into 1 / (1 + r), 0 of pixels that do not count. */
// @ts-ignore: decorator
@inline
function sharesOf(labels: usize, r: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const share = f32x4.div(one(), f32x4.add(one(), v128.load(r + i)));
    v128.store(r + i, v128.and(share, i32x4.ge_s(v128.load(labels + i), zero())));
  }
}

/** A line of each row of e times `share`, to `to` and to the partial sums of the rows. */
// @ts-ignore: decorator
@inline
function scaleLine(e: usize, eStep: usize, end: usize, share: usize, to: usize, toStep: usize, partial: usize): void {
  const s0 = v128.load(share);
  const s1 = v128.load(share, 16);
  const s2 = v128.load(share, 32);
  const s3 = v128.load(share, 48);
  for (; e < end; e += eStep) {
    const p0 = f32x4.mul(v128.load(e), s0);
    const p1 = f32x4.mul(v128.load(e, 16), s1);
    const p2 = f32x4.mul(v128.load(e, 32), s2);
    const p3 = f32x4.mul(v128.load(e, 48), s3);
    v128.store(to, p0);
    v128.store(to, p1, 16);
    v128.store(to, p2, 32);
    v128.store(to, p3, 48);
    v128.store(partial, f32x4.add(v128.load(partial), f32x4.add(f32x4.add(p0, p1), f32x4.add(p2, p3))));
    to += toStep;
    partial += 16;
  }
}

/** As {@link scaleLine}, sums alone. */
// @ts-ignore: decorator
@inline
function sumLine(e: usize, eStep: usize, end: usize, share: usize, partial: usize): void {
  const s0 = v128.load(share);
  const s1 = v128.load(share, 16);
  const s2 = v128.load(share, 32);
  const s3 = v128.load(share, 48);
  for (; e < end; e += eStep) {
    const p0 = f32x4.mul(v128.load(e), s0);
    const p1 = f32x4.mul(v128.load(e, 16), s1);
    const p2 = f32x4.mul(v128.load(e, 32), s2);
    const p3 = f32x4.mul(v128.load(e, 48), s3);
    v128.store(partial, f32x4.add(v128.load(partial), f32x4.add(f32x4.add(p0, p1), f32x4.add(p2, p3))));
    partial += 16;
  }
}

/** Half a line; `to` may be 0. */
function scaleHalf(e: usize, eStep: usize, end: usize, share: usize, to: usize, toStep: usize, partial: usize): void {
  for (; e < end; e += eStep) {
    const p0 = f32x4.mul(v128.load(e), v128.load(share));
    const p1 = f32x4.mul(v128.load(e, 16), v128.load(share, 16));
    v128.store(partial, f32x4.add(v128.load(partial), f32x4.add(p0, p1)));
    partial += 16;
    if (to == 0) continue;
    v128.store(to, p0);
    v128.store(to, p1, 16);
    to += toStep;
  }
}

/** The sum of e times `share` of a row, as four float32 that are added up like those of columns. */
// @ts-ignore: decorator
@inline
function sumRow(e: usize, share: usize, bytes: usize): v128 {
  let sum = zero();
  let i: usize = 0;
  for (; i + LINE <= bytes; i += LINE) {
    const p0 = f32x4.mul(v128.load(e + i), v128.load(share + i));
    const p1 = f32x4.mul(v128.load(e + i, 16), v128.load(share + i, 16));
    const p2 = f32x4.mul(v128.load(e + i, 32), v128.load(share + i, 32));
    const p3 = f32x4.mul(v128.load(e + i, 48), v128.load(share + i, 48));
    sum = f32x4.add(sum, f32x4.add(f32x4.add(p0, p1), f32x4.add(p2, p3)));
  }
  if (i == bytes) return sum;
  const p0 = f32x4.mul(v128.load(e + i), v128.load(share + i));
  const p1 = f32x4.mul(v128.load(e + i, 16), v128.load(share + i, 16));
  return f32x4.add(sum, f32x4.add(p0, p1));
}

/** As {@link sumRow}, and the numbers themselves to `to`. */
// @ts-ignore: decorator
@inline
function scaleRow(e: usize, share: usize, bytes: usize, to: usize): v128 {
  let sum = zero();
  let i: usize = 0;
  for (; i + LINE <= bytes; i += LINE) {
    const p0 = f32x4.mul(v128.load(e + i), v128.load(share + i));
    const p1 = f32x4.mul(v128.load(e + i, 16), v128.load(share + i, 16));
    const p2 = f32x4.mul(v128.load(e + i, 32), v128.load(share + i, 32));
    const p3 = f32x4.mul(v128.load(e + i, 48), v128.load(share + i, 48));
    v128.store(to + i, p0);
    v128.store(to + i, p1, 16);
    v128.store(to + i, p2, 32);
    v128.store(to + i, p3, 48);
    sum = f32x4.add(sum, f32x4.add(f32x4.add(p0, p1), f32x4.add(p2, p3)));
  }
  if (i == bytes) return sum;
  const p0 = f32x4.mul(v128.load(e + i), v128.load(share + i));
  const p1 = f32x4.mul(v128.load(e + i, 16), v128.load(share + i, 16));
  v128.store(to + i, p0);
  v128.store(to + i, p1, 16);
  return f32x4.add(sum, f32x4.add(p0, p1));
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
