/**
 * Bilinear resizing of RGB pixels, in float.
 *
 * On each axis output pixel `j` has its centre at `c = (j + 0.5) in / out` in input pixels, and
 *
 *   y[j] = sum_i w(i) x[i] / sum_i w(i),   w(i) = max(0, 1 - |i + 0.5 - c|)
 *
 * as OpenCV's INTER_LINEAR and torch's `interpolate(mode="bilinear")`, which is what most deployed models are fed. Not
 * sharp's `linear` kernel: libvips aligns corners when it enlarges, which moves the image half a pixel against its mask.
 *
 * @module
 */
import type { Size } from "./preprocess.ts";

/**
 * Columns first, then rows; nothing is rounded to whole levels in between or after.
 * @param pixels - `[from[0], from[1], 3]`.
 * @returns `[to[0], to[1], 3]`, in the range of `pixels`; `pixels` itself when the sizes are equal.
 */
export function resizeBilinear(pixels: Uint8Array, from: Size, to: Size): Uint8Array | Float32Array {
  const narrow = from[1] === to[1] ? pixels : resizeColumns(pixels, from, to[1]);
  return from[0] === to[0] ? narrow : resizeRows(narrow, from[0], to);
}

function resizeColumns(pixels: Uint8Array, [height, from]: Size, to: number): Float32Array {
  const out = new Float32Array(height * to * 3);
  const taps = triangles(from, to);
  for (let y = 0, k = 0; y < height; y++) {
    const row = y * from * 3;
    for (const { first, weights } of taps) {
      let red = 0;
      let green = 0;
      let blue = 0;
      let i = row + first * 3;
      for (const weight of weights) {
        red += weight * pixels[i++]!;
        green += weight * pixels[i++]!;
        blue += weight * pixels[i++]!;
      }
      out[k++] = red;
      out[k++] = green;
      out[k++] = blue;
    }
  }
  return out;
}

function resizeRows(pixels: Uint8Array | Float32Array, from: number, [height, width]: Size): Float32Array {
  const stride = width * 3;
  const out = new Float32Array(height * stride);
  // A row of sums, so that memory is read in order.
  const sums = new Float64Array(stride);
  triangles(from, height).forEach(({ first, weights }, y) => {
    sums.fill(0);
    weights.forEach((weight, tap) => {
      const row = (first + tap) * stride;
      for (let k = 0; k < stride; k++) sums[k]! += weight * pixels[row + k]!;
    });
    out.set(sums, y * stride);
  });
  return out;
}

interface Taps {
  /** The first input pixel with a weight. */
  readonly first: number;
  /** They sum to 1. */
  readonly weights: Float64Array;
}

function triangles(from: number, to: number): Taps[] {
  return Array.from({ length: to }, (_, j) => {
    const center = ((j + 0.5) * from) / to;
    const first = Math.max(0, Math.ceil(center - 1.5));
    const last = Math.min(from - 1, Math.floor(center + 0.5));
    const weights = Float64Array.from({ length: last - first + 1 }, (_, tap) =>
      Math.max(0, 1 - Math.abs(first + tap + 0.5 - center)),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}
