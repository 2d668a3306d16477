/** Both maps of the overlap family on rows of sigmoid logits and their targets (overlap.ts). */
import { addTo, expNeg4, flush, one, zero } from "./math";

/** Bytes of a row after which float32 partial sums are added to float64. */
const STRETCH: usize = 512;
const SIGN: usize = memory.data<i32>([0x80000000]);

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
