/** The overlap family on the SIMD kernels: products of p and g, P and G of p and g themselves. @module */
import type { KernelMaps } from "../term.ts";
import { OVERLAP_SUMS } from "./overlap-sums.ts";

/** Float32 numbers where the kernels want a and b of d_c = b_c - a_c g. */
function writeSlopes(constants: Float32Array, coefficients: Float64Array, classes: number): void {
  for (let c = 0; c < classes; c++) {
    constants[c] = -coefficients[c];
    constants[classes + c] = coefficients[classes + c];
  }
}

/** Labels under a softmax. */
export function softmaxKernel(classes: number): KernelMaps {
  return {
    prepare(constants, coefficients) {
      if (coefficients !== undefined) writeSlopes(constants, coefficients, classes);
    },
    first(tile, sums) {
      const { kernels, e, r, stride, own, count } = tile;
      const labels = tile.target();
      const at = sums.byteOffset + 8 * OVERLAP_SUMS;
      sums[0] += tile.countedLabels();
      kernels.overlapOfLabels(e, stride, labels, r, own, classes, count, at);
    },
    second(tile) {
      if (tile.grad === 0) return;
      tile.kernels.overlapOfLabelsGrad(
        tile.e,
        tile.stride,
        tile.target(),
        tile.r,
        tile.constants,
        tile.constants + 4 * classes,
        classes,
        tile.count,
        tile.grad,
        tile.gradStride,
        tile.adds,
        tile.own,
        tile.row(0),
        tile.row(1),
        tile.row(2),
      );
    },
  };
}

/** Dense targets under a sigmoid. */
export function sigmoidKernel(classes: number): KernelMaps {
  return {
    first(tile, sums) {
      const { kernels, x, xStride, stride, count } = tile;
      const target = tile.target();
      kernels.countTargets(target, stride, classes, count, sums.byteOffset);
      for (let c = 0; c < classes; c++) {
        const at = sums.byteOffset + 8 * (OVERLAP_SUMS + 4 * c);
        kernels.overlapOfTargets(x + c * xStride * 4, target + c * stride * 4, count, at);
      }
    },
    second(tile, coefficients) {
      const { kernels, x, xStride, stride, count, grad, gradStride, adds } = tile;
      if (grad === 0) return;
      const target = tile.target();
      for (let c = 0; c < classes; c++) {
        kernels.overlapOfTargetsGrad(
          x + c * xStride * 4,
          target + c * stride * 4,
          count,
          -coefficients[c],
          coefficients[classes + c],
          grad + c * gradStride * 4,
          adds,
        );
      }
    },
  };
}
