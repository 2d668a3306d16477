/** The overlap family on the SIMD kernels: products of p and g, P and G of p and g themselves. @module */
import type { SimdTile } from "../engine/tile.ts";
import type { TermMaps } from "../term.ts";
import { OVERLAP_SUMS } from "./overlap-sums.ts";

/** Float32 numbers where the kernels want a and b of d_c = b_c - a_c g. */
function kernelSlopes(coefficients: Float64Array, classes: number): Float64Array {
  return coefficients.map((slope, i) => (i < classes ? -slope : slope));
}

/** Labels under a softmax. */
export function softmaxKernel(classes: number): TermMaps<SimdTile> {
  const ones = new Array<number>(classes).fill(1);
  return {
    first(tile, sums) {
      const { kernels, p, stride, target, count } = tile;
      kernels.countLabels(target, count, tile.constants(ones), sums.byteOffset);
      kernels.overlapOfLabels(p, stride, target, classes, count, sums.byteOffset + 8 * OVERLAP_SUMS);
    },
    second(tile, coefficients) {
      const { kernels, p, stride, target, a, count, grad } = tile;
      if (grad === 0) return;
      const slopes = tile.constants(kernelSlopes(coefficients, classes));
      kernels.overlapOfLabelsGrad(
        p,
        stride,
        target,
        a,
        slopes,
        slopes + 4 * classes,
        classes,
        count,
        grad,
        stride,
      );
    },
  };
}

/** Dense targets under a sigmoid. */
export function sigmoidKernel(classes: number): TermMaps<SimdTile> {
  return {
    first({ kernels, x, xStride, target, stride, count }, sums) {
      kernels.countTargets(target, stride, classes, count, sums.byteOffset);
      for (let c = 0; c < classes; c++) {
        const at = sums.byteOffset + 8 * (OVERLAP_SUMS + 4 * c);
        kernels.overlapOfTargets(x + c * xStride * 4, target + c * stride * 4, count, at);
      }
    },
    second(tile, coefficients) {
      const { kernels, x, xStride, count, grad } = tile;
      if (grad === 0) return;
      const slopes = kernelSlopes(coefficients, classes);
      for (let c = 0; c < classes; c++) {
        kernels.overlapOfTargetsGrad(
          x + c * xStride * 4,
          tile.row(tile.target, c),
          count,
          slopes[c],
          slopes[classes + c],
          tile.row(grad, c),
        );
      }
    },
  };
}
