/** MONAI's losses and their options as ours, without activation and target. @module */
import type { LossOptions, LossSpec } from "@pixelgrad/core";
import { isEncodedArray, numbersOf } from "../arrays.ts";
import { defined } from "../plan.ts";
import type { Json } from "../vectors.ts";

/** A loss of one term, for predictions of `channels`. */
export function specOf(name: string, options: Json, channels: number): LossSpec {
  switch (name) {
    case "FocalLoss":
      return focal(options, channels);
    case "GeneralizedDiceLoss":
      return {
        id: "generalized-dice",
        options: defined({ ...overlapOptions(options), volumeWeights: options["w_type"] }),
      };
    case "TverskyLoss":
      return {
        id: "tversky",
        options: defined({
          ...overlapOptions(options),
          falsePositiveWeight: options["alpha"],
          falseNegativeWeight: options["beta"],
        }),
      };
    case "HausdorffDTLoss":
      return { id: "hausdorff-dt", options: defined(distanceOptions(options)) };
    case "LogHausdorffDTLoss":
      return { id: "hausdorff-dt", options: defined({ ...distanceOptions(options), transform: "log" }) };
    default:
      return dice(options, channels);
  }
}

/** `jaccard` doubles numerator and denominator, and with them what is added to both. */
function dice(options: Json, channels: number): LossSpec {
  const shared = {
    ...overlapOptions(options),
    power: options["squared_pred"] === true ? 2 : undefined,
    classWeights: channels === 1 ? undefined : classWeights(options),
  };
  if (options["jaccard"] !== true) return { id: "dice", options: defined(shared) };
  const half = (name: string): number => ((options[name] as number | undefined) ?? 1e-5) / 2;
  return {
    id: "jaccard",
    options: defined({ ...shared, smoothNumerator: half("smooth_nr"), smoothDenominator: half("smooth_dr") }),
  };
}

function overlapOptions(options: Json): Json {
  return {
    preset: "monai",
    ...classesAndReduction(options),
    smoothNumerator: options["smooth_nr"],
    smoothDenominator: options["smooth_dr"],
    accumulate: options["batch"] === true ? "batch" : undefined,
    softTargets: options["soft_label"] === true ? "semimetric" : undefined,
  };
}

/** `batch` makes no difference to the mean of these. */
function distanceOptions(options: Json): Json {
  return { preset: "monai", ...classesAndReduction(options) };
}

function classesAndReduction(options: Json): Json {
  const background = options["include_background"];
  return {
    classes: background === undefined ? undefined : background === true ? "all" : "foreground",
    reduction: options["reduction"],
  };
}

/** One factor for target 1 and target 0 under sigmoid, for foreground and background under softmax. */
function focal(options: Json, channels: number): LossSpec {
  const alpha = options["alpha"];
  const mode = options["use_softmax"] === true ? "background" : "balanced";
  return {
    id: "focal",
    options: defined({
      preset: "monai",
      ...classesAndReduction(options),
      alpha,
      alphaMode: alpha === undefined ? undefined : mode,
      gamma: options["gamma"],
      classWeights: channels === 1 ? undefined : classWeights(options),
    }),
  };
}

/** MONAI's list leaves the background out where the loss does; ours has a number per class of the logits. */
function classWeights(options: Json): readonly number[] | undefined {
  const weight = weightOf(options);
  return weight && options["include_background"] === false ? [0, ...weight] : weight;
}

function weightOf({ weight }: Json): readonly number[] | undefined {
  if (isEncodedArray(weight) || Array.isArray(weight)) return numbersOf(weight);
  return undefined;
}

/** Dice and a pixel loss. In these a list of weights always has a number per class of the logits. */
export function sumOf(name: string, options: Json, channels: number): LossSpec {
  const { lambda_dice, lambda_gdl, lambda_ce, lambda_focal, weight, ...shared } = options;
  const region = name === "GeneralizedDiceFocalLoss" ? "GeneralizedDiceLoss" : "DiceLoss";
  const { id, options: own } = specOf(region, shared, channels);
  const classWeights = channels === 1 ? undefined : weightOf({ weight });
  const activation = activationOf(options);
  const first = {
    id,
    options: defined({ ...own, ...activation, ...(region === "DiceLoss" && { classWeights }) }),
  };
  const pixel = name === "DiceCELoss" ? crossEntropy(options, channels) : focalTerm(options, channels);
  return {
    id: "weighted-sum",
    options: {
      terms: [
        { weight: ((lambda_dice ?? lambda_gdl) as number | undefined) ?? 1, ...first },
        { weight: ((lambda_ce ?? lambda_focal) as number | undefined) ?? 1, ...pixel },
      ],
    },
  };
}

function activationOf({ sigmoid, softmax, to_onehot_y: oneHot }: Json): Json {
  if (sigmoid === true) return { activation: "sigmoid", oneVsRest: oneHot === true ? true : undefined };
  return softmax === true ? { activation: "softmax" } : { input: "probabilities", range: "any" };
}

/** One channel is a binary cross-entropy, and its weight that of target 1. */
function crossEntropy(options: Json, channels: number): LossSpec {
  const weight = weightOf(options);
  const { reduction } = options;
  if (channels > 1) {
    return { id: "cross-entropy", options: defined({ preset: "monai", classWeights: weight, reduction }) };
  }
  return {
    id: "binary-cross-entropy",
    options: defined({ preset: "monai", posWeight: weight?.[0], reduction }),
  };
}

function focalTerm(options: Json, channels: number): LossSpec {
  const { id, options: own } = focal(options, channels);
  const softmax = options["use_softmax"] === true;
  const oneVsRest = options["to_onehot_y"] === true ? true : undefined;
  const activation: Json = softmax ? { activation: "softmax" } : { activation: "sigmoid", oneVsRest };
  return { id, options: defined({ ...own, ...activation }) };
}

export function generalizedWassersteinDice(options: Json): LossSpec {
  const matrix = options["dist_matrix"];
  const numbers = numbersOf(matrix);
  const classes = Math.sqrt(numbers.length);
  const distances = Array.from({ length: classes }, (_, c) => numbers.slice(c * classes, (c + 1) * classes));
  const variant = options["weighting_mode"] === "GDL" ? "generalized" : "default";
  return { id: "generalized-wasserstein-dice", options: { preset: "monai", distances, variant } };
}

export function nacl(options: Json): LossSpec {
  return {
    id: "nacl",
    options: defined({
      preset: "monai",
      kernel: options["kernel_ops"],
      sigma: options["sigma"],
      distance: options["distance_type"],
      alpha: options["alpha"],
    }),
  };
}

const ON_PROBABILITIES: Readonly<Record<string, string>> = {
  SoftclDiceLoss: "cl-dice",
  SoftDiceclDiceLoss: "dice-cl-dice",
  AsymmetricUnifiedFocalLoss: "unified-focal",
};

/** Losses that have no activation of their own in MONAI. */
export function onProbabilities(name: string): LossSpec {
  const options: LossOptions = { preset: "monai", input: "probabilities" };
  return { id: ON_PROBABILITIES[name]!, options };
}
