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
export { type AsymmetricSimilarityOptions, asymmetricSimilarity } from "./losses/asymmetric-similarity.ts";
export { type BinaryCrossEntropyOptions, binaryCrossEntropy } from "./losses/binary-cross-entropy.ts";
export { type ComboOptions, combo } from "./losses/combo.ts";
export { type CrossEntropyOptions, crossEntropy } from "./losses/cross-entropy.ts";
export { type DiceOptions, dice } from "./losses/dice.ts";
export {
  type ExponentialLogarithmicOptions,
  exponentialLogarithmic,
} from "./losses/exponential-logarithmic.ts";
export { type FocalOptions, focal } from "./losses/focal.ts";
export { type FocalTverskyOptions, focalTversky } from "./losses/focal-tversky.ts";
export { type GeneralizedDiceOptions, generalizedDice } from "./losses/generalized-dice.ts";
export {
  type GeneralizedWassersteinDiceOptions,
  generalizedWassersteinDice,
} from "./losses/generalized-wasserstein-dice.ts";
export { type JaccardOptions, jaccard } from "./losses/jaccard.ts";
export { type LogCoshDiceOptions, logCoshDice } from "./losses/log-cosh-dice.ts";
export { type MccOptions, mcc } from "./losses/mcc.ts";
export {
  type PenaltyGeneralizedDiceOptions,
  penaltyGeneralizedDice,
} from "./losses/penalty-generalized-dice.ts";
export {
  type SensitivitySpecificityOptions,
  sensitivitySpecificity,
} from "./losses/sensitivity-specificity.ts";
export { type SoftF1Options, softF1 } from "./losses/soft-f1.ts";
export { type TverskyOptions, tversky } from "./losses/tversky.ts";
export { type UnifiedFocalOptions, unifiedFocal } from "./losses/unified-focal.ts";
export {
  CalibrationError,
  type CalibrationErrorState,
  type CalibrationNorm,
  type ReliabilityBin,
} from "./metrics/calibration-error.ts";
export { ConfusionMatrix, type ConfusionMatrixState } from "./metrics/confusion-matrix.ts";
export { PerClassMean, type PerClassMeanState } from "./metrics/per-class-mean.ts";
export { predictedLabels } from "./metrics/predicted-labels.ts";
export { type SurfaceDistances, type SurfaceOptions, surfaceDistances } from "./metrics/surface-distances.ts";
export {
  SurfaceMetrics,
  type SurfaceMetricsOptions,
  type SurfaceMetricsState,
  type Tolerance,
} from "./metrics/surface-metrics.ts";
export {
  averageSurfaceDistance,
  boundaryF1,
  hausdorffDistance,
  surfaceDice,
} from "./metrics/surface-scores.ts";
export { nearestName } from "./nearest-name.ts";
export { describeField, type OptionField, type OptionFields } from "./options.ts";
export { cutPieces, type Piece } from "./pieces.ts";
export { addSums, LossPlan } from "./plan.ts";
export type { Layout, Problem } from "./problem.ts";
export { type ReferenceResult, referenceValueAndGrad } from "./reference/evaluate.ts";
export { distanceField } from "./surface/distance-field.ts";
export {
  type SignedDistanceMapsOptions,
  signedDistanceMap,
  signedDistanceMaps,
} from "./surface/signed-distance-map.ts";
export { squaredDistanceFromSeeds, squaredDistanceTransform } from "./surface/squared-distance-transform.ts";
export { elementCount, formatDims, positionOf, type Tensor, type TypedArray, tensor } from "./tensor.ts";
export { weightedSum } from "./weighted-sum.ts";
