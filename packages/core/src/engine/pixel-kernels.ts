import type { FormKernels } from "./form-kernels.ts";

/** The kernels of losses that are a sum over pixels, beside those of kernels.ts. */
export interface PixelKernels extends FormKernels {
  countLabelWeights(
    labels: number,
    n: number,
    pixelWeights: number,
    classWeights: number,
    sums: number,
  ): void;
  countTargetWeights(targets: number, n: number, pixelWeights: number, weight: number, sums: number): void;
  sumTargets(targets: number, n: number, pixelWeights: number, positive: number, negative: number): void;
  sumPeaks(targets: number, n: number, pixelWeights: number, threshold: number, sum: number): void;
  countWholePixels(
    targets: number,
    stride: number,
    channels: number,
    n: number,
    pixelWeights: number,
    sums: number,
  ): void;
  weighElements(
    elements: number,
    stride: number,
    rows: number,
    n: number,
    weights: number,
    sums: number,
  ): void;
  weighRows(
    from: number,
    fromStride: number,
    factors: number,
    factorStride: number,
    rows: number,
    n: number,
    to: number,
    toStride: number,
    adds: number,
  ): void;
  oneHotRows(labels: number, n: number, channels: number, to: number, stride: number): void;
  negativeLogLikelihood(
    x: number,
    xStride: number,
    labels: number,
    weights: number,
    channels: number,
    n: number,
    scale: number,
    elements: number,
    grad: number,
    gradStride: number,
    adds: number,
    own: number,
    sums: number,
  ): void;
  distributionOfLogits(
    x: number,
    xStride: number,
    e: number,
    eStride: number,
    r: number,
    channels: number,
    n: number,
    to: number,
    toStride: number,
    l: number,
    u: number,
  ): void;
  distributionOfProbabilities(
    x: number,
    xStride: number,
    least: number,
    channels: number,
    n: number,
    to: number,
    toStride: number,
    l: number,
    u: number,
  ): void;
  distributionOfLogProbabilities(
    x: number,
    xStride: number,
    channels: number,
    n: number,
    to: number,
    toStride: number,
    l: number,
    u: number,
  ): void;
  softenedSoftmax(
    x: number,
    xStride: number,
    temperature: number,
    channels: number,
    n: number,
    e: number,
    eStride: number,
    r: number,
  ): void;
  maskOfLabels(labels: number, n: number, mask: number): void;
  maskOfRows(targets: number, stride: number, channels: number, n: number, mask: number): void;
  chainRows(
    slopes: number,
    stride: number,
    p: number,
    u: number,
    channels: number,
    n: number,
    scale: number,
    grad: number,
    gradStride: number,
    adds: number,
  ): void;
  focalCosine(
    x: number,
    xStride: number,
    labels: number,
    channels: number,
    n: number,
    factor: number,
    gamma: number,
    scale: number,
    elements: number,
    grad: number,
    gradStride: number,
    adds: number,
    work: number,
    workStride: number,
    own: number,
    sums: number,
  ): void;
  biTempered(
    x: number,
    xStride: number,
    labels: number,
    channels: number,
    n: number,
    t1: number,
    t2: number,
    series: number,
    scale: number,
    elements: number,
    grad: number,
    gradStride: number,
    adds: number,
    work: number,
    own: number,
    sums: number,
  ): void;
  firstClosedLabel(labels: number, n: number, open: number): number;
  closeTargets(row: number, n: number): void;
}
