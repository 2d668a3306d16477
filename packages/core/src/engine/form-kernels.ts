/** Kernels that differ in their form alone, and are called alike. @module */

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

export interface FormKernels {
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
  readonly forwardKlByLog: DivergenceKernel;
  readonly forwardKlByProbability: DivergenceKernel;
  readonly reverseKlByLog: DivergenceKernel;
  readonly reverseKlByProbability: DivergenceKernel;
  readonly jensenShannonByLog: DivergenceKernel;
  readonly jensenShannonByProbability: DivergenceKernel;
}
