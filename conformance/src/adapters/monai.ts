/** MONAI: predictions and targets channels first, labels with a channel of 1, activations by flag. @module */
import type { LossOptions, LossSpec, Tensor } from "@pixelgrad/core";
import { floats, labels, target, withoutChannel } from "../arrays.ts";
import { type Adapter, defined, float32Tolerance, type LossRun, notInCatalogue, type Plan } from "../plan.ts";
import type { Json, VectorCase } from "../vectors.ts";
import { activated } from "./monai-activation.ts";
import * as losses from "./monai-losses.ts";

const MASK_BEFORE_ACTIVATION =
  "defect of the library: the mask multiplies the logits before the activation, so masked voxels predict 0.5";

export const monai: Adapter = {
  file: "monai.json",
  tolerance: float32Tolerance,
  plan(vector: VectorCase): Plan {
    const options = vector.options ?? {};
    const { x, y } = predictionAndTarget(vector);
    switch (vector.loss) {
      case "DiceCELoss":
      case "DiceFocalLoss":
      case "GeneralizedDiceFocalLoss":
        return compound(vector);
      case "MaskedDiceLoss":
        return masked(vector);
      case "MaskedLoss":
        return maskedLoss(vector);
      case "DeepSupervisionLoss":
        return deepSupervision(vector);
      case "MultiScaleLoss":
        return notInCatalogue("a wrapper that blurs prediction and target at several scales");
      case "GeneralizedWassersteinDiceLoss":
        return withLabels(losses.generalizedWassersteinDice(options), x, y);
      case "NACLLoss":
        return withLabels(losses.nacl(options), x, y);
      case "SoftclDiceLoss":
      case "SoftDiceclDiceLoss":
      case "AsymmetricUnifiedFocalLoss":
        return { ...losses.onProbabilities(vector.loss), logits: floats(x), target: target(y) };
      default:
        return activatedRun(vector.loss, options, x, y);
    }
  },
};

/** Positional or under one of three names; a case that fails in the constructor hands in nothing. */
function predictionAndTarget({ args, kwargs = {} }: VectorCase): {
  readonly x: unknown;
  readonly y: unknown;
} {
  const anything = { dtype: "float32", shape: [1, 1, 2, 2], fill: 0 };
  return {
    x: args?.[0] ?? kwargs["input"] ?? kwargs["inputs"] ?? kwargs["y_pred"] ?? anything,
    y: args?.[1] ?? kwargs["target"] ?? kwargs["targets"] ?? kwargs["y_true"] ?? anything,
  };
}

function activatedRun(name: string, options: Json, x: unknown, y: unknown): LossRun {
  const { logits, ...activation } = activated(name, options, floats(x));
  const spec = losses.specOf(name, options, logits.dims[1]!);
  return {
    id: spec.id,
    options: { ...spec.options, ...activation.options },
    logits,
    target: targetOf(options, y),
  };
}

function targetOf(options: Json, y: unknown): Tensor {
  return options["to_onehot_y"] === true ? withoutChannel(labels(y)) : target(y);
}

function withLabels({ id, options }: LossSpec, x: unknown, y: unknown): LossRun {
  return { id, options, logits: floats(x), target: labelMap(floats(x), y) };
}

/** Labels with or without their channel of 1. */
function labelMap({ dims }: Tensor, y: unknown): Tensor {
  const map = labels(y);
  return map.dims.length === dims.length ? withoutChannel(map) : map;
}

/** Sums: the terms read the same numbers, one as probabilities and the other as logits where no activation is set. */
function compound(vector: VectorCase): Plan {
  const options = vector.options ?? {};
  if (Object.values(options).some((v) => typeof v === "number" && v < 0)) {
    return notInCatalogue("a sum whose weights may not be negative (ours subtracts on purpose)");
  }
  const { x, y } = predictionAndTarget(vector);
  const logits = floats(x);
  const { id, options: sum } = losses.sumOf(vector.loss, options, logits.dims[1]!);
  return { id, options: sum, logits, target: targetOf(options, y) };
}

function masked(vector: VectorCase): Plan {
  const options = vector.options ?? {};
  const mask = vector.kwargs?.["mask"];
  const hasActivation = options["sigmoid"] === true || options["softmax"] === true;
  if (mask !== undefined && hasActivation) return { excluded: MASK_BEFORE_ACTIVATION };
  const { x, y } = predictionAndTarget(vector);
  const run = activatedRun("DiceLoss", options, x, y);
  return mask === undefined ? run : { ...run, extra: { pixelWeights: withoutChannel(floats(mask)) } };
}

/** Any loss with a mask; the cases are a loss that is none, and masks and targets of the wrong shape. */
function maskedLoss(vector: VectorCase): Plan {
  const inner = vector.options?.["loss"] as Partial<InnerLoss>;
  const { x, y } = predictionAndTarget(vector);
  if (inner.loss === undefined) {
    return { id: String(inner), options: {}, logits: floats(x), target: target(y), refusal: "LOSS_UNKNOWN" };
  }
  const run = activatedRun(inner.loss, inner.options ?? {}, x, y);
  return { ...run, extra: { pixelWeights: withoutChannel(floats(vector.kwargs?.["mask"])) } };
}

interface InnerLoss {
  readonly loss: string;
  readonly options: Json;
}

/** One prediction or several of falling size; the label map is resized to each. */
function deepSupervision(vector: VectorCase): Plan {
  const [inner] = vector.ctor_args ?? [];
  const { loss, options } = inner as InnerLoss;
  const { x, y } = predictionAndTarget(vector);
  const logits = (Array.isArray(x) ? x : [x]).map((prediction) => floats(prediction));
  return {
    id: "deep-supervision",
    options: defined({
      preset: "monai",
      loss: innerSpec(loss, options, logits[0]!),
      weights: vector.options?.["weights"] ?? WEIGHT_MODES[String(vector.options?.["weight_mode"] ?? "exp")],
    }) as LossOptions,
    logits,
    target: targetOf(options, y),
  };
}

const WEIGHT_MODES: Readonly<Record<string, string>> = { exp: "exponential", same: "same", two: "two" };

function innerSpec(loss: string, options: Json, logits: Tensor): LossSpec {
  const channels = logits.dims[1]!;
  if (loss !== "DiceLoss") return losses.sumOf(loss, options, channels);
  const { id, options: own } = losses.specOf(loss, options, channels);
  return { id, options: { ...own, ...activated(loss, options, undefined).options } };
}
