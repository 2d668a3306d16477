/**
 * The overlap family (Dice and its relatives): four sums per class, and a gradient affine in the target.
 *
 *   I_c = sum p g,  P_c = sum p,  G_c = sum g,  n_c = sum 1,  over what counts (first map)
 *   d_c = dL/dp_c = b_c - a_c g                                               (second map)
 *   softmax: dL/dx_k = p_k (d_k - sum_j p_j d_j)     sigmoid: dL/dx = p (1 - p) d
 *
 * On labels y the softmax chain is p_k (b_k - B + a_y (p_y - [k = y])) with B = sum_j p_j b_j. All b are taken relative
 * to that of the largest class: that keeps the chain exact when p is near 0 or 1.
 */
import { gather, gatherRows, placeInRows } from "./labels";
import { addTo, expNeg4, flush, one, zero } from "./math";

/** Bytes of a row after which float32 partial sums are added to float64. */
const STRETCH: usize = 512;
/** Above all b - top + shift. */
const HUGE: usize = memory.data<f32>([1e30]);
const SIGN: usize = memory.data<i32>([0x80000000]);

/** sums[4c], ..., [4c + 3] += I, P, G, n of class c. `inverse` is scratch of a row. */
export function overlapOfLabels(
  e: usize, eStride: i32, labels: usize, r: usize, inverse: usize, channels: i32, n: i32, sums: usize,
): void {
  const bytes = <usize>n << 2;
  const eStep = <usize>eStride << 2;
  let counted: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 16) {
    const y = v128.load(labels + i);
    const share = f32x4.div(one(), f32x4.add(one(), v128.load(r + i)));
    v128.store(inverse + i, v128.and(share, i32x4.ge_s(y, zero())));
  }
  for (let i: usize = 0; i < bytes; i += 4) {
    const y = load<i32>(labels + i);
    if (y < 0) continue;
    const at = sums + (<usize>y << 5);
    const p = load<f32>(e + i + <usize>y * eStep) * load<f32>(inverse + i);
    store<f64>(at, load<f64>(at) + <f64>p);
    store<f64>(at, load<f64>(at, 16) + 1, 16);
    counted += 1;
  }
  for (let k = 0; k < channels; k++) {
    let predicted = zero();
    for (let begin: usize = 0; begin < bytes; begin += STRETCH) {
      const end = min(begin + STRETCH, bytes);
      let p0 = zero();
      let p1 = zero();
      for (let i = begin; i < end; i += 32) {
        p0 = f32x4.add(p0, f32x4.mul(v128.load(e + i), v128.load(inverse + i)));
        p1 = f32x4.add(p1, f32x4.mul(v128.load(e + i, 16), v128.load(inverse + i, 16)));
      }
      predicted = addTo(addTo(predicted, p0), p1);
    }
    flush(sums + 8, predicted);
    store<f64>(sums, load<f64>(sums, 24) + counted, 24);
    e += eStep;
    sums += 32;
  }
}

/**
 * dL/dx of a softmax tile into `grad`, or added to it. `a`, `b`: float32 per class, b from 0 on. `own`, `inverse`, `top` and `shift`
 * are scratch of a row each.
 */
