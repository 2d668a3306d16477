/** Kernels of labels alone. @module */
import type { SoftmaxKernel } from "./softmax-pixel.ts";

export function nllKernel(weights: readonly number[]): SoftmaxKernel {
  const weighs = weights.some((weight) => weight !== 1);
  return {
    masks: true,
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
  if (!weighs && labelSmoothing === 0) return plainCrossEntropyKernel;
  return {
    masks: labelSmoothing === 0,
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

/** Cross-entropy of logits where all classes weigh the same. */
const plainCrossEntropyKernel: SoftmaxKernel = {
  masks: true,
  isPlainCrossEntropy: true,
  second(tile, coefficients, sums) {
    tile.kernels.plainCrossEntropy(
      tile.x,
      tile.xStride,
      tile.e,
      tile.stride,
      tile.target(),
      tile.r,
      tile.classes,
      tile.count,
      coefficients[0],
      tile.elements,
      tile.grad,
      tile.gradStride,
      tile.adds,
      tile.own,
      tile.row(0),
      sums.byteOffset,
    );
  },
  straight: {
    second(tile, coefficients, sums) {
      const isFaulty = tile.kernels.crossEntropyOfLogits(
        tile.x,
        tile.xStride,
        tile.target(),
        tile.classes,
        tile.count,
        tile.readable,
        coefficients[0],
        tile.grad,
        tile.gradStride,
        tile.e,
        tile.stride,
        tile.own,
        tile.r,
        tile.row(0),
        tile.row(1),
        sums.byteOffset,
      );
      return isFaulty !== 0;
    },
  },
};

/** Focal cosine loss; `factor` weighs its focal part. */
export function focalCosineKernel(factor: number, gamma: number): SoftmaxKernel {
  return {
    second(tile, coefficients, sums) {
      tile.kernels.focalCosine(
        tile.x,
        tile.xStride,
        tile.target(),
        tile.classes,
        tile.count,
        factor,
        gamma,
        coefficients[0],
        tile.elements,
        tile.grad,
        tile.gradStride,
        tile.adds,
        tile.work,
        tile.stride,
        tile.own,
        sums.byteOffset,
      );
    },
  };
}

/** Bi-tempered loss for a t2 above 1, of labels that are not softened. */
export function biTemperedKernel(t1: number, t2: number): SoftmaxKernel {
  const series = seriesOfPowers(t1);
  return {
    prepare(constants) {
      constants.set(series);
    },
    second(tile, coefficients, sums) {
      tile.kernels.biTempered(
        tile.x,
        tile.xStride,
        tile.target(),
        tile.classes,
        tile.count,
        t1,
        t2,
        tile.constants,
        coefficients[0],
        tile.elements,
        tile.grad,
        tile.gradStride,
        tile.adds,
        tile.work,
        tile.own,
        sums.byteOffset,
      );
    },
  };
}

/** The factors of y^2 to y^14 in (1 - exp(-k y)) / k - (1 - exp(-e y)) / e, k = 1 - t1, e = 2 - t1. */
function seriesOfPowers(t1: number): number[] {
  let factorial = 1;
  return Array.from({ length: 13 }, (_, i) => {
    const n = i + 2;
    factorial *= n;
    return ((-1) ** n * ((2 - t1) ** (n - 1) - (1 - t1) ** (n - 1))) / factorial;
  });
}

/** A kernel that takes any targets, with another in its place for labels. */
export function onLabels(any: SoftmaxKernel, labels: SoftmaxKernel): SoftmaxKernel {
  const { straight, isPlainCrossEntropy } = labels;
  return {
    ...any,
    ...(straight && { straight }),
    ...(isPlainCrossEntropy && { isPlainCrossEntropy }),
    masks: any.masks === true && labels.masks === true,
    prepare(constants, targetKind) {
      (targetKind === "labels" ? labels : any).prepare?.(constants, targetKind);
    },
    second(tile, coefficients, sums) {
      (tile.targetKind === "labels" ? labels : any).second(tile, coefficients, sums);
    },
  };
}
