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

/** The same in float64. */
function writeExactSlopes(constants: Float32Array, coefficients: Float64Array, classes: number): void {
  const slopes = new Float64Array(constants.buffer, constants.byteOffset, 2 * classes);
  slopes.set(coefficients.map((v, i) => (i < classes ? -v : v)));
}

/** Labels under a softmax. */
export function softmaxKernel(classes: number, kernel: OverlapKernel): KernelMaps {
  return {
    ...(kernel === "simd" && keptMaps(classes)),
    prepare(constants, coefficients) {
      if (coefficients === undefined) return;
      if (kernel === "exact") writeExactSlopes(constants, coefficients, classes);
      else writeSlopes(constants, coefficients, classes);
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
      const { kept, keptStride, work } = tile;
      kernels.overlapOfLabels(e, stride, labels, r, classes, count, kept, keptStride, at, own, work);
    },
    second(tile) {
      if (tile.grad === 0) return;
      if (kernel !== "simd") {
        exactGrad(tile, classes, kernel);
        return;
      }
      const { kernels, constants: a, count, grad, gradStride, adds, work } = tile;
      const [from, stride, r] = keptOf(tile);
      const b = a + 4 * classes;
      const labels = tile.target();
      kernels.overlapOfLabelsGrad(
        from,
        stride,
        labels,
        r,
        a,
        b,
        classes,
        count,
        grad,
        gradStride,
        adds,
        work,
      );
    },
  };
}

/** What maps of float32 probabilities can do besides. */
function keptMaps(classes: number): Pick<KernelMaps, "keeps" | "straight" | "secondWithCrossEntropy"> {
  return {
    keeps: true,
    straight: {
      first(tile, sums) {
        const { kernels, x, xStride, kept, keptStride, e, stride, own, r, work, count, readable } = tile;
        const labels = tile.target();
        const at = sums.byteOffset + 8 * OVERLAP_SUMS;
        sums[0] += tile.countedLabels();
        return (
          kernels.overlapOfLogits(
            x,
            xStride,
            labels,
            classes,
            count,
            readable,
            kept,
            keptStride,
            at,
            e,
            stride,
            own,
            r,
            work,
          ) !== 0
        );
      },
    },
    secondWithCrossEntropy(tile, scale, crossEntropySums) {
      const { kernels, x, xStride, constants: a, count, grad, gradStride, adds, work } = tile;
      const [from, stride, r] = keptOf(tile);
      kernels.overlapAndCrossEntropyGrad(
        x,
        xStride,
        from,
        stride,
        tile.target(),
        r,
        a,
        a + 4 * classes,
        classes,
        count,
        scale,
        grad,
        gradStride,
        adds,
        work,
        crossEntropySums.byteOffset,
      );
    },
  };
}

/** Rows of p where they are kept, else of e, their stride, and r of the e. */
function keptOf({ kept, keptStride, e, stride, r }: SimdTile): [from: number, stride: number, r: number] {
  return kept === 0 ? [e, stride, r] : [kept, keptStride, 0];
}

/** Slopes of the probabilities in float64, then their chain. */
function exactGrad(tile: SimdTile, classes: number, kernel: OverlapKernel): void {
  const { kernels, e, stride, r, constants: a, count, work, grad, gradStride, adds, own } = tile;
  const labels = tile.target();
  const slopes = tile.doubleRow(2);
  if (kernel === "exact") {
    kernels.overlapSlopes(a, a + 8 * classes, labels, classes, count, slopes, stride);
  } else {
    kernels.squaredErrorSlopes(e, stride, labels, r, a, a + 4 * classes, classes, count, slopes, stride, own);
  }
  kernels.softmaxFieldGrad(e, stride, r, classes, count, slopes, stride, work, grad, gradStride, adds);
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
