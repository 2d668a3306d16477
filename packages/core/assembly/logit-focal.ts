/**
 * The focal loss of one sigmoid channel whose soft targets are read by their logit, as in binary-forms.ts, of logits:
 *
 *   l = f u^g b,  u = s(-z), z = (t' - s') x,   dl = f u^g (db - g (t' - s') (1 - u) b)
 *
 * In float64: of a soft target both parts of the slope are large where their sum is small.
 */
import { high, log1p64, log64, low, one64, pack, exp64 } from "./math64";

const LOWEST: usize = memory.data<f64>([-700.0]);

/** Of two pixels: what to keep of it, the loss or, with `slopes`, its slope. */
// @ts-ignore: decorator
@inline
function ofTwo(slopes: bool, x: v128, t: v128, args: usize): v128 {
  const size = f64x2.abs(x);
  const e = exp64(f64x2.pmax(f64x2.neg(size), v128.load64_splat(LOWEST)));
  const far = f64x2.div(one64(), f64x2.add(one64(), e));
  const near = f64x2.mul(e, far);
  const positive = f64x2.ge(x, f64x2.splat(0));
  const spread = log1p64(e);
  const lp = f64x2.add(spread, f64x2.pmax(f64x2.neg(x), f64x2.splat(0)));
  const lq = f64x2.add(spread, f64x2.pmax(x, f64x2.splat(0)));
  const is = f64x2.add(f64x2.mul(t, number(args, 4)), number(args, 5));
  const not = f64x2.add(f64x2.mul(f64x2.sub(one64(), t), number(args, 4)), number(args, 5));
  const side = f64x2.sub(is, not);
  const z = f64x2.mul(side, x);
  const w = exp64(f64x2.pmax(f64x2.neg(f64x2.abs(z)), v128.load64_splat(LOWEST)));
  const most = f64x2.div(one64(), f64x2.add(one64(), w));
  const least = f64x2.mul(w, most);
  const isRight = f64x2.ge(z, f64x2.splat(0));
  const u = v128.bitselect(least, most, isRight);
  const b = f64x2.add(f64x2.mul(is, lp), f64x2.mul(not, lq));
  const factor = f64x2.add(f64x2.mul(is, number(args, 1)), f64x2.mul(not, number(args, 2)));
  const m = f64x2.mul(factor, exp64(f64x2.mul(f64x2.add(number(args, 0), number(args, 6)), log64(u))));
  if (!slopes) return f64x2.mul(m, b);
  const p = v128.bitselect(far, near, positive);
  const q = v128.bitselect(near, far, positive);
  const db = f64x2.sub(f64x2.mul(not, p), f64x2.mul(is, q));
  const pull = f64x2.mul(f64x2.mul(number(args, 0), number(args, 3)), f64x2.mul(side, v128.bitselect(most, least, isRight)));
  return f64x2.mul(m, f64x2.sub(db, f64x2.mul(pull, b)));
}

/** Number `i` of the form, in both lanes. */
// @ts-ignore: decorator
@inline
function number(args: usize, i: usize): v128 {
  return f64x2.splat(<f64>load<f32>(args + (i << 2)));
}

/** As the other forms of binary-rows.ts. */
export function logitFocalOfLogits(
  x: usize, targets: usize, n: i32, args: usize, scale: f32, elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  const bytes = <usize>n << 2;
  let sum = f64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    const given = v128.load(targets + i);
    const counted = f32x4.ge(given, f32x4.splat(0));
    const t = f32x4.pmax(given, f32x4.splat(0));
    const loss = v128.and(pack(ofTwo(false, low(v), low(t), args), ofTwo(false, high(v), high(t), args)), counted);
    if (elements != 0) v128.store(elements + i, loss);
    sum = f64x2.add(sum, f64x2.add(low(loss), high(loss)));
    if (grad == 0) continue;
    const slope = pack(ofTwo(true, low(v), low(t), args), ofTwo(true, high(v), high(t), args));
    const g = v128.and(f32x4.mul(f32x4.splat(scale), slope), counted);
    v128.store(grad + i, adds ? f32x4.add(v128.load(grad + i), g) : g);
  }
  store<f64>(sums, load<f64>(sums) + f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
}
