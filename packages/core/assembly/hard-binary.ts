/**
 * Binary cross-entropy and the focal loss with a gamma of 2, from logits and bytes that are 0 or 1: both losses are then
 * functions of z, the logit with its sign turned where the target is 1.
 *
 *   b = softplus(z) = max(z, 0) + log(1 + e),   db/dz = s(z) = (z < 0 ? e : 1) / (1 + e),   e = exp(-|z|)
 *   focal = a q^2 b,  q = s(z),                 dfocal/dz = a q^2 (q + 2 (1 - q) b)
 *
 * A logit that is not finite, and a byte that is neither 0 nor 1, are noticed on the way.
 */
import { addTo, flush, expWithin4, one, zero } from "./math";
import { high, log64, low, one64 } from "./math64";

const SIGN: usize = memory.data<i32>([0x80000000]);
/** The bits of -infinity, above which as unsigned numbers only NaN comes. */
const LARGEST: usize = memory.data<i32>([0xff7fffff]);
/** What arguments of exp below are taken for: its products would turn denormal, and slow. */
const LEAST_OF_CROSS_ENTROPY: usize = memory.data<f32>([-80]);
/** Where e counts as 0 from here down: the cube of it is below 5e-31. */
const LEAST_OF_FOCAL: usize = memory.data<f32>([-23.26]);
/** log(1 + e) = s (2 + A1 s^2 + A2 s^4 + A3 s^6), s = e / (2 + e); minimax, relative error 2e-7, none where s is small. */
const TWO: usize = memory.data<f32>([2]);
const A1: usize = memory.data<f32>([0.6667348146]);
const A2: usize = memory.data<f32>([0.3963597119]);
const A3: usize = memory.data<f32>([0.3398355544]);
/** Where the sum of terms e is their product of 1 + e, less 1, to 1e-7: below, the product has lost their digits. */
const SMALL: f64 = 1e-7;

/** Bytes of a row of float32 after which partial sums and products are carried over to float64. */
const STRETCH: usize = 512;
/** Bytes of it whose product float64 can hold: (2^32)^16 at most. */
const PRODUCT: usize = 16 * STRETCH;

/** What becomes of the gradient. */
const SKIP: i32 = 0;
const WRITE: i32 = 1;
const ADD: i32 = 2;

