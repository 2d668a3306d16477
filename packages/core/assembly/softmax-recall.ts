/** A softmax from the exponentials that a map before has left. */
import { zero } from "./math";
import { storeRest } from "./softmax-parts";

/**
 * Brings back the e that `keptSoftmax` (softmax.ts) left in rows of `fromStride`: writes the same e and r. Of each row a cache
 * line at a time, for rows that lie whole pages apart share the sets of a cache.
 */
export function recallSoftmax(
  from: usize, fromStride: i32, e: usize, eStride: i32, r: usize, channels: i32, n: i32,
): void {
  const bytes = <usize>n << 2;
  const fromStep = <usize>fromStride << 2;
  const eStep = <usize>eStride << 2;
  const end = e + <usize>channels * eStep;
  let i: usize = 0;
  for (; i + 64 <= bytes; i += 64) recallLine(64, from + i, fromStep, e + i, eStep, end, r + i, channels);
  if (i < bytes) recallLine(32, from + i, fromStep, e + i, eStep, end, r + i, channels);
}

// @ts-ignore: decorator
@inline
function recallLine(
  bytes: i32, from: usize, fromStep: usize, e: usize, eStep: usize, end: usize, r: usize, channels: i32,
): void {
  let sum0 = zero();
  let sum1 = zero();
  let sum2 = zero();
  let sum3 = zero();
  let at = e;
  // They are added up in the order in which softmax.ts does.
  if (channels & 1) {
    sum0 = moved(from, at);
    sum1 = moved(from + 16, at + 16);
    if (bytes == 64) {
      sum2 = moved(from + 32, at + 32);
      sum3 = moved(from + 48, at + 48);
    }
    from += fromStep;
    at += eStep;
  }
  while (at < end) {
    const nextFrom = from + fromStep;
    const next = at + eStep;
    sum0 = f32x4.add(sum0, f32x4.add(moved(from, at), moved(nextFrom, next)));
    sum1 = f32x4.add(sum1, f32x4.add(moved(from + 16, at + 16), moved(nextFrom + 16, next + 16)));
    if (bytes == 64) {
      sum2 = f32x4.add(sum2, f32x4.add(moved(from + 32, at + 32), moved(nextFrom + 32, next + 32)));
      sum3 = f32x4.add(sum3, f32x4.add(moved(from + 48, at + 48), moved(nextFrom + 48, next + 48)));
    }
    from = nextFrom + fromStep;
    at = next + eStep;
  }
  storeRest(e, eStep, end, r, sum0);
  storeRest(e + 16, eStep, end, r + 16, sum1);
  if (bytes == 64) {
    storeRest(e + 32, eStep, end, r + 32, sum2);
    storeRest(e + 48, eStep, end, r + 48, sum3);
  }
}

/** The four numbers at `from`, which it copies. */
// @ts-ignore: decorator
@inline
function moved(from: usize, to: usize): v128 {
  const v = v128.load(from);
  v128.store(to, v);
  return v;
}
