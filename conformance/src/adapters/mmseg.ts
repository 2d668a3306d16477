/** MMSegmentation's CrossEntropyLoss: labels also for the sigmoid, mean over all pixels. @module */
import { floats, labels } from "../arrays.ts";
import { type Adapter, defined, float32Tolerance } from "../plan.ts";

export const mmseg: Adapter = {
  file: "mmsegmentation.json",
  tolerance: float32Tolerance,
  plan({ options = {}, kwargs = {} }) {
    return {
      id: options["use_sigmoid"] === true ? "binary-cross-entropy" : "cross-entropy",
      options: defined({ preset: "mmseg", classWeights: options["class_weight"] }),
      logits: floats(kwargs["input"]),
      target: labels(kwargs["target"]),
    };
  },
};
