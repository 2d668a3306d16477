/** Kernels of labels alone: cross-entropy, and negative log-likelihood. @module */
import type { SoftmaxKernel } from "./softmax-pixel.ts";

export function nllKernel(weights: readonly number[]): SoftmaxKernel {
  const weighs = weights.some((weight) => weight !== 1);
  return {
    classWeights: weights,
    prepare(constants) {
      constants.set(weights);
    },
    second(tile, coefficients, sums) {
      tile.kernels.negativeLogLikelihood(
        tile.x,
        tile.xStride,
        tile.target(),
        weighs ? tile.constants : 0,
        tile.classes,
        tile.count,
        coefficients[0],
        tile.elements,
        tile.grad,
        tile.gradStride,
        tile.adds,
        tile.own,
        sums.byteOffset,
      );
    },
  };
}

/** Cross-entropy of logits. */
export function crossEntropyKernel(weights: readonly number[], labelSmoothing: number): SoftmaxKernel {
  const weighs = weights.some((weight) => weight !== 1);
  return {
    classWeights: weights,
    prepare(constants) {
      constants.set(weights);
    },
    second(tile, coefficients, sums) {
      tile.kernels.crossEntropy(
        tile.x,
        tile.xStride,
        tile.e,
        tile.stride,
        tile.target(),
        tile.r,
        weighs ? tile.constants : 0,
        labelSmoothing,
        tile.classes,
        tile.count,
        coefficients[0],
        tile.elements,
        tile.grad,
        tile.gradStride,
        tile.adds,
        tile.own,
        tile.row(0),
        tile.row(1),
        sums.byteOffset,
      );
    },
  };
}

/** A kernel that takes any targets, with another in its place for labels. */
export function onLabels(any: SoftmaxKernel, labels: SoftmaxKernel): SoftmaxKernel {
  return {
    ...any,
    prepare(constants, targetKind) {
      (targetKind === "labels" ? labels : any).prepare?.(constants, targetKind);
    },
    second(tile, coefficients, sums) {
      (tile.targetKind === "labels" ? labels : any).second(tile, coefficients, sums);
    },
  };
}
