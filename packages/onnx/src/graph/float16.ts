/**
 * IEEE 754 binary16, as bits in a Uint16Array. Every float16 is a float32, so widening is exact; narrowing rounds to
 * nearest, ties to even, as hardware does.
 *
 * @module
 */

/** The largest finite float16; what rounds to more than it has no finite one: 65520 and above. */
export const LARGEST_FLOAT16 = 65504;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The float32 bits of a float16. A NaN keeps its payload. */
function widened(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // A subnormal is fraction × 2⁻²⁴; in float32 it has a leading one of its own.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}

/** The float16 nearest to a float32 given as bits; infinity for what is too large. */
function narrowed(single: number): number {
  const sign = (single >>> 16) & 0x8000;
  const magnitude = single & 0x7fffffff;
  if (magnitude >= 0x7f800000) {
    const payload = (magnitude >> 13) & 0x3ff;
    const isNan = magnitude > 0x7f800000;
    // A NaN whose payload lies in the lost bits must not become infinity.
    return sign | 0x7c00 | (isNan ? payload || 0x200 : 0);
  }
  const exponent = (magnitude >> 23) - 112;
  if (exponent >= 0x1f) return sign | 0x7c00;
  if (exponent > 0) return sign | roundedShift(magnitude - (112 << 23), 13);
  // Subnormal: the leading one is written out, and shifted by what the exponent lacks. Beyond 24 all of it is lost.
  const fraction = (magnitude & 0x7fffff) | 0x800000;
  const shift = 14 - exponent;
  return shift > 24 ? sign : sign | roundedShift(fraction, shift);
}

/** `value / 2^shift`, to nearest, ties to even; a carry into the exponent is the right one. */
function roundedShift(value: number, shift: number): number {
  const half = 1 << (shift - 1);
  const kept = value >> shift;
  const lost = value & ((1 << shift) - 1);
  return lost > half || (lost === half && (kept & 1) === 1) ? kept + 1 : kept;
}

export function float16ToFloat32(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(halves.length);
  // Written as bits, because a float register may quieten a NaN.
  const outBits = new Uint32Array(out.buffer);
  for (let i = 0; i < halves.length; i++) outBits[i] = widened(halves[i] as number);
  return out;
}

export function float32ToFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const out = new Uint16Array(values.length);
  const from = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < values.length; i++) out[i] = narrowed(from[i] as number);
  return out;
}

export function bfloat16ToFloat32(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(halves.length);
  const outBits = new Uint32Array(out.buffer);
  for (let i = 0; i < halves.length; i++) outBits[i] = (halves[i] as number) << 16;
  return out;
}

/** bfloat16 is the upper half of a float32. */
export function float32ToBfloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    float[0] = values[i] as number;
    const single = bits[0] as number;
    const magnitude = single & 0x7fffffff;
    const upper = single >>> 16;
    out[i] = magnitude > 0x7f800000 ? upper | 0x40 : (upper & 0x8000) | roundedShift(magnitude, 16);
  }
  return out;
}
