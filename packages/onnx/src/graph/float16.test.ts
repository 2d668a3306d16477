import { expect, test } from "vitest";
import {
  bfloat16ToFloat32,
  float16ToFloat32,
  float32ToBfloat16,
  float32ToFloat16,
  LARGEST_FLOAT16,
} from "./float16.ts";

const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
const narrow = (value: number): number => float32ToFloat16(Float32Array.of(value))[0] as number;
const widen = (half: number): number => float16ToFloat32(Uint16Array.of(half))[0] as number;

/** The value of a float16 by its definition. */
function defined(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

test("all 65536 float16 widen to the value their bits define", () => {
  expect(float16ToFloat32(all).findIndex((value, i) => !Object.is(value, defined(i)))).toBe(-1);
});

test("all 65536 float16 come back from float32 bit by bit, NaN included", () => {
  expect(float32ToFloat16(float16ToFloat32(all)).findIndex((half, i) => half !== all[i])).toBe(-1);
});

test("a float32 between two float16 takes the nearer, and the even one half way", () => {
  const wrong: number[] = [];
  for (let half = 0; half < 0x7bff; half++) {
    const [low, high] = [defined(half), defined(half + 1)];
    const middle = (low + high) / 2;
    const tiny = (high - low) / 64;
    const even = half % 2 === 0 ? half : half + 1;
    const values = Float32Array.of(middle - tiny, middle, middle + tiny, -middle);
    const expected = [half, even, half + 1, even | 0x8000];
    if (float32ToFloat16(values).some((got, i) => got !== expected[i])) wrong.push(half);
  }
  expect(wrong).toEqual([]);
});

test("what is too large for float16 becomes infinity from 65520 on, what is too small zero", () => {
  expect([65519, 65520, 1e30, -1e30].map((value) => widen(narrow(value)))).toEqual([
    LARGEST_FLOAT16,
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
  expect([2 ** -25, 2 ** -25 * 1.001, 1e-40, -1e-40].map(narrow)).toEqual([0, 1, 0, 0x8000]);
});

test("all 65536 bfloat16 come back from float32, but that a NaN is a quiet one", () => {
  const quiet = all.map((half) => ((half & 0x7fff) > 0x7f80 ? half | 0x40 : half));
  expect(float32ToBfloat16(bfloat16ToFloat32(all)).findIndex((half, i) => half !== quiet[i])).toBe(-1);
});

test("bfloat16 rounds to nearest, ties to even", () => {
  const at = (upper: number, lower: number): number => {
    const bits = Uint32Array.of(upper * 65536 + lower);
    return float32ToBfloat16(new Float32Array(bits.buffer))[0] as number;
  };
  expect([at(0x3f80, 0x7fff), at(0x3f80, 0x8000), at(0x3f81, 0x8000), at(0x3f80, 0x8001)]).toEqual([
    0x3f80, 0x3f80, 0x3f82, 0x3f81,
  ]);
  expect(at(0x7f7f, 0xffff)).toBe(0x7f80);
});
