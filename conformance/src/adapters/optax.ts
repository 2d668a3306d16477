/** optax: `[logits, labels]`, classes last, a loss per row. @module */
import type { Tensor } from "@pixelgrad/core";
import { floats, onePlane, row } from "../arrays.ts";
import { type Adapter, defined, float32Tolerance, type LossRun, notInCatalogue, type Plan } from "../plan.ts";
import type { Json, VectorCase } from "../vectors.ts";

export const optax: Adapter = {
  file: "optax.json",
  tolerance: float32Tolerance,
  plan(vector: VectorCase): Plan {
    switch (vector.loss) {
      case "softmax_cross_entropy":
        return rows("cross-entropy", vector, {});
      case "safe_softmax_cross_entropy":
        return rows("cross-entropy", vector, { nonFinite: "propagate", zeroTargets: "skip" });
      case "sigmoid_binary_cross_entropy":
        return elements(vector);
      case "poly_loss_cross_entropy":
        return rows("poly", vector, { base: "cross-entropy", epsilon: vector.kwargs?.["epsilon"] });
      case "kl_divergence":
        return rows("kl-divergence", vector, { input: "log-probabilities" });
      case "generalized_kl_divergence":
        return rows("kl-divergence", vector, { input: "log-probabilities", mass: "counted" });
      case "kl_divergence_with_log_targets":
        return withLogTargets(vector);
      case "dice_loss":
        return dice(vector);
      default:
        return notInCatalogue("hinge losses");
    }
  },
};

function rows(id: string, { args = [] }: VectorCase, options: Json): LossRun {
  return {
    id,
    options: defined({ ...options, reduction: "none" }),
    logits: row(floats(args[0])),
    target: row(floats(args[1])),
  };
}

function elements({ args = [] }: VectorCase): LossRun {
  return {
    id: "binary-cross-entropy",
    options: { reduction: "none" },
    logits: onePlane(floats(args[0])),
    target: onePlane(floats(args[1])),
  };
}

/** A teacher is read as the input is: log-probabilities. */
function withLogTargets({ args = [] }: VectorCase): LossRun {
  const logits = row(floats(args[0]));
  return {
    id: "kl-divergence",
    options: { input: "log-probabilities", reduction: "none" },
    logits,
    target: unlabelled(logits),
    extra: { teacher: row(floats(args[1])) },
  };
}

/** Labels that say nothing, where the teacher is the target. */
function unlabelled({ dims }: Tensor): Tensor {
  const [images, , ...spatial] = dims as [number, number, ...number[]];
  const labelDims = [images, ...spatial];
  return { data: new Uint8Array(labelDims.reduce((a, b) => a * b, 1)), dims: labelDims };
}

/** A Tversky loss: the mean over classes of each image; alpha weighs false positives. */
function dice({ args = [], kwargs = {} }: VectorCase): LossRun {
  return {
    id: "tversky",
    options: defined({
      input: "probabilities",
      smooth: kwargs["smooth"],
      accumulate: "image",
      emptyClass: "smooth",
      falsePositiveWeight: kwargs["alpha"],
      falseNegativeWeight: kwargs["beta"],
    }),
    logits: floats(args[0]),
    target: floats(args[1]),
    extra: { layout: "channels-last" },
  };
}
