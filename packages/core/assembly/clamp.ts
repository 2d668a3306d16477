/** Logarithms of probabilities that may be 0. */
import { log4, zero } from "./math";

const SMALLEST_NORMAL: usize = memory.data<f32>([1.17549435e-38]);
/** 2^64, and its logarithm. */
const RAISE: usize = memory.data<f32>([18446744073709551616.0]);
const LOG_RAISE: usize = memory.data<f32>([44.3614195558364998]);

/** -log(a + b), at most `most`; `lost` is what a is short of. */
// @ts-ignore: decorator
@inline
export function clampedLoss(a: v128, b: v128, lost: v128, most: v128): v128 {
  const sum = f32x4.add(a, b);
  const part = f32x4.sub(sum, a);
  const rounded = f32x4.add(f32x4.sub(a, f32x4.sub(sum, part)), f32x4.sub(b, part));
  const isDenormal = f32x4.lt(sum, v128.load32_splat(SMALLEST_NORMAL));
  const safe = v128.bitselect(f32x4.mul(sum, v128.load32_splat(RAISE)), sum, isDenormal);
  let log = f32x4.add(log4(safe), f32x4.div(f32x4.add(rounded, lost), safe));
  log = f32x4.sub(log, v128.and(v128.load32_splat(LOG_RAISE), isDenormal));
  return v128.bitselect(f32x4.pmin(f32x4.neg(log), most), most, f32x4.gt(sum, zero()));
}
