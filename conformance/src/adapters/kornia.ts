/** kornia: `[prediction, target]`. @module */
import { type Tensor, tensor } from "@pixelgrad/core";
import { floats, labels, numbersOf, reshaped, target } from "../arrays.ts";
import { type Adapter, defined, float32Tolerance, type LossRun, notInCatalogue, type Plan } from "../plan.ts";
import type { VectorCase } from "../vectors.ts";

export const kornia: Adapter = {
  file: "kornia.json",
  tolerance: float32Tolerance,
  plan(vector: VectorCase): Plan {
    switch (vector.loss) {
      case "DiceLoss":
        return overlap("dice", vector);
      case "TverskyLoss":
        return overlap("tversky", vector);
      case "LovaszHingeLoss":
        return withTarget("lovasz-hinge", vector);
      case "LovaszSoftmaxLoss":
        return withTarget("lovasz-softmax", vector);
      case "binary_focal_loss_with_logits":
        return focal(vector);
      case "js_div_loss_2d":
        return divergence("js-divergence", vector);
      case "kl_div_loss_2d":
        return divergence("kl-divergence", vector);
      default:
        return notInCatalogue(vector.loss);
    }
  },
};

/** `ignore_index` of null is none; the one of the preset counts where a case has none. */
function overlap(id: string, { args = [], options = {} }: VectorCase): LossRun {
  const ignored = options["ignore_index"];
  const { average, eps, weight } = options;
  const logits = floats(args[0]);
  return {
    id,
    options: defined({
      preset: "kornia",
      activation: "softmax",
      average,
      smoothDenominator: eps,
      classWeights: weight && numbersOf(weight),
      weighting: weight && (average === "macro" ? "normalized" : "planes"),
      ignoreIndex: ignored === null ? [] : ignored,
      falsePositiveWeight: options["alpha"],
      falseNegativeWeight: options["beta"],
    }),
    logits,
    target: firstMaps(labels(args[1]), logits.dims[0]!),
  };
}

/** Two cases hand in more label maps than images; all of theirs are the same. */
function firstMaps({ data, dims }: Tensor, images: number): Tensor {
  const [, ...spatial] = dims;
  return tensor(data.slice(0, (data.length / dims[0]!) * images), [images, ...spatial]);
}

function withTarget(id: string, { args = [], options = {} }: VectorCase): LossRun {
  const weight = options["weight"];
  return {
    id,
    options: defined({ preset: "kornia", classWeights: weight && numbersOf(weight) }),
    logits: floats(args[0]),
    target: labels(args[1]),
  };
}

function focal({ args = [] }: VectorCase): LossRun {
  return {
    id: "focal",
    options: defined({ preset: "kornia", activation: "sigmoid", alpha: args[2], gamma: args[3] }),
    logits: floats(args[0]),
    target: target(args[1]),
  };
}

/** Each plane is a distribution over its pixels: N*C images of H*W channels. */
function divergence(id: string, { args = [], kwargs = {} }: VectorCase): LossRun {
  const planes = (given: Tensor): Tensor => {
    const [images, channels, ...spatial] = given.dims as [number, number, ...number[]];
    return reshaped(given, [images * channels, spatial.reduce((a, b) => a * b, 1)]);
  };
  return {
    id,
    options: defined({
      preset: "kornia",
      input: "probabilities",
      nonFinite: "propagate",
      reduction: kwargs["reduction"],
    }),
    logits: planes(floats(args[0])),
    target: planes(floats(args[1])),
  };
}