/** The sign bits of pixels 0 to 7, or 8 to 15, of sixteen bytes shifted left by 7, as the upper bytes of eight lanes of 16. */
// @ts-ignore: decorator
@inline
function lowBytes(bytes: v128): v128 {
  return i8x16.shuffle(zero(), bytes, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// @ts-ignore: decorator
@inline
function highBytes(bytes: v128): v128 {
  return i8x16.shuffle(zero(), bytes, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/** The same of lanes of 16 in lanes of 32. */
// @ts-ignore: decorator
@inline
function lowHalves(halves: v128): v128 {
  return i8x16.shuffle(zero(), halves, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23);
}

// @ts-ignore: decorator
@inline
function highHalves(halves: v128): v128 {
  return i8x16.shuffle(zero(), halves, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31);
}

// @ts-ignore: decorator
@inline
function writeGrad(grad: usize, g: v128, mode: i32): void {
  v128.store(grad, mode == ADD ? f32x4.add(v128.load(grad), g) : g);
}

/** Writes the slopes of four pixels of the cross-entropy times the scale, from e and 1 + e. */
// @ts-ignore: decorator
@inline
function writeSlope(grad: usize, z: v128, e: v128, divisor: v128, scale: v128, sign: v128, mode: i32): void {
  if (mode == SKIP) return;
  // 1 is the larger of the two, where z is not negative.
  const top = f32x4.pmax(e, v128.andnot(one(), i32x4.shr_s(z, 31)));
  writeGrad(grad, f32x4.mul(f32x4.div(top, divisor), v128.xor(scale, sign)), mode);
}

/** The log of a product of 1 + e, relative also where the sum of the e is all there is of it. */
// @ts-ignore: decorator
@inline
function logOfProduct(product: v128, sum: v128): v128 {
  return v128.bitselect(sum, log64(product), f64x2.lt(sum, f64x2.splat(SMALL)));
}

/** exp(x), where x below `least` is taken for it, or with `flushes` gives 0. */
// @ts-ignore: decorator
@inline
function expOf(x: v128, least: usize, flushes: bool): v128 {
  const bound = v128.load32_splat(least);
  return flushes ? v128.and(expWithin4(x), f32x4.gt(x, bound)) : expWithin4(f32x4.pmax(x, bound));
}

/**
 * Writes e of a stretch of logits. In a loop of its own, for then no operation waits so long for those before it that
 * the processor runs out of room to keep it.
 * @returns the largest of `largest` and the logits with their sign set, as unsigned bits.
 */
// @ts-ignore: decorator
@inline
function expOfStretch(x: usize, end: usize, to: usize, largest: v128, least: usize, flushes: bool): v128 {
  while (x < end) {
    const x0 = v128.or(v128.load(x), v128.load32_splat(SIGN));
    const x1 = v128.or(v128.load(x, 16), v128.load32_splat(SIGN));
    const x2 = v128.or(v128.load(x, 32), v128.load32_splat(SIGN));
    const x3 = v128.or(v128.load(x, 48), v128.load32_splat(SIGN));
    largest = i32x4.max_u(i32x4.max_u(largest, x0), x1);
    largest = i32x4.max_u(i32x4.max_u(largest, x2), x3);
    const e0 = expOf(x0, least, flushes);
    const e1 = expOf(x1, least, flushes);
    const e2 = expOf(x2, least, flushes);
    const e3 = expOf(x3, least, flushes);
    v128.store(to, e0);
    v128.store(to, e1, 16);
    v128.store(to, e2, 32);
    v128.store(to, e3, 48);
    x += 64;
    to += 64;
  }
  return largest;
}

/**
 * `*sum += sum of losses`; `scale` times the slopes are written to `grad`, or with `adds` added to what is there, unless
 * it is 0. `n` is a multiple of 16; `own` is scratch of 128 float32.
 * @returns whether a byte is neither 0 nor 1 or a logit is not finite; nothing then is as described.
 */
export function hardBinaryCrossEntropy(
  x: usize, targets: usize, n: i32, scale: f32, grad: usize, adds: bool, own: usize, sum: usize,
): bool {
  if (grad == 0) return crossEntropyOfBytes(x, targets, n, scale, grad, SKIP, own, sum);
  if (adds) return crossEntropyOfBytes(x, targets, n, scale, grad, ADD, own, sum);
  return crossEntropyOfBytes(x, targets, n, scale, grad, WRITE, own, sum);
}

// @ts-ignore: decorator
@inline
function crossEntropyOfBytes(
  x: usize, targets: usize, n: i32, scale: f32, grad: usize, mode: i32, own: usize, sum: usize,
): bool {
  const factor = f32x4.splat(scale);
  const end = x + (<usize>n << 2);
  let seen = zero();
  let largest = zero();
  let total = zero();
  while (x < end) {
    const productEnd = min(x + PRODUCT, end);
    let lowProduct = one64();
    let highProduct = one64();
    let lowSum = zero();
    let highSum = zero();
    while (x < productEnd) {
      const stretchEnd = min(x + STRETCH, productEnd);
      largest = expOfStretch(x, stretchEnd, own, largest, LEAST_OF_CROSS_ENTROPY, false);
      let from = own;
      let over = zero();
      // The product of 1 + e, less 1: relative however small the e are.
      let excess = zero();
      while (x < stretchEnd) {
        const bytes = v128.load(targets);
        seen = v128.or(seen, bytes);
        const shifted = i16x8.shl(bytes, 7);
        const head = lowBytes(shifted);
        const tail = highBytes(shifted);
        const sign0 = lowHalves(head);
        const sign1 = highHalves(head);
        const sign2 = lowHalves(tail);
        const sign3 = highHalves(tail);
        const z0 = v128.xor(v128.load(x), sign0);
        const z1 = v128.xor(v128.load(x, 16), sign1);
        const z2 = v128.xor(v128.load(x, 32), sign2);
        const z3 = v128.xor(v128.load(x, 48), sign3);
        over = f32x4.add(f32x4.add(over, f32x4.pmax(z0, zero())), f32x4.pmax(z1, zero()));
        over = f32x4.add(f32x4.add(over, f32x4.pmax(z2, zero())), f32x4.pmax(z3, zero()));
        const e0 = v128.load(from);
        const e1 = v128.load(from, 16);
        const e2 = v128.load(from, 32);
        const e3 = v128.load(from, 48);
        const d0 = f32x4.add(one(), e0);
        const d1 = f32x4.add(one(), e1);
        const d2 = f32x4.add(one(), e2);
        const d3 = f32x4.add(one(), e3);
        const first = f32x4.add(e0, f32x4.mul(e1, d0));
        const second = f32x4.add(e2, f32x4.mul(e3, d2));
        const four = f32x4.add(first, f32x4.mul(second, f32x4.add(one(), first)));
        excess = f32x4.add(excess, f32x4.mul(four, f32x4.add(one(), excess)));
        writeSlope(grad, z0, e0, d0, factor, sign0, mode);
        writeSlope(grad + 16, z1, e1, d1, factor, sign1, mode);
        writeSlope(grad + 32, z2, e2, d2, factor, sign2, mode);
        writeSlope(grad + 48, z3, e3, d3, factor, sign3, mode);
        x += 64;
        from += 64;
        targets += 16;
        if (mode != SKIP) grad += 64;
      }
      total = addTo(total, over);
      lowProduct = f64x2.mul(lowProduct, f64x2.add(one64(), low(excess)));
      highProduct = f64x2.mul(highProduct, f64x2.add(one64(), high(excess)));
      lowSum = f64x2.add(lowSum, low(excess));
      highSum = f64x2.add(highSum, high(excess));
    }
    total = f64x2.add(total, logOfProduct(lowProduct, lowSum));
    total = f64x2.add(total, logOfProduct(highProduct, highSum));
  }
  flush(sum, total);
  return hasFault(seen, largest);
}

/** Whether a byte is neither 0 nor 1, or a number with its sign set not finite. */
// @ts-ignore: decorator
@inline
function hasFault(seen: v128, largest: v128): bool {
  const bad = v128.or(i8x16.gt_u(seen, i8x16.splat(1)), i32x4.gt_u(largest, v128.load32_splat(LARGEST)));
  return v128.any_true(bad);
}

/** As {@link hardBinaryCrossEntropy}, for the focal loss with a gamma of 2, times `alpha`. */
export function hardSquareFocal(
  x: usize, targets: usize, n: i32, alpha: f32, scale: f32, grad: usize, adds: bool, own: usize, sum: usize,
): bool {
  if (grad == 0) return focalOfBytes(x, targets, n, alpha, scale, grad, SKIP, own, sum);
  if (adds) return focalOfBytes(x, targets, n, alpha, scale, grad, ADD, own, sum);
  return focalOfBytes(x, targets, n, alpha, scale, grad, WRITE, own, sum);
}

/** The losses of four pixels, without alpha, from their logits and the e at `from`; writes their gradient. */
// @ts-ignore: decorator
@inline
function focalStep(x: usize, from: usize, sign: v128, factor: v128, grad: usize, mode: i32): v128 {
  const z = v128.xor(v128.load(x), sign);
  const e = v128.load(from);
  const far = f32x4.div(one(), f32x4.add(one(), e));
  const near = f32x4.mul(e, far);
  const s = f32x4.div(e, f32x4.add(v128.load32_splat(TWO), e));
  const s2 = f32x4.mul(s, s);
  let log = f32x4.add(f32x4.mul(v128.load32_splat(A3), s2), v128.load32_splat(A2));
  log = f32x4.add(f32x4.mul(log, s2), v128.load32_splat(A1));
  log = f32x4.mul(f32x4.add(f32x4.mul(log, s2), v128.load32_splat(TWO)), s);
  const b = f32x4.add(log, f32x4.pmax(z, zero()));
  const swap = v128.and(v128.xor(near, far), i32x4.shr_s(z, 31));
  const q = v128.xor(far, swap);
  const power = f32x4.mul(q, q);
  if (mode != SKIP) {
    const p = v128.xor(near, swap);
    const scaled = f32x4.mul(power, v128.xor(factor, sign));
    // b comes last.
    writeGrad(grad, f32x4.add(f32x4.mul(scaled, q), f32x4.mul(f32x4.mul(scaled, f32x4.add(p, p)), b)), mode);
  }
  return f32x4.mul(power, b);
}

// @ts-ignore: decorator
@inline
function focalOfBytes(
  x: usize, targets: usize, n: i32, alpha: f32, scale: f32, grad: usize, mode: i32, own: usize, sum: usize,
): bool {
  const factor = f32x4.splat(alpha * scale);
  const end = x + (<usize>n << 2);
  let seen = zero();
  let largest = zero();
  let total = zero();
  while (x < end) {
    const stretchEnd = min(x + STRETCH, end);
    largest = expOfStretch(x, stretchEnd, own, largest, LEAST_OF_FOCAL, true);
    let from = own;
    let part = zero();
    while (x < stretchEnd) {
      const bytes = v128.load(targets);
      seen = v128.or(seen, bytes);
      const shifted = i16x8.shl(bytes, 7);
      const head = lowBytes(shifted);
      const tail = highBytes(shifted);
      part = f32x4.add(part, focalStep(x, from, lowHalves(head), factor, grad, mode));
      part = f32x4.add(part, focalStep(x + 16, from + 16, highHalves(head), factor, grad + 16, mode));
      part = f32x4.add(part, focalStep(x + 32, from + 32, lowHalves(tail), factor, grad + 32, mode));
      part = f32x4.add(part, focalStep(x + 48, from + 48, highHalves(tail), factor, grad + 48, mode));
      x += 64;
      from += 64;
      targets += 16;
      if (mode != SKIP) grad += 64;
    }
    total = addTo(total, part);
  }
  flush(sum, f64x2.mul(total, f64x2.splat(<f64>alpha)));
  return hasFault(seen, largest);
}
