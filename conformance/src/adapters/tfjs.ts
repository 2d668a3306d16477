/** TensorFlow.js `tf.losses`: weighted element losses under four reductions. @module */
import { elementCount, type LossOptions } from "@pixelgrad/core";
import { broadcast, floats, isEncodedArray, onePlane } from "../arrays.ts";
import { type Adapter, defined, type LossRun, notInCatalogue } from "../plan.ts";
import type { Json, VectorCase } from "../vectors.ts";

export const tfjs: Adapter = {
  file: "tfjs.json",
  tolerance: { atol: 1e-3 },
  plan({ loss, kwargs = {} }: VectorCase) {
    switch (loss) {
      case "computeWeightedLoss":
        return notInCatalogue("computeWeightedLoss reduces losses that are given");
      case "hingeLoss":
        return notInCatalogue("hinge loss");
      case "logLoss":
        return elementLoss(kwargs, "predictions", {
          input: "probabilities",
          range: "any",
          clamp: "inside",
          epsilon: (kwargs["epsilon"] as number | undefined) ?? 1e-7,
        });
      case "sigmoidCrossEntropy":
        return elementLoss(kwargs, "logits", { smoothing: "half" });
      default:
        return softmaxCrossEntropy(kwargs);
    }
  },
};

/** Every element is a pixel of one channel, weighted by its own weight. */
function elementLoss(kwargs: Json, predictions: string, options: LossOptions): LossRun {
  const x = floats(kwargs[predictions]);
  return {
    id: "binary-cross-entropy",
    options: { ...options, ...reductionOf(kwargs) },
    logits: onePlane(x),
    target: onePlane(floats(kwargs["labels"])),
    extra: weightsOf(kwargs, x.dims),
  };
}

/**
 * Classes last. The losses of the rows are broadcast against the weights, so a matrix of weights makes a matrix of
 * losses: the same as a pixel for each weight.
 */
function softmaxCrossEntropy(kwargs: Json): LossRun {
  const { weights } = kwargs;
  const options = reductionOf(kwargs);
  const x = floats(kwargs["logits"]);
  const y = floats(kwargs["labels"]);
  const rank = isEncodedArray(weights) ? weights.shape.length : 1;
  const call = { id: "cross-entropy", options, logits: x, target: y };
  if (!isEncodedArray(weights)) return { ...call, extra: weightsOf(kwargs, x.dims?.slice(0, -1)) };
  const pixels = rank === 1 ? x.dims?.slice(0, 1) : [weights.shape[0]!, x.dims?.[0] ?? 0];
  if (x.dims === undefined || y.dims === undefined) return { ...call, extra: weightsOf(kwargs, pixels) };
  const rows = [...pixels!, x.dims[1]!];
  const flat = [elementCount(pixels!), x.dims[1]!];
  return {
    ...call,
    logits: { data: broadcast(x, rows).data, dims: flat },
    target: { data: broadcast(y, rows).data, dims: flat },
    extra: { pixelWeights: { data: broadcast(floats(weights), pixels!).data, dims: [flat[0]!] } },
  };
}

function reductionOf(kwargs: Json): LossOptions {
  const reduction = (kwargs["reduction"] as string | undefined) ?? "SUM_BY_NONZERO_WEIGHTS";
  const options = {
    NONE: { reduction: "none" },
    SUM: { reduction: "sum" },
    MEAN: { divisor: "weights" },
    SUM_BY_NONZERO_WEIGHTS: { divisor: "nonzero" },
  }[reduction];
  return defined({ ...options, labelSmoothing: kwargs["labelSmoothing"] });
}

function weightsOf(kwargs: Json, dims: readonly number[] | undefined): NonNullable<LossRun["extra"]> {
  const { weights } = kwargs;
  if (weights === undefined) return {};
  const given = floats(weights);
  if (given.dims === undefined || dims === undefined) return { pixelWeights: given };
  const { data } = broadcast(given, dims);
  return { pixelWeights: { data, dims: [1, data.length] } };
}
