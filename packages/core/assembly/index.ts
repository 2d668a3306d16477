/** The kernels' exports. Every function works on addresses its caller owns; none allocates. */
export { binaryCrossEntropy, focal } from "./binary";
export { crossEntropyGrad, crossEntropyValue } from "./cross-entropy";
export { overlapOfLabels, overlapOfLabelsGrad, overlapOfTargets, overlapOfTargetsGrad } from "./overlap";
export { addRows } from "./rows";
export { softmax } from "./softmax";
export {
  canonicalLabels, canonicalTargets, countLabels, countTargets, firstNonFinite, firstOutsideUnit,
} from "./targets";
