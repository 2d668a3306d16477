/** Sums of the overlap family in float64. */
export type ExactSumsOfLabels = (
  x: number,
  xStride: number,
  labels: number,
  channels: number,
  n: number,
  e: number,
  eStride: number,
  m: number,
  sum: number,
  rest: number,
  sums: number,
) => void;

/** The Lovász extension of a row of signed errors. */
export type LovaszRow = (
  values: number,
  n: number,
  scale: number,
  items: number,
  spare: number,
  list: number,
  counts: number,
) => number;

/** The kernels of losses that rank or measure whole images, beside those of kernels.ts; see assembly/. */
export interface FieldKernels {
  softmaxField(
    x: number,
    xStride: number,
    channels: number,
    n: number,
    field: number,
    fieldStride: number,
    m: number,
    sum: number,
    rest: number,
  ): void;
  lovaszField(
    x: number,
    xStride: number,
    labels: number,
    channels: number,
    n: number,
    field: number,
    fieldStride: number,
    e: number,
    eStride: number,
    m: number,
    sum: number,
    rest: number,
  ): void;
  crossEntropyField(
    x: number,
    xStride: number,
    labels: number,
    weights: number,
    channels: number,
    n: number,
    field: number,
    ignored: number,
    m: number,
    sum: number,
    rest: number,
  ): void;
  logitField(x: number, n: number, field: number): void;
  sigmoidField(x: number, n: number, field: number): void;
  sigmoidErrorField(x: number, targets: number, n: number, field: number): void;
  hingeField(x: number, targets: number, n: number, field: number): void;
  binaryCrossEntropyField(
    x: number,
    targets: number,
    n: number,
    weight: number,
    ignored: number,
    field: number,
  ): void;
  countLabels(labels: number, n: number, sums: number): void;
  countChannels(
    targets: number,
    stride: number,
    channels: number,
    n: number,
    onlyPositive: number,
    pixels: number,
    ofChannels: number,
  ): void;
  softmaxFieldGrad(
    e: number,
    eStride: number,
    r: number,
    channels: number,
    n: number,
    field: number,
    fieldStride: number,
    work: number,
    grad: number,
    gradStride: number,
    adds: number,
  ): void;
  scaledSoftmaxFieldGrad(
    e: number,
    eStride: number,
    r: number,
    channels: number,
    n: number,
    field: number,
    fieldStride: number,
    work: number,
    factors: number,
    grad: number,
    gradStride: number,
    adds: number,
  ): void;
  sigmoidFieldGrad(x: number, n: number, field: number, factor: number, grad: number, adds: number): void;
  plainFieldGrad(n: number, field: number, grad: number, adds: number): void;
  hardPixelGrad(
    e: number,
    eStride: number,
    labels: number,
    r: number,
    weights: number,
    channels: number,
    n: number,
    field: number,
    grad: number,
    gradStride: number,
    adds: number,
    own: number,
    factor: number,
  ): void;
  hardElementGrad(
    x: number,
    targets: number,
    n: number,
    weight: number,
    field: number,
    grad: number,
    adds: number,
  ): void;
  readonly exactOverlapOfLabels: ExactSumsOfLabels;
  readonly exactErrorsOfLabels: ExactSumsOfLabels;
  exactOverlapOfTargets(x: number, targets: number, n: number, sums: number): void;
  exactErrorsOfTargets(x: number, targets: number, n: number, sums: number): void;
  overlapSlopes(
    a: number,
    b: number,
    labels: number,
    channels: number,
    n: number,
    to: number,
    toStride: number,
  ): void;
  wassersteinSums(
    e: number,
    eStride: number,
    labels: number,
    r: number,
    distances: number,
    channels: number,
    n: number,
    distance: number,
    sums: number,
  ): void;
  wassersteinSlopes(
    labels: number,
    distances: number,
    slopes: number,
    channels: number,
    n: number,
    to: number,
    toStride: number,
  ): void;
  squaredErrorSlopes(
    e: number,
    eStride: number,
    labels: number,
    r: number,
    a: number,
    b: number,
    channels: number,
    n: number,
    to: number,
    toStride: number,
    share: number,
  ): void;
  squaredErrorGrad(
    x: number,
    targets: number,
    n: number,
    a: number,
    b: number,
    grad: number,
    adds: number,
  ): void;
  countMembers(values: number, n: number): number;
  countAbove(values: number, n: number, bound: number): number;
  largestAfter(values: number, n: number, k: number, counts: number): number;
  keepLargest(values: number, n: number, count: number, bound: number, share: number): number;
  readonly lovaszRow: LovaszRow;
  readonly lovaszRowOfProbabilities: LovaszRow;
}
