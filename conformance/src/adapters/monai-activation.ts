/** MONAI's flags `sigmoid`, `softmax` and `other_act`. @module */
import { type LossOptions, logSoftmax, type Tensor } from "@pixelgrad/core";
import { defined } from "../plan.ts";
import type { Json } from "../vectors.ts";

interface Activated<T> {
  readonly options: LossOptions;
  readonly logits: T;
}

/**
 * Without a flag the numbers are taken as they are. An activation of the user's own is applied beforehand, and may
 * leave [0, 1]. Both flags at once are a list, which is no activation.
 */
export function activated<T extends Tensor<Float32Array> | undefined>(
  name: string,
  options: Json,
  logits: T,
): Activated<T> {
  const { sigmoid, softmax, other_act: other, use_softmax: useSoftmax, to_onehot_y: oneHot } = options;
  const oneVsRest = oneHot === true ? true : undefined;
  if (name === "FocalLoss") {
    if (useSoftmax === true) return { options: { activation: "softmax" }, logits };
    return { options: defined({ activation: "sigmoid", oneVsRest }), logits };
  }
  if (sigmoid === true && softmax === true)
    return { options: { activation: ["sigmoid", "softmax"] }, logits };
  if (sigmoid === true) return { options: defined({ activation: "sigmoid", oneVsRest }), logits };
  if (softmax === true) return { options: { activation: "softmax" }, logits };
  const asTheyAre = { input: "probabilities", range: "any" };
  if (other === undefined || logits === undefined) return { options: asTheyAre, logits };
  const called = (other as { readonly function: string }).function;
  const applied =
    called === "tanh" ? { data: logits.data.map(Math.tanh), dims: logits.dims } : logSoftmax(logits);
  return { options: asTheyAre, logits: applied as T };
}
