/**
 * Means over a pixel's neighbourhood: one kernel along each spatial axis in turn, zeros beyond the edges.
 *
 * @module
 */
import { erf } from "../reference/erf.ts";

/** `size` equal weights that add up to 1, size odd. */
export function meanKernel(size: number): Float64Array {
  return new Float64Array(size).fill(1 / size);
}

/**
 * A Gaussian integrated over each pixel, cut at 4 sigma and not renormalised, as MONAI's GaussianFilter:
 * k_j = (erf((j + 1/2) / (sigma sqrt 2)) - erf((j - 1/2) / (sigma sqrt 2))) / 2, |j| <= floor(max(4 sigma, 1/2) + 1/2).
 */
export function gaussianKernel(sigma: number): Float64Array {
  const tail = Math.floor(Math.max(4 * sigma, 0.5) + 0.5);
  const edge = (j: number) => erf((j - 0.5) / (sigma * Math.SQRT2));
  return Float64Array.from({ length: 2 * tail + 1 }, (_, i) => (edge(i - tail + 1) - edge(i - tail)) / 2);
}

/** `values` `[...spatial]` under `kernel` along every axis. */
export function smoothed(
  values: Float64Array,
  spatial: readonly number[],
  kernel: Float64Array,
): Float64Array {
  let from = values;
  let stride = values.length;
  for (const size of spatial) {
    stride /= size;
    from = alongAxis(from, size, stride, kernel);
  }
  return from;
}

function alongAxis(from: Float64Array, size: number, stride: number, kernel: Float64Array): Float64Array {
  const to = new Float64Array(from.length);
  const tail = (kernel.length - 1) / 2;
  for (let i = 0; i < from.length; i++) {
    const at = Math.floor(i / stride) % size;
    const begin = Math.max(-tail, -at);
    const end = Math.min(tail, size - 1 - at);
    for (let j = begin; j <= end; j++) to[i] += kernel[tail + j] * from[i + j * stride];
  }
  return to;
}
