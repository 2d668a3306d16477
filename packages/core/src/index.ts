/** Segmentation losses and metrics with exact gradients. No threads and no runtime dependencies. */
export { logSoftmax, oneHot, sigmoid, softmax } from "./activations.ts";
export { catalogue } from "./catalogue.ts";
export { fieldsOf, type LossDefinition, type LossPreset, type Preset, presetNames } from "./definition.ts";
export { LossEngine } from "./engine/loss-engine.ts";
export {
  type Floats,
  type PieceOrigin,
  type PieceOutputs,
  type PieceRows,
  type PieceView,
  type Rows,
  viewPiece,
} from "./engine/piece-view.ts";
export {
  type EncodedError,
  type ErrorCode,
  type ErrorContexts,
  isPixelgradError,
  PixelgradError,
} from "./errors.ts";
export { formatLoss, parseLoss } from "./expression.ts";
export type { AllIgnored, CommonOptions } from "./families/common-options.ts";
export type { Divisor, PixelOptions, Reduction } from "./families/reduction.ts";
export type { FieldMaps, FieldUnit } from "./field.ts";
export { makeFields, type UnitPlace, unitAt, unitPlaces } from "./field-units.ts";
export {
  closeCall,
  type ImageSums,
  inlineEngine,
  type LossCall,
  mapsOf,
  openCall,
  runInline,
  withGrad,
  zeroSums,
} from "./inline.ts";
export type {
  Coupling,
  Loss,
  LossExtra,
  LossGradient,
  LossOptions,
  LossSpec,
  LossValue,
  OptionValue,
  TermValue,
} from "./loss.ts";
export { lossFrom } from "./loss-from.ts";
export { type BinaryCrossEntropyOptions, binaryCrossEntropy } from "./losses/binary-cross-entropy.ts";
export { type CrossEntropyOptions, crossEntropy } from "./losses/cross-entropy.ts";
export { type DiceOptions, dice } from "./losses/dice.ts";
export { type FocalOptions, focal } from "./losses/focal.ts";
export { ConfusionMatrix } from "./metrics/confusion-matrix.ts";
export { predictedLabels } from "./metrics/predicted-labels.ts";
export { nearestName } from "./nearest-name.ts";
export { describeField, type OptionField, type OptionFields } from "./options.ts";
export { cutPieces, type Piece } from "./pieces.ts";
export { addSums, LossPlan } from "./plan.ts";
export type { Layout, Problem } from "./problem.ts";
export { type ReferenceResult, referenceValueAndGrad } from "./reference/evaluate.ts";
export { elementCount, formatDims, positionOf, type Tensor, type TypedArray, tensor } from "./tensor.ts";
export { weightedSum } from "./weighted-sum.ts";
