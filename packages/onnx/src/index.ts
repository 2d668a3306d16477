/** Inspect, cut, differentiate and patch ONNX segmentation models; run them on stock onnxruntime-node. */
import "./errors.ts";

export { type AttachHeadOptions, attachHead, headWeights } from "./attach-head.ts";
export { type CandidateCut, type CutFeature, candidateCuts } from "./candidate-cuts.ts";
export { type CandidateFeature, candidateFeatures } from "./candidate-features.ts";
export {
  type Derivative,
  type DifferentiateOptions,
  differentiate,
  gradOutput,
  OUTPUT_GRAD,
} from "./differentiate.ts";
export {
  type Attributes,
  type AttributeValue,
  buildModel,
  type ModelParts,
  node,
  valueInfo,
} from "./graph/build.ts";
export type { Classifier } from "./graph/classifier.ts";
export {
  type Difference,
  diffModels,
  type ModelDiff,
  type NodeChange,
  type NodeFacts,
  type TextChange,
  type ValueChange,
} from "./graph/diff-models.ts";
export type { TensorChange, TensorFacts } from "./graph/diff-tensors.ts";
export { elementType } from "./graph/element-types.ts";
export { type ImageInput, imageInput, type Layout } from "./graph/image-input.ts";
export { inFloat32 } from "./graph/in-float32.ts";
export {
  type Inspection,
  inspect,
  type OutputKind,
  type SegmentationOutput,
} from "./graph/inspect.ts";
export { OnnxModel, type ValueDescription } from "./graph/onnx-model.ts";
export { type ReplaceClassifierOptions, replaceClassifier } from "./graph/replace-classifier.ts";
export type { TailResize } from "./graph/tail-resize.ts";
export {
  dimsOf,
  floatTensor,
  intTensor,
  rawTensor,
  readFloats,
  readInts,
  readNumbers,
} from "./graph/tensor-proto.ts";
export { type HeadName, headNames } from "./heads/registry.ts";
export { imageDims } from "./image-dims.ts";
export { type ModelCard, readModelCard, writeModelCard } from "./model-card.ts";
export { type ResizeCoordinates, replaceResize } from "./replace-resize.ts";
export { type InferredValue, inferValues } from "./runtime/infer-values.ts";
export { openSession, Session, type SessionOptions, type SessionValue } from "./runtime/session.ts";
export { requireSameLogits, verifyCut } from "./runtime/verify-cut.ts";
export { simplify } from "./simplify.ts";
export type { Trainable } from "./trainable.ts";
export {
  type NamedDims,
  type NamedParameter,
  type TrainingGraphs,
  type TrainingGraphsOptions,
  trainingGraphs,
} from "./training-graphs.ts";
