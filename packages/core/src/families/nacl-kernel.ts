/** The cross-entropy and the logits of neighbour-aware calibration on the SIMD kernels: labels under a softmax. @module */
import type { SimdTile } from "../engine/tile.ts";
import type { KernelMaps } from "../term.ts";
import { chainSlopes } from "./pixel-mean-kernel.ts";

/** Sums of the first map: counted pixels, their weights, those times the classes that count, cross-entropy. */
export const NaclSum = { pixels: 0, weights: 1, elements: 2, crossEntropy: 3, length: 4 } as const;

export function naclKernel(classes: number): KernelMaps {
  return {
    prepare(constants) {
      new Float64Array(constants.buffer, constants.byteOffset, classes).fill(1);
    },
    first(tile, sums) {
      const { kernels, x, xStride, count, field, fieldStride } = tile;
      const labels = tile.target();
      const counted = tile.countedLabels();
      sums[NaclSum.pixels] += counted;
      sums[NaclSum.weights] += counted;
      sums[NaclSum.elements] += counted * classes;
      crossEntropyOf(tile, labels, 0, sums.byteOffset + 8 * NaclSum.crossEntropy);
      for (let c = 0; c < classes; c++) {
        kernels.logitField(x + c * xStride * 4, count, field + c * fieldStride * 8);
      }
    },
    second(tile, [scale], sums) {
      const { kernels, count, field, fieldStride, grad, gradStride } = tile;
      if (grad === 0) return;
      const labels = tile.target();
      // Its sum is known since the first map.
      const before = sums[0];
      crossEntropyOf(tile, labels, scale, sums.byteOffset);
      sums[0] = before;
      chainSlopes(tile, labels, tile.doubleRow(0));
      for (let c = 0; c < classes; c++) {
        kernels.plainFieldGrad(count, field + c * fieldStride * 8, grad + c * gradStride * 4, 1);
      }
    },
  };
}

/** As a power of 1 of -log p_y: its sum, and its slopes times `scale` in the first row of float64. */
function crossEntropyOf(tile: SimdTile, labels: number, scale: number, sum: number): void {
  const { kernels, x, xStride, e, stride, r, constants, classes, count, own } = tile;
  kernels.powerCostOfLabels(
    x,
    xStride,
    e,
    stride,
    labels,
    r,
    constants,
    1,
    1,
    classes,
    count,
    scale,
    0,
    tile.doubleRow(0),
    own,
    sum,
  );
}
