/** dfdx: a row per sample, targets are probabilities, values and gradients. @module */
import { floats } from "../arrays.ts";
import { type Adapter, float32Tolerance, notInCatalogue } from "../plan.ts";

const IDS: Readonly<Record<string, string>> = {
  cross_entropy: "cross-entropy",
  kl_div: "kl-divergence",
  binary_cross_entropy_with_logits: "binary-cross-entropy",
};

export const dfdx: Adapter = {
  file: "dfdx.json",
  tolerance: float32Tolerance,
  plan({ loss, kwargs = {} }) {
    const id = IDS[loss];
    if (id === undefined) return notInCatalogue("squared and absolute errors of a regression");
    return { id, options: {}, logits: floats(kwargs["input"]), target: floats(kwargs["target"]) };
  },
};
