/** Data-parallel fine-tuning of ONNX segmentation heads: the same bits for any number of threads. */
import "./errors.ts";

export type { EpochResult, EvaluationResult, TrainEvent } from "./events.ts";
export {
  AdamW,
  type AdamWOptions,
  type Optimizer,
  type Parameters,
  Sgd,
  type SgdOptions,
} from "./optimizer.ts";
export {
  type OptimizerName,
  type ResizeChoice,
  resizeChoices,
  type TrainOptions,
  trainDefaults,
} from "./options.ts";
export { type LabelMap, outputLabels } from "./output-labels.ts";
export { evaluateModel, type PredictOptions, predictImages } from "./predict.ts";
export { sampleOrder } from "./sample-order.ts";
export { polyRate } from "./schedule.ts";
export { train } from "./train.ts";
