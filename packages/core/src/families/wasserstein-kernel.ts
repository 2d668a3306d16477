/** Generalized Wasserstein Dice on the SIMD kernels: labels under a softmax. @module */
import type { KernelMaps } from "../term.ts";
import { OVERLAP_SUMS } from "./overlap-sums.ts";

export function wassersteinKernel(distances: readonly (readonly number[])[]): KernelMaps {
  const classes = distances.length;
  return {
    table: Float64Array.from(distances.flat()),
    prepare(constants, coefficients) {
      if (coefficients === undefined) return;
      new Float64Array(constants.buffer, constants.byteOffset, classes).set(
        coefficients.subarray(0, classes),
      );
    },
    first(tile, sums) {
      const { kernels, e, stride, r, count, table } = tile;
      const labels = tile.target();
      const at = sums.byteOffset + 8 * OVERLAP_SUMS;
      sums[0] += tile.countedLabels();
      kernels.wassersteinSums(e, stride, labels, r, table, classes, count, tile.doubleRow(0), at);
    },
    second(tile) {
      const { kernels, e, stride, r, count, table, constants, work, grad, gradStride, adds } = tile;
      if (grad === 0) return;
      const slopes = tile.doubleRow(2);
      kernels.wassersteinSlopes(tile.target(), table, constants, classes, count, slopes, stride);
      kernels.softmaxFieldGrad(e, stride, r, classes, count, slopes, stride, work, grad, gradStride, adds);
    },
  };
}
