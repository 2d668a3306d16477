/** A row of a sigmoid loss; `args` are the numbers of its form (assembly/binary-forms.ts). */
export type BinaryRow = (
  x: number,
  targets: number,
  n: number,
  args: number,
  scale: number,
  elements: number,
  grad: number,
  adds: number,
  sums: number,
) => void;

/** A tile of labels after its softmax; `args` are the numbers of the form (assembly/class-forms.ts). */
export type LabelForm = (
  x: number,
  xStride: number,
  e: number,
  eStride: number,
  labels: number,
  r: number,
  args: number,
  channels: number,
  n: number,
  scale: number,
  elements: number,
  grad: number,
  gradStride: number,
  adds: number,
  own: number,
  factor: number,
  sums: number,
) => void;

/** The same of dense targets; e and r are only read for logits. */
export type SoftForm = (
  x: number,
  xStride: number,
  e: number,
  eStride: number,
  r: number,
  targets: number,
  tStride: number,
  args: number,
  channels: number,
  n: number,
  scale: number,
  elements: number,
  grad: number,
  gradStride: number,
  adds: number,
  work: number,
  workStride: number,
  sums: number,
) => void;

/** Compares student and teacher of a tile (assembly/divergence-forms.ts). */
export type DivergenceKernel = (
  p: number,
  l: number,
  t: number,
  tl: number,
  stride: number,
  mask: number,
  channels: number,
  n: number,
  cool: number,
  factor: number,
  counts: number,
  mass: number,
  sumsToOne: number,
  least: number,
  x: number,
  xStride: number,
  elements: number,
  slopes: number,
  sums: number,
) => void;

/** The kernels of losses that are a sum over pixels, beside those of kernels.ts. */
export interface PixelKernels {
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
  readonly sidedOfLogits: BinaryRow;
  readonly sidedOfProbabilities: BinaryRow;
  readonly polyOfLogits: BinaryRow;
  readonly polyOfProbabilities: BinaryRow;
  readonly qualityOfLogits: BinaryRow;
  readonly qualityOfProbabilities: BinaryRow;
  readonly penaltyOfLogits: BinaryRow;
  readonly penaltyOfProbabilities: BinaryRow;
  readonly linearFocalOfLogits: BinaryRow;
  readonly linearFocalOfProbabilities: BinaryRow;
  readonly expFocalOfLogits: BinaryRow;
  readonly expFocalOfProbabilities: BinaryRow;
  readonly logitFocalOfLogits: BinaryRow;
  readonly logitFocalOfProbabilities: BinaryRow;
  readonly splitFocalOfLogits: BinaryRow;
  readonly splitFocalOfProbabilities: BinaryRow;
  readonly polyOfLabels: LabelForm;
  readonly symmetricOfLabels: LabelForm;
  readonly generalizedOfLabels: LabelForm;
  readonly focalOfLabels: LabelForm;
  readonly crossEntropySoftOfLogits: SoftForm;
  readonly crossEntropySoftOfProbabilities: SoftForm;
  readonly crossEntropySoftOfLogProbabilities: SoftForm;
  readonly polySoftOfLogits: SoftForm;
  readonly polySoftOfProbabilities: SoftForm;
  readonly symmetricSoftOfLogits: SoftForm;
  readonly symmetricSoftOfProbabilities: SoftForm;
  readonly generalizedSoftOfLogits: SoftForm;
  readonly generalizedSoftOfProbabilities: SoftForm;
  readonly focalSoftOfLogits: SoftForm;
  readonly focalSoftOfProbabilities: SoftForm;
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
  readonly forwardKlByLog: DivergenceKernel;
  readonly forwardKlByProbability: DivergenceKernel;
  readonly reverseKlByLog: DivergenceKernel;
  readonly reverseKlByProbability: DivergenceKernel;
  readonly jensenShannonByLog: DivergenceKernel;
  readonly jensenShannonByProbability: DivergenceKernel;
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
}
