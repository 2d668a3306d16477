/** Segmentation losses and metrics with exact gradients. No threads and no runtime dependencies. */
export { logSoftmax, oneHot, sigmoid, softmax } from "./activations.ts";
export { type Bands, Workspace } from "./bands.ts";
export { catalogue } from "./catalogue.ts";
export {
  type DeepSupervisionOptions,
  deepSupervision,
  joinLevelGradients,
  joinLevelValues,
  levelsOf,
} from "./deep-supervision.ts";
export { fieldsOf, type LossDefinition, type LossPreset, type Preset, presetNames } from "./definition.ts";
export { LossEngine } from "./engine/loss-engine.ts";
export {
  type Floats,
  type PieceOrigin,
  type PieceOutputs,
  type PieceRows,
  type PieceView,
  type Rows,
  viewFields,
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
export {
  fillingPlaces,
  fillUnit,
  makeFields,
  measureUnit,
  measuringPlaces,
  targetDistances,
  type UnitPlace,
  unitAt,
  unitPlaces,
} from "./field-units.ts";
export {
  closeCall,
  type ImageSums,
  inlineEngine,
  type LossCall,
  mapsOf,
  needsSecond,
  openCall,
  roomForSoftmax,
  runInline,
  withGrad,
  zeroSums,
} from "./inline.ts";
export type {
  Coupling,
  LevelGradients,
  LevelsExtra,
  Loss,
  LossExtra,
  LossGradient,
  LossLevel,
  LossOptions,
  LossSpec,
  LossValue,
  OptionValue,
  TermValue,
} from "./loss.ts";
export { lossFrom } from "./loss-from.ts";
export { type AsymmetricSimilarityOptions, asymmetricSimilarity } from "./losses/asymmetric-similarity.ts";
export {
  type BalancedBinaryCrossEntropyOptions,
  balancedBinaryCrossEntropy,
} from "./losses/balanced-binary-cross-entropy.ts";
export { type BiTemperedOptions, biTempered } from "./losses/bi-tempered.ts";
export { type BinaryCrossEntropyOptions, binaryCrossEntropy } from "./losses/binary-cross-entropy.ts";
export { type BootstrappedOptions, bootstrapped } from "./losses/bootstrapped.ts";
export { type BoundaryOptions, boundary } from "./losses/boundary.ts";
export { type ClDiceOptions, clDice } from "./losses/cl-dice.ts";
export { type ComboOptions, combo } from "./losses/combo.ts";
export { type CrossEntropyOptions, crossEntropy } from "./losses/cross-entropy.ts";
export { type DiceOptions, dice } from "./losses/dice.ts";
export { type DiceClDiceOptions, diceClDice } from "./losses/dice-cl-dice.ts";
export {
  type ExponentialLogarithmicOptions,
  exponentialLogarithmic,
} from "./losses/exponential-logarithmic.ts";
export { type FocalOptions, focal } from "./losses/focal.ts";
export { type FocalCosineOptions, focalCosine } from "./losses/focal-cosine.ts";
export { type FocalTverskyOptions, focalTversky } from "./losses/focal-tversky.ts";
export {
  type GeneralizedCrossEntropyOptions,
  generalizedCrossEntropy,
} from "./losses/generalized-cross-entropy.ts";
export { type GeneralizedDiceOptions, generalizedDice } from "./losses/generalized-dice.ts";
export {
  type GeneralizedWassersteinDiceOptions,
  generalizedWassersteinDice,
} from "./losses/generalized-wasserstein-dice.ts";
export { type HausdorffDtOptions, hausdorffDt } from "./losses/hausdorff-dt.ts";
export { type HausdorffErosionOptions, hausdorffErosion } from "./losses/hausdorff-erosion.ts";
export { type JaccardOptions, jaccard } from "./losses/jaccard.ts";
export { type JsDivergenceOptions, jsDivergence } from "./losses/js-divergence.ts";
export { type KlDivergenceOptions, klDivergence } from "./losses/kl-divergence.ts";
export { type LogCoshDiceOptions, logCoshDice } from "./losses/log-cosh-dice.ts";
export { type LovaszHingeOptions, lovaszHinge } from "./losses/lovasz-hinge.ts";
export { type LovaszSoftmaxOptions, lovaszSoftmax } from "./losses/lovasz-softmax.ts";
export { type MccOptions, mcc } from "./losses/mcc.ts";
export { type NaclOptions, nacl } from "./losses/nacl.ts";
export { type NllOptions, nll } from "./losses/nll.ts";
export { type OhemOptions, type OhemVariant, ohem } from "./losses/ohem.ts";
export {
  type PenaltyGeneralizedDiceOptions,
  penaltyGeneralizedDice,
} from "./losses/penalty-generalized-dice.ts";
export { type PenaltyReducedFocalOptions, penaltyReducedFocal } from "./losses/penalty-reduced-focal.ts";
export { type PolyOptions, poly } from "./losses/poly.ts";
export { type QualityFocalOptions, qualityFocal } from "./losses/quality-focal.ts";
export {
  type SensitivitySpecificityOptions,
  sensitivitySpecificity,
} from "./losses/sensitivity-specificity.ts";
export { type SoftF1Options, softF1 } from "./losses/soft-f1.ts";
export {
  type SymmetricCrossEntropyOptions,
  symmetricCrossEntropy,
} from "./losses/symmetric-cross-entropy.ts";
export { type TopKOptions, topK } from "./losses/top-k.ts";
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
export { type ReferenceResult, referenceEngine, referenceValueAndGrad } from "./reference-value.ts";
export { isLevels } from "./single-loss.ts";
export { distanceField } from "./surface/distance-field.ts";
export {
  type SignedDistanceMapsOptions,
  signedDistanceMap,
  signedDistanceMaps,
} from "./surface/signed-distance-map.ts";
export { squaredDistanceFromSeeds, squaredDistanceTransform } from "./surface/squared-distance-transform.ts";
export { elementCount, formatDims, positionOf, type Tensor, type TypedArray, tensor } from "./tensor.ts";
export { weightedSum } from "./weighted-sum.ts";
