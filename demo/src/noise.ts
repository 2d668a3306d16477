/**
 * Texture noise out of integers, +, * and floor alone. `Math.sin`, `exp` and `pow` may round differently from one
 * JavaScript engine to the next, and a scene has to be the same bytes everywhere.
 * @module
 */

/** A number in [0, 1) for a cell of an integer grid. */
export function cellNoise(x: number, y: number, seed: number): number {
  let h = Math.imul(x | 0, 0x27d4eb2d) ^ Math.imul(y | 0, 0x165667b1) ^ Math.imul(seed | 0, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

/** Noise in [0, 1) that varies smoothly over distances of about 1. */
export function smoothNoise(x: number, y: number, seed: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const u = ease(x - left);
  const v = ease(y - top);
  const upper = cellNoise(left, top, seed) * (1 - u) + cellNoise(left + 1, top, seed) * u;
  const lower = cellNoise(left, top + 1, seed) * (1 - u) + cellNoise(left + 1, top + 1, seed) * u;
  return upper * (1 - v) + lower * v;
}

/** Three octaves of `smoothNoise`, in [0, 1). */
export function cloudNoise(x: number, y: number, seed: number): number {
  return (
    (4 * smoothNoise(x, y, seed) +
      2 * smoothNoise(2 * x, 2 * y, seed + 1) +
      smoothNoise(4 * x, 4 * y, seed + 2)) /
    7
  );
}

/** 0 up to `from`, 1 beyond `to`, smooth between. */
export function smoothStep(from: number, to: number, x: number): number {
  return ease(Math.min(1, Math.max(0, (x - from) / (to - from))));
}

function ease(t: number): number {
  return t * t * (3 - 2 * t);
}