export function overlapOfLabelsGrad(
  e: usize, eStride: i32, labels: usize, r: usize, a: usize, b: usize, channels: i32, n: i32,
  grad: usize, gradStride: i32, adds: bool, own: usize, inverse: usize, top: usize, shift: usize,
): void {
  const bytes = <usize>n << 2;
  const eStep = <usize>eStride << 2;
  const gradStep = <usize>gradStride << 2;
  const end = e + <usize>channels * eStep;
  for (let i: usize = 0; i < bytes; i += 32) {
    let base0 = zero();
    let base1 = zero();
    let bk = b;
    for (let at = e + i; at < end; at += eStep) {
      const v = v128.load32_splat(bk);
      base0 = f32x4.pmax(base0, v128.and(v, f32x4.eq(v128.load(at), one())));
      base1 = f32x4.pmax(base1, v128.and(v, f32x4.eq(v128.load(at, 16), one())));
      bk += 4;
    }
    let mean0 = zero();
    let mean1 = zero();
    bk = b;
    for (let at = e + i; at < end; at += eStep) {
      const v = v128.load32_splat(bk);
      mean0 = f32x4.add(mean0, f32x4.mul(v128.load(at), f32x4.sub(v, base0)));
      mean1 = f32x4.add(mean1, f32x4.mul(v128.load(at, 16), f32x4.sub(v, base1)));
      bk += 4;
    }
    v128.store(top + i, base0);
    v128.store(top + i, base1, 16);
    v128.store(shift + i, mean0);
    v128.store(shift + i, mean1, 16);
  }
  for (let i: usize = 0; i < bytes; i += 16) {
    const y = v128.load(labels + i);
    const counted = i32x4.ge_s(y, zero());
    const rest = v128.load(r + i);
    const share = f32x4.div(one(), f32x4.add(one(), rest));
    const base = v128.load(top + i);
    const mean = f32x4.mul(v128.load(shift + i), share);
    const ey = gatherRows(e + i, eStep, y);
    const py = f32x4.mul(ey, share);
    const ay = gather(a, y);
    const left = v128.bitselect(f32x4.mul(rest, share), f32x4.sub(one(), py), f32x4.eq(ey, one()));
    const relative = f32x4.sub(f32x4.sub(f32x4.sub(gather(b, y), base), mean), f32x4.mul(ay, left));
    let g = v128.and(f32x4.mul(py, relative), counted);
    if (adds) g = f32x4.add(g, gatherRows(grad + i, gradStep, y));
    v128.store(own + i, g);
    v128.store(inverse + i, v128.and(share, counted));
    // Where a pixel does not count, 0 times something positive, for 0 and not -0.
    v128.store(shift + i, v128.bitselect(f32x4.sub(f32x4.mul(py, ay), mean), v128.load32_splat(HUGE), counted));
  }
  if (adds) addChain(e, eStep, end, b, grad, gradStep, bytes, inverse, top, shift);
  else writeChain(e, eStep, end, b, grad, gradStep, bytes, inverse, top, shift);
  placeInRows(own, labels, n, grad, gradStep);
}

/** e_k inverse (b_k - top + shift) of all rows, two of them at a time, which share what is read of the pixels. */
function writeChain(
  e: usize, eStep: usize, end: usize, b: usize, grad: usize, gradStep: usize, bytes: usize,
  inverse: usize, top: usize, shift: usize,
): void {
  for (const last = end - eStep; e < last;) {
    const nextE = e + eStep;
    const nextGrad = grad + gradStep;
    const b0 = v128.load32_splat(b);
    const b1 = v128.load32_splat(b, 4);
    for (let i: usize = 0; i < bytes; i += 16) {
      const base = v128.load(top + i);
      const mean = v128.load(shift + i);
      const share = v128.load(inverse + i);
      const relative0 = f32x4.add(f32x4.sub(b0, base), mean);
      const relative1 = f32x4.add(f32x4.sub(b1, base), mean);
      v128.store(grad + i, f32x4.mul(f32x4.mul(v128.load(e + i), share), relative0));
      v128.store(nextGrad + i, f32x4.mul(f32x4.mul(v128.load(nextE + i), share), relative1));
    }
    e = nextE + eStep;
    grad = nextGrad + gradStep;
    b += 8;
  }
  if (e == end) return;
  const b0 = v128.load32_splat(b);
  for (let i: usize = 0; i < bytes; i += 16) {
    const relative = f32x4.add(f32x4.sub(b0, v128.load(top + i)), v128.load(shift + i));
    v128.store(grad + i, f32x4.mul(f32x4.mul(v128.load(e + i), v128.load(inverse + i)), relative));
  }
}

/** Adds what {@link writeChain} writes. */
function addChain(
  e: usize, eStep: usize, end: usize, b: usize, grad: usize, gradStep: usize, bytes: usize,
  inverse: usize, top: usize, shift: usize,
): void {
  for (; e < end; e += eStep) {
    const b0 = v128.load32_splat(b);
    for (let i: usize = 0; i < bytes; i += 16) {
      const relative = f32x4.add(f32x4.sub(b0, v128.load(top + i)), v128.load(shift + i));
      const g = f32x4.mul(f32x4.mul(v128.load(e + i), v128.load(inverse + i)), relative);
      v128.store(grad + i, f32x4.add(v128.load(grad + i), g));
    }
    grad += gradStep;
    b += 4;
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
