/**
 * Softmax over the channels of a tile, left as its parts.
 *
 *   m = max_k x_k,  e_k = exp(x_k - m),  r = sum of all e but that of one largest class,  p_k = e_k / (1 + r)
 *
 * `r` leaves out the 1 of the largest class, so that log(1 + r) and 1 - p of that class keep their relative precision.
 * Rows of e lie close together: those of the logits may be whole pages apart, and share the sets of a cache.
 */
import { expNeg4, one, zero } from "./math";

const INFINITY_BITS: usize = memory.data<i32>([0x7f800000]);
const ABSOLUTE_BITS: usize = memory.data<i32>([0x7fffffff]);
const TWO: usize = memory.data<f32>([2.0]);

/**
 * Writes e (rows of `eStride`) and r; `m` is scratch of one row. `n` is a multiple of 8.
 *
 * While it computes it loads a word of each cache line of what the caller will read next and write next, `channels`
 * rows of `n` float32 at `soon` and at `later` (0: none): WebAssembly has no other way to prefetch.
 * @returns whether any of the logits is NaN or infinite.
 */
export function softmax(
  x: usize, xStride: i32, e: usize, eStride: i32, m: usize, r: usize, channels: i32, n: i32,
  soon: usize, soonStride: i32, later: usize, laterStride: i32,
): bool {
  const bytes = <usize>n << 2;
  const xStep = <usize>xStride << 2;
  const eStep = <usize>eStride << 2;
  let largestBits = zero();
  for (let k = 0; k < channels; k++) {
    const from = x + <usize>k * xStep;
    const to = e + <usize>k * eStep;
    for (let i: usize = 0; i < bytes; i += 32) {
      const v0 = v128.load(from + i);
      const v1 = v128.load(from + i, 16);
      largestBits = i32x4.max_u(largestBits, v128.and(v0, v128.load32_splat(ABSOLUTE_BITS)));
      largestBits = i32x4.max_u(largestBits, v128.and(v1, v128.load32_splat(ABSOLUTE_BITS)));
      v128.store(to + i, v0);
      v128.store(to + i, v1, 16);
      v128.store(m + i, k == 0 ? v0 : f32x4.pmax(v0, v128.load(m + i)));
      v128.store(m + i, k == 0 ? v1 : f32x4.pmax(v1, v128.load(m + i, 16)), 16);
    }
  }
  const end = e + <usize>channels * eStep;
  const soonSkip = (<usize>soonStride << 2) - bytes;
  const laterSkip = (<usize>laterStride << 2) - bytes;
  let touched: i32 = 0;
  let halfLines: i32 = 0;
  let column: usize = 0;
  for (let i: usize = 0; i < bytes; i += 32) {
    for (halfLines += channels; halfLines >= 2; halfLines -= 2) {
      if (soon != 0) {
        touched |= load<i32>(soon);
        soon += 64;
      }
      if (later != 0) {
        touched |= load<i32>(later);
        later += 64;
      }
      column += 64;
      if (column >= bytes) {
        column = 0;
        if (soon != 0) soon += soonSkip;
        if (later != 0) later += laterSkip;
      }
    }
    const m0 = v128.load(m + i);
    const m1 = v128.load(m + i, 16);
    let sum0 = zero();
    let sum1 = zero();
    for (let at = e + i; at < end; at += eStep) {
      const e0 = expNeg4(f32x4.sub(v128.load(at), m0));
      const e1 = expNeg4(f32x4.sub(v128.load(at, 16), m1));
      v128.store(at, e0);
      v128.store(at, e1, 16);
      sum0 = f32x4.add(sum0, e0);
      sum1 = f32x4.add(sum1, e1);
    }
    storeRest(e + i, eStep, end, r + i, sum0);
    storeRest(e + i + 16, eStep, end, r + i + 16, sum1);
  }
  // Kept, so that the loads are.
  store<i32>(m, touched);
  return v128.any_true(i32x4.ge_u(largestBits, v128.load32_splat(INFINITY_BITS)));
}

/** Brings back the e that an earlier map left in rows of `fromStride`: writes the same e and r as {@link softmax}. */
export function recallSoftmax(
  from: usize, fromStride: i32, e: usize, eStride: i32, r: usize, channels: i32, n: i32,
): void {
  const bytes = <usize>n << 2;
  const fromStep = <usize>fromStride << 2;
  const eStep = <usize>eStride << 2;
  const end = e + <usize>channels * eStep;
  let i: usize = 0;
  // A cache line of each row at a time: rows that lie whole pages apart share the sets of a cache.
  for (; i + 64 <= bytes; i += 64) {
    let sum0 = zero();
    let sum1 = zero();
    let sum2 = zero();
    let sum3 = zero();
    let row = from + i;
    for (let at = e + i; at < end; at += eStep) {
      const v0 = v128.load(row);
      const v1 = v128.load(row, 16);
      const v2 = v128.load(row, 32);
      const v3 = v128.load(row, 48);
      v128.store(at, v0);
      v128.store(at, v1, 16);
      v128.store(at, v2, 32);
      v128.store(at, v3, 48);
      sum0 = f32x4.add(sum0, v0);
      sum1 = f32x4.add(sum1, v1);
      sum2 = f32x4.add(sum2, v2);
      sum3 = f32x4.add(sum3, v3);
      row += fromStep;
    }
    storeRest(e + i, eStep, end, r + i, sum0);
    storeRest(e + i + 16, eStep, end, r + i + 16, sum1);
    storeRest(e + i + 32, eStep, end, r + i + 32, sum2);
    storeRest(e + i + 48, eStep, end, r + i + 48, sum3);
  }
  for (; i < bytes; i += 16) {
    let sum = zero();
    let row = from + i;
    for (let at = e + i; at < end; at += eStep) {
      const v = v128.load(row);
      v128.store(at, v);
      sum = f32x4.add(sum, v);
      row += fromStep;
    }
    storeRest(e + i, eStep, end, r + i, sum);
  }
}

/** r of four pixels from the sum of their e: less 1, or added up anew where that would cancel. */
// @ts-ignore: decorator
@inline
function storeRest(e: usize, step: usize, end: usize, r: usize, sum: v128): void {
  if (i32x4.all_true(f32x4.ge(sum, v128.load32_splat(TWO)))) {
    v128.store(r, f32x4.sub(sum, one()));
    return;
  }
  let rest = zero();
  let largest = zero();
  for (let at = e; at < end; at += step) {
    const v = v128.load(at);
    const isLargest = f32x4.eq(v, one());
    rest = f32x4.add(rest, v128.andnot(v, isLargest));
    largest = i32x4.sub(largest, isLargest);
  }
  v128.store(r, f32x4.add(rest, f32x4.sub(f32x4.convert_i32x4_s(largest), one())));
}
