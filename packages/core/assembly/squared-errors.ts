/**
 * Slopes of sums of squared errors, dL/dp_c = 2 (p_c - g_c) (b_c - a_c g_c), of a tile of labels into rows of float64,
 * for the chain of field-grads.ts; 1 - p_y is r / (1 + r) where y is the largest class. `a` and `b` are float32.
 */
import { expNeg4, one, zero } from "./math";

const SIGN: usize = memory.data<i32>([0x80000000]);
const TWO: usize = memory.data<f32>([2.0]);

/** Writes the slopes; 0 where ignored. `share` is scratch of a row. */
export function squaredErrorSlopes(
  e: usize, eStride: i32, labels: usize, r: usize, a: usize, b: usize, channels: i32, n: i32,
  to: usize, toStride: i32, share: usize,
): void {
  const bytes = <usize>n << 2;
  const eStep = <usize>eStride << 2;
  const toStep = <usize>toStride << 3;
  for (let i: usize = 0; i < bytes; i += 16) {
    const inverse = f32x4.div(v128.load32_splat(TWO), f32x4.add(one(), v128.load(r + i)));
    v128.store(share + i, v128.and(inverse, i32x4.ge_s(v128.load(labels + i), zero())));
  }
  for (let k = 0; k < channels; k++) {
    const row = e + <usize>k * eStep;
    const out = to + <usize>k * toStep;
    const bk = v128.load32_splat(b + (<usize>k << 2));
    for (let i: usize = 0; i < bytes; i += 16) {
      const d = f32x4.mul(f32x4.mul(v128.load(row + i), v128.load(share + i)), bk);
      v128.store(out + (i << 1), f64x2.promote_low_f32x4(d));
      v128.store(out + (i << 1), f64x2.promote_low_f32x4(i8x16.shuffle(
        d, d, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15,
      )), 16);
    }
  }
  for (let i: usize = 0; i < bytes; i += 4) {
    const y = load<i32>(labels + i);
    if (y < 0) continue;
    const own = load<f32>(e + <usize>y * eStep + i);
    const rest = load<f32>(r + i);
    const wrong = (own == 1 ? rest : 1 + rest - own) * load<f32>(share + i);
    const slope = <f64>load<f32>(b + (<usize>y << 2)) - <f64>load<f32>(a + (<usize>y << 2));
    store<f64>(to + <usize>y * toStep + (i << 1), -<f64>wrong * slope);
  }
}

/** 2 p (1 - p) (p - t) (b - a t) of one sigmoid row into `grad`, or added to it. */
export function squaredErrorGrad(x: usize, targets: usize, n: i32, a: f32, b: f32, grad: usize, adds: bool): void {
  const aa = f32x4.splat(a);
  const bb = f32x4.splat(b);
  for (let i: usize = 0; i < <usize>n << 2; i += 16) {
    const t = v128.load(targets + i);
    const v = v128.load(x + i);
    const e = expNeg4(v128.or(v, v128.load32_splat(SIGN)));
    const far = f32x4.div(one(), f32x4.add(one(), e));
    const near = f32x4.mul(e, far);
    const positive = f32x4.ge(v, zero());
    // p - t, for t = 0 and 1 without cancellation.
    const error = v128.bitselect(
      f32x4.sub(f32x4.sub(one(), t), near), f32x4.sub(near, t), positive,
    );
    const chain = f32x4.mul(v128.load32_splat(TWO), f32x4.mul(near, far));
    let g = f32x4.mul(f32x4.mul(chain, error), f32x4.sub(bb, f32x4.mul(aa, t)));
    g = v128.and(g, f32x4.ge(t, zero()));
    v128.store(grad + i, adds ? f32x4.add(g, v128.load(grad + i)) : g);
  }
}
