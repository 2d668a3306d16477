/** Flux.jl: classes on the first axis, samples on the second; double precision. @module */
import { floats, onePlane, transposed } from "../arrays.ts";
import { type Adapter, defined, float32Tolerance, type LossRun, notInCatalogue, type Plan } from "../plan.ts";
import type { Json, VectorCase } from "../vectors.ts";

export const flux: Adapter = {
  file: "flux.json",
  tolerance: float32Tolerance,
  plan(vector: VectorCase): Plan {
    const options = vector.options ?? {};
    const { gamma, beta, smooth } = options as Readonly<Record<string, number>>;
    const input = options["from_logits"] === true ? "logits" : "probabilities";
    switch (vector.loss) {
      case "dice_coeff_loss":
        return ofEverything("dice", vector, { range: "any", power: 2, smooth });
      case "tversky_loss":
        // beta weighs the false positives here.
        return ofEverything("tversky", vector, {
          range: "any",
          smooth: 1,
          falsePositiveWeight: beta,
          falseNegativeWeight: 1 - beta!,
        });
      case "binary_focal_loss":
        return ofEverything("focal", vector, { gamma });
      case "focal_loss":
        return ofSamples("focal", vector, { input, activation: "softmax", gamma });
      case "crossentropy":
        return ofSamples("cross-entropy", vector, { input, labelSmoothing: options["label_smoothing"] });
      case "kldivergence":
        return ofSamples("kl-divergence", vector, { input, range: "any" });
      default:
        return notInCatalogue("hinge losses");
    }
  },
};

function ofEverything(id: string, { kwargs = {} }: VectorCase, options: Json): LossRun {
  return {
    id,
    options: defined({ input: "probabilities", ...options }),
    logits: onePlane(floats(kwargs["pred"] ?? kwargs["prob"])),
    target: onePlane(floats(kwargs["target"])),
  };
}

function ofSamples(id: string, { kwargs = {} }: VectorCase, options: Json): LossRun {
  return {
    id,
    options: defined(options),
    logits: transposed(floats(kwargs["logits"] ?? kwargs["prob"] ?? kwargs["pred"])),
    target: transposed(floats(kwargs["target"])),
  };
}
