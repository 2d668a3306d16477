/** MLX: `[logits, targets]`, classes last, a loss per sample unless reduced. @module */
import { column, floats, isEncodedArray, target } from "../arrays.ts";
import { type Adapter, defined, float32Tolerance, type LossRun, notInCatalogue, type Plan } from "../plan.ts";
import type { Json, VectorCase } from "../vectors.ts";

export const mlx: Adapter = {
  file: "mlx.json",
  tolerance: float32Tolerance,
  plan(vector: VectorCase): Plan {
    switch (vector.loss) {
      case "cross_entropy":
        return samples("cross-entropy", vector, { zeroTargets: "multiply" });
      case "nll_loss":
        return samples("nll", vector, {});
      case "binary_cross_entropy":
        return samples("binary-cross-entropy", vector, {
          input: vector.kwargs?.["with_logits"] === false ? "probabilities" : "logits",
          clamp: vector.kwargs?.["with_logits"] === false ? "log" : undefined,
        });
      default:
        return notInCatalogue("Gaussian likelihood of a regression");
    }
  },
};

/** Weights are a number per sample. Infinite logits are part of these tests. */
function samples(id: string, { args = [], kwargs = {} }: VectorCase, options: Json): LossRun {
  const { weights } = kwargs;
  return {
    id,
    options: defined({
      ...options,
      nonFinite: "propagate",
      reduction: kwargs["reduction"],
      labelSmoothing: kwargs["label_smoothing"],
    }),
    logits: column(floats(args[0])),
    target: target(args[1]),
    extra: isEncodedArray(weights) ? { pixelWeights: floats(weights) } : {},
  };
}
