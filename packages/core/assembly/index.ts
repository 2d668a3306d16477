/** The kernels' exports. Every function works on addresses its caller owns; none allocates. */
export {
  binaryCrossEntropy, binaryCrossEntropyOfProbabilities, focal, focalOfProbabilities, squareFocal,
  weightedBinaryCrossEntropy,
} from "./binary";
export { crossEntropy } from "./cross-entropy";
export { anyNonFinite, anyOutsideUnit, firstNonFinite, firstOutsideUnit } from "./inputs";
export { overlapOfLabels, overlapOfLabelsGrad, overlapOfTargets, overlapOfTargetsGrad } from "./overlap";
export { copyRows, pixelsOfRows, rowsOfPixels } from "./rows";
export { recallSoftmax, softmax } from "./softmax";
export {
  canonicalLabels, canonicalTargets, countTargets, firstBadLabel, firstBadTarget, weightOfLabels, widenLabels,
  widenTargets,
} from "./targets";
export { plainFieldGrad, scaledSoftmaxFieldGrad, sigmoidFieldGrad, softmaxFieldGrad } from "./field-grads";
export {
  binaryCrossEntropyField, countChannels, countLabels, crossEntropyField, hingeField, logitField, lovaszField, sigmoidErrorField, sigmoidField,
  softmaxField,
} from "./field-maps";
export { hardElementGrad, hardPixelGrad } from "./hard-pixels";
export { lovaszRow } from "./lovasz";
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
