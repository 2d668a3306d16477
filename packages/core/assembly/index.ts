/** The kernels' exports. Every function works on addresses its caller owns; none allocates. */
export {
  binaryCrossEntropy, binaryCrossEntropyOfProbabilities, focal, focalOfProbabilities, squareFocal,
  weightedBinaryCrossEntropy,
} from "./binary";
export { crossEntropy } from "./cross-entropy";
export { canonicalByteLabels } from "./byte-labels";
export { crossEntropyOfLogits, plainCrossEntropy } from "./plain-cross-entropy";
export { hardBinaryCrossEntropy, hardSquareFocal } from "./hard-binary";
export { anyNonFinite, anyOutsideUnit, firstNonFinite, firstOutsideUnit } from "./inputs";
export { overlapOfLabels, overlapOfLogits } from "./overlap";
export { overlapOfLabelsGrad } from "./overlap-chain";
export { overlapAndCrossEntropyGrad } from "./overlap-cross-entropy";
export { overlapOfTargets, overlapOfTargetsGrad } from "./sigmoid-overlap";
export { copyRows, pixelsOfRows, rowsOfPixels } from "./rows";
export { keptSoftmax, softmax } from "./softmax";
export { recallSoftmax } from "./softmax-recall";
export {
  canonicalLabels, canonicalTargets, countTargets, firstBadLabel, firstBadTarget, widenLabels,
  widenTargets,
} from "./targets";
export { plainFieldGrad, scaledSoftmaxFieldGrad, sigmoidFieldGrad, softmaxFieldGrad } from "./field-grads";
export {
  binaryCrossEntropyField, countChannels, countLabels, crossEntropyField, hingeField, logitField, lovaszField, sigmoidErrorField, sigmoidField,
  softmaxField,
} from "./field-maps";
export { hardElementGrad, hardPixelGrad } from "./hard-pixels";
export { lovaszRow, lovaszRowOfProbabilities } from "./lovasz";
export { countAbove, countMembers, keepLargest, largestAfter } from "./select";
export {
  exactErrorsOfLabels, exactErrorsOfTargets, exactOverlapOfLabels, exactOverlapOfTargets, overlapSlopes,
} from "./exact-overlap";
export { squaredErrorGrad, squaredErrorSlopes } from "./squared-errors";
export {
  focalCostOfLabels, focalCostOfTargets, powerCostOfLabels, powerCostOfTargets,
} from "./log-loss-cost";
export { sidedOfLabels } from "./sided-softmax";
export { wassersteinSlopes, wassersteinSums } from "./wasserstein";
export {
  countLabelWeights, countTargetWeights, countWholePixels, oneHotRows, sumPeaks, sumTargets, weighElements,
  weighRows,
} from "./weights";
export {
  expFocalOfLogits, expFocalOfProbabilities,
  linearFocalOfLogits, linearFocalOfProbabilities,
  logitFocalOfProbabilities,
  penaltyOfLogits, penaltyOfProbabilities,
  polyOfLogits, polyOfProbabilities,
  qualityOfLogits, qualityOfProbabilities,
  sidedOfLogits, sidedOfProbabilities,
  splitFocalOfLogits, splitFocalOfProbabilities,
} from "./binary-rows";
export { focalOfLabels, generalizedOfLabels, polyOfLabels, symmetricOfLabels } from "./likelihood";
export { negativeLogLikelihood } from "./nll";
export {
  crossEntropySoftOfLogits,
  crossEntropySoftOfProbabilities,
  crossEntropySoftOfLogProbabilities,
  polySoftOfLogits,
  polySoftOfProbabilities,
  symmetricSoftOfLogits,
  symmetricSoftOfProbabilities,
  generalizedSoftOfLogits,
  generalizedSoftOfProbabilities,
  focalSoftOfLogits,
  focalSoftOfProbabilities,
} from "./soft-forms";
export {
  chainRows, distributionOfLogits, distributionOfLogProbabilities, distributionOfProbabilities,
  maskOfLabels, maskOfRows, softenedSoftmax,
} from "./distribution";
export {
  forwardKlByLog, forwardKlByProbability, jensenShannonByLog, jensenShannonByProbability, reverseKlByLog,
  reverseKlByProbability,
} from "./divergence-forms";
export { biTempered } from "./bi-tempered";
export { focalCosine } from "./focal-cosine";
export { logitFocalOfLogits } from "./logit-focal";
export { closeTargets, firstClosedLabel } from "./labels";
