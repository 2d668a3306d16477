/** segmentation_models.pytorch, and pytorch-toolbelt, from which its losses come. @module */
import { type Tensor, tensor } from "@pixelgrad/core";
import { column, floats, labels, onePlane, reshaped, target } from "../arrays.ts";
import { type Adapter, defined, type LossRun, notInCatalogue, type Plan } from "../plan.ts";
import type { Tolerance, VectorCase } from "../vectors.ts";
import { scoreOf } from "./segmentation-models.ts";

const tolerance: Tolerance = { rel: 1e-6 };

export const smp: Adapter = { file: "smp.json", tolerance, plan };

export const toolbelt: Adapter = { file: "pytorch_toolbelt.json", tolerance, plan };

function plan(vector: VectorCase): Plan {
  switch (vector.loss) {
    case "functional.soft_jaccard_score":
      return score("jaccard", vector);
    case "functional.soft_dice_score":
      return score("dice", vector);
    case "functional.soft_tversky_score":
      return score("tversky", vector);
    case "DiceLoss":
      return overlap("dice", vector);
    case "JaccardLoss":
      return overlap("jaccard", vector);
    case "TverskyLoss":
      return overlap("tversky", vector);
    case "SoftCrossEntropyLoss":
      return soft("cross-entropy", vector);
    case "SoftBCEWithLogitsLoss":
      return soft("binary-cross-entropy", vector);
    case "MCCLoss":
      return {
        id: "mcc",
        options: defined({ preset: "smp", input: "probabilities", smooth: vector.options?.["eps"] }),
        logits: onePlane(floats(vector.args?.[0])),
        target: onePlane(floats(vector.args?.[1])),
      };
    default:
      return notInCatalogue(vector.loss);
  }
}

/** A score over everything, or over each row where `dims` is [1]; an empty class is no special case in these. */
function score(id: string, { args = [], kwargs = {} }: VectorCase): LossRun {
  const perRow = kwargs["dims"] !== undefined;
  const planes = (given: Tensor): Tensor =>
    perRow ? reshaped(given, [given.dims[0]!, 1, given.dims[1]!]) : onePlane(given);
  return scoreOf({
    id,
    options: defined({
      preset: "smp",
      input: "probabilities",
      emptyClass: "smooth",
      epsilon: kwargs["eps"],
      falsePositiveWeight: kwargs["alpha"],
      falseNegativeWeight: kwargs["beta"],
      accumulate: perRow ? "image" : undefined,
      reduction: perRow ? "none" : undefined,
    }),
    logits: planes(floats(args[0])),
    target: planes(floats(args[1])),
  });
}

/** Modes: binary is one channel, multiclass takes labels, multilabel a plane per class. */
function overlap(id: string, { args, options = {} }: VectorCase): LossRun {
  const { mode } = options;
  // A case that fails in the constructor hands in nothing: any one-channel call shows the same fault.
  const anything = { dtype: "float32", shape: [1, 1, 1], fill: 0 };
  const [x, y] = args ?? [anything, anything];
  const given = floats(x);
  return {
    id,
    options: defined({
      preset: "smp",
      input: options["from_logits"] === false ? "probabilities" : "logits",
      activation: mode === "multiclass" ? "softmax" : "sigmoid",
      falsePositiveWeight: options["alpha"],
      falseNegativeWeight: options["beta"],
      classWeights: options["class_weights"],
    }),
    logits: mode === "binary" ? perImage(given) : given,
    target: mode === "multiclass" ? labels(y) : mode === "binary" ? perImage(target(y)) : target(y),
  };
}

/** `[N, ...]` as N images of one channel. */
function perImage<T extends Tensor>(given: T): Tensor {
  const { data, dims } = tensor(given.data, given.dims);
  return { data, dims: [dims[0]!, 1, data.length / dims[0]!] };
}

function soft(id: string, { args = [], options = {} }: VectorCase): LossRun {
  return {
    id,
    options: defined({
      preset: "smp",
      labelSmoothing: options["smooth_factor"],
      ignoreIndex: options["ignore_index"],
    }),
    logits: column(floats(args[0])),
    target: id === "cross-entropy" ? labels(args[1]) : column(target(args[1])),
  };
}
