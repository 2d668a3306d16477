/** Losses under PyTorch's names and conventions: PyTorch itself, and candle, TensorFlow, ONNX Runtime, issue reports. @module */
import { column, floats, isEncodedArray, numbersOf, reshaped, target } from "../arrays.ts";
import { type Adapter, defined, float32Tolerance, type LossRun, notInCatalogue, type Plan } from "../plan.ts";
import type { Json, VectorCase } from "../vectors.ts";

const tolerance = float32Tolerance;

export const pytorch: Adapter = { file: "pytorch_literals.json", tolerance, plan: torchLoss };

export const candle: Adapter = { file: "candle.json", tolerance, plan: torchLoss };

export const tensorflow: Adapter = {
  file: "tensorflow.json",
  tolerance,
  plan: (vector) =>
    vector.test.endsWith("::testSingleClass")
      ? notInCatalogue("a softmax over one channel, whose loss is always 0, is refused")
      : torchLoss(vector),
};

export const onnxruntime: Adapter = {
  file: "onnxruntime.json",
  tolerance,
  plan(vector) {
    if (vector.loss !== "binary_cross_entropy") return torchLoss(vector);
    // Both p and 1 - p are kept at 1e-8 or more.
    const clip = vector.options?.["clip"] === undefined ? {} : { logFloor: Math.log(1e-8) };
    return probabilities(vector, clip);
  },
};

export function torchLoss(vector: VectorCase): Plan {
  const options = vector.options ?? {};
  switch (vector.loss) {
    case "cross_entropy":
      return called("cross-entropy", vector, classOptions(options));
    case "nll_loss":
      return called("nll", vector, classOptions(options));
    case "binary_cross_entropy_with_logits":
      return binary(vector);
    default:
      return notInCatalogue(vector.loss);
  }
}

function classOptions(options: Json): Json {
  const { weight } = options;
  return {
    reduction: options["reduction"],
    ignoreIndex: options["ignore_index"],
    labelSmoothing: options["label_smoothing"],
    classWeights: isEncodedArray(weight) ? numbersOf(weight) : undefined,
  };
}

/** `input` and `target` under the torch preset. */
export function called(id: string, { kwargs = {} }: VectorCase, options: Json): LossRun {
  return {
    id,
    options: defined({ preset: "torch", ...options }),
    logits: column(floats(kwargs["input"])),
    target: target(kwargs["target"]),
  };
}

/** `pos_weight` of the input's shape makes each element a channel of its own. */
function binary(vector: VectorCase): LossRun {
  const { pos_weight: posWeight, reduction } = vector.options ?? {};
  const run = called("binary-cross-entropy", vector, {
    reduction,
    posWeight: isEncodedArray(posWeight) ? numbersOf(posWeight) : undefined,
  });
  if (posWeight === undefined) return run;
  const given = floats(vector.kwargs?.["input"]);
  const channels = [1, given.data.length];
  return { ...run, logits: reshaped(given, channels), target: reshaped(run.target, channels) };
}

function probabilities({ kwargs = {}, options = {} }: VectorCase, more: Json): LossRun {
  return {
    id: "binary-cross-entropy",
    options: defined({ preset: "torch", input: "probabilities", reduction: options["reduction"], ...more }),
    logits: column(floats(kwargs["prob"])),
    target: column(target(kwargs["target"])),
  };
}
