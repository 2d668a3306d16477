/**
 * The overlap family on the SIMD kernels: products of p and g, P and G of p and g themselves, and squared errors.
 *
 * @module
 */
import type { SimdTile } from "../engine/tile.ts";
import type { KernelMaps } from "../term.ts";
import { OVERLAP_SUMS } from "./overlap-sums.ts";

/**
 * How exact the sums of the first map are, and what of: `simd` float32 probabilities, to 1e-7; `exact` float64 ones;
 * `squared-errors` in float64.
 */
export type OverlapKernel = "simd" | "exact" | "squared-errors";

/** Float32 numbers where the kernels want a and b of d_c = b_c - a_c g. */
function writeSlopes(constants: Float32Array, coefficients: Float64Array, classes: number): void {
  for (let c = 0; c < classes; c++) {
    constants[c] = -coefficients[c];
    constants[classes + c] = coefficients[classes + c];
  }
}

/**
 * Moves all b by the same number, which a softmax does not notice, so that the middle one is 0: where they are nearly
 * equal, float32 keeps their differences.
 */
function moveSlopes(constants: Float32Array, coefficients: Float64Array, classes: number): void {
  const b = coefficients.subarray(classes, 2 * classes);
  const middle = b.slice().sort()[classes >> 1];
  for (let c = 0; c < classes; c++) constants[classes + c] = b[c] - middle;
}

/** Labels under a softmax. */
export function softmaxKernel(classes: number, kernel: OverlapKernel): KernelMaps {
  return {
    prepare(constants, coefficients) {
      if (coefficients === undefined) return;
      writeSlopes(constants, coefficients, classes);
      if (kernel === "exact") moveSlopes(constants, coefficients, classes);
    },
    first(tile, sums) {
      const { kernels, e, r, stride, own, count } = tile;
      const labels = tile.target();
      const at = sums.byteOffset + 8 * OVERLAP_SUMS;
      sums[0] += tile.countedLabels();
      if (kernel !== "simd") {
        const { x, xStride } = tile;
        const sumOf = kernel === "exact" ? kernels.exactOverlapOfLabels : kernels.exactErrorsOfLabels;
        const [sum, rest, rows] = [tile.doubleRow(0), tile.doubleRow(1), tile.doubleRow(2)];
        sumOf(x, xStride, labels, classes, count, rows, stride, own, sum, rest, at);
        return;
      }
      kernels.overlapOfLabels(e, stride, labels, r, own, classes, count, at);
    },
    second(tile) {
      if (tile.grad === 0) return;
      if (kernel === "squared-errors") {
        squaredErrorsGrad(tile, classes);
        return;
      }
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

/** Slopes of the probabilities, then their chain. */
function squaredErrorsGrad(tile: SimdTile, classes: number): void {
  const { kernels, e, stride, r, constants, count, grad, gradStride, adds, own } = tile;
  const slopes = tile.doubleRow(2);
  const b = constants + 4 * classes;
  kernels.squaredErrorSlopes(e, stride, tile.target(), r, constants, b, classes, count, slopes, stride, own);
  kernels.softmaxFieldGrad(e, stride, r, classes, count, slopes, stride, grad, gradStride, adds);
}

/** Dense targets under a sigmoid. */
export function sigmoidKernel(classes: number, kernel: OverlapKernel): KernelMaps {
  return {
    first(tile, sums) {
      const { kernels, x, xStride, stride, count } = tile;
      const target = tile.target();
      kernels.countTargets(target, stride, classes, count, sums.byteOffset);
      for (let c = 0; c < classes; c++) {
        const at = sums.byteOffset + 8 * (OVERLAP_SUMS + 4 * c);
        const sumOf = {
          simd: kernels.overlapOfTargets,
          exact: kernels.exactOverlapOfTargets,
          "squared-errors": kernels.exactErrorsOfTargets,
        }[kernel];
        sumOf(x + c * xStride * 4, target + c * stride * 4, count, at);
      }
    },
    second(tile, coefficients) {
      const { kernels, x, xStride, stride, count, grad, gradStride, adds } = tile;
      if (grad === 0) return;
      const target = tile.target();
      const gradOf = kernel === "squared-errors" ? kernels.squaredErrorGrad : kernels.overlapOfTargetsGrad;
      for (let c = 0; c < classes; c++) {
        gradOf(
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
