/** Keras 3: `[y_true, y_pred]`, channels last unless `axis` says otherwise, the mean over all samples. @module */
import type { LossExtra, LossOptions, Tensor } from "@pixelgrad/core";
import {
  floats,
  isEncodedArray,
  labels,
  meansOfRuns,
  onePlane,
  reshaped,
  target,
  withoutLast,
} from "../arrays.ts";
import { type Adapter, defined, float32Tolerance, type LossRun, notInCatalogue, type Plan } from "../plan.ts";
import type { Json, VectorCase } from "../vectors.ts";

export const keras: Adapter = {
  file: "keras.json",
  tolerance: float32Tolerance,
  plan(vector: VectorCase): Plan {
    switch (vector.loss) {
      case "Hinge":
      case "SquaredHinge":
      case "CategoricalHinge":
        return notInCatalogue("hinge losses");
      case "KLDivergence":
        return ofClasses("kl-divergence", vector, { input: "probabilities" });
      case "BinaryCrossentropy":
        return ofElements("binary-cross-entropy", vector, {});
      case "BinaryFocalCrossentropy":
        return ofElements("focal", vector, { activation: "sigmoid", gamma: vector.options?.["gamma"] });
      case "CategoricalCrossentropy":
        return ofClasses("cross-entropy", vector, inputOf(vector));
      case "SparseCategoricalCrossentropy":
        return ofLabels("cross-entropy", vector, inputOf(vector));
      case "CategoricalFocalCrossentropy":
        return ofClasses("focal", vector, {
          ...inputOf(vector),
          activation: "softmax",
          alpha: vector.options?.["alpha"] ?? 0.25,
          alphaMode: "multiplier",
          gamma: vector.options?.["gamma"] ?? 2,
        });
      case "CategoricalGeneralizedCrossEntropy":
        return ofLabels("generalized-cross-entropy", vector, {
          input: "probabilities",
          q: vector.options?.["q"],
        });
      case "Dice":
        return overlap("dice", vector, {});
      case "Tversky":
        return overlap("tversky", vector, {
          falsePositiveWeight: vector.options?.["alpha"],
          falseNegativeWeight: vector.options?.["beta"],
        });
      default:
        return notInCatalogue(vector.loss);
    }
  },
};

function inputOf({ options = {} }: VectorCase): Json {
  return { input: options["from_logits"] === true ? "logits" : "probabilities" };
}

function optionsOf({ options = {} }: VectorCase, more: Json): LossOptions {
  return defined({
    preset: "keras",
    ...more,
    reduction: options["reduction"] === null ? "none" : undefined,
    labelSmoothing: options["label_smoothing"],
    ignoreIndex: options["ignore_class"],
  });
}

/** Sigmoid losses of `[N, C]`; a sample's loss is the mean over its channels. */
function ofElements(id: string, vector: VectorCase, more: Json): LossRun {
  const [y, x] = vector.args ?? [];
  const logits = floats(x);
  return {
    id,
    options: optionsOf(vector, { ...inputOf(vector), ...more }),
    logits,
    target: target(y),
    extra: weightsOf(vector, logits.dims.slice(0, 1)),
    post: (numbers) => (numbers.length === 1 ? numbers : meansOfRuns(numbers, logits.dims[1]!)),
  };
}

/** Softmax losses with a number per class. */
function ofClasses(id: string, vector: VectorCase, more: Json): LossRun {
  const [y, x] = vector.args ?? [];
  const logits = floats(x);
  const last = vector.options?.["axis"] === undefined;
  return {
    id,
    options: optionsOf(vector, more),
    logits,
    target: target(y),
    extra: { ...layoutOf(last), ...weightsOf(vector, logits.dims.slice(0, -1)) },
  };
}

/** Softmax losses with labels, with or without a last dimension of 1; axis 0 is an image without a batch. */
function ofLabels(id: string, vector: VectorCase, more: Json): LossRun {
  const [y, x] = vector.args ?? [];
  const axis = vector.options?.["axis"] as number | undefined;
  const given = floats(x);
  const map = labels(y);
  const dims = given.dims.length;
  const squeezed = map.dims.length === dims ? withoutLast(map) : map;
  return {
    id,
    options: optionsOf(vector, more),
    logits: axis === 0 ? reshaped(given, [1, ...given.dims]) : given,
    target: axis === 0 ? reshaped(squeezed, [1, ...squeezed.dims]) : squeezed,
    extra: { ...layoutOf(axis === undefined), ...weightsOf(vector, given.dims.slice(0, -1)) },
  };
}

/** One score over everything, or over each image where `axis` names all but the first dimension. */
function overlap(id: string, vector: VectorCase, more: Json): LossRun {
  const [y, x] = vector.args ?? [];
  const perImage = vector.options?.["axis"] !== undefined;
  const planes = (tensor: Tensor): Tensor =>
    perImage
      ? reshaped(tensor, [tensor.dims[0]!, 1, tensor.data.length / tensor.dims[0]!])
      : onePlane(tensor);
  return {
    id,
    options: optionsOf(vector, {
      input: "probabilities",
      range: "any",
      accumulate: perImage ? "image" : undefined,
      ...more,
    }),
    logits: planes(floats(x)),
    target: planes(floats(y)),
  };
}

function layoutOf(last: boolean): LossExtra {
  return last ? { layout: "channels-last" } : {};
}

/** A weight for all, or one per sample, with or without a last dimension of 1. */
function weightsOf({ kwargs = {} }: VectorCase, dims: readonly number[]): LossExtra {
  const weight = kwargs["sample_weight"];
  if (weight === undefined) return {};
  if (isEncodedArray(weight)) return { pixelWeights: reshaped(floats(weight), dims) };
  return { pixelWeights: floats({ dtype: "float32", shape: dims, fill: weight as number }) };
}
