/** segmentation_models of Keras: losses and scores of `[ground truth, prediction]`, channels last. @module */
import { floats } from "../arrays.ts";
import { type Adapter, defined, type LossRun, notInCatalogue, type Plan } from "../plan.ts";
import type { VectorCase } from "../vectors.ts";

export const segmentationModels: Adapter = {
  file: "segmentation_models_keras.json",
  tolerance: { rtol: 1e-5, atol: 1e-8 },
  plan(vector: VectorCase): Plan {
    const options = vector.options ?? {};
    if (options["threshold"] !== undefined)
      return notInCatalogue("scores of thresholded predictions, a metric");
    const smooth = options["smooth"] as number;
    switch (vector.loss) {
      case "JaccardLoss":
        return overlap("jaccard", vector, { smooth });
      case "DiceLoss":
        return overlap("dice", vector, { smooth });
      case "IOUScore":
        return scoreOf(overlap("jaccard", vector, { smooth }));
      default: {
        // F_beta = ((1 + b²) TP + s) / ((1 + b²) TP + b² FN + FP + s), divided through by 1 + b².
        const squared = (options["beta"] as number) ** 2;
        const tversky = {
          falsePositiveWeight: 1 / (1 + squared),
          falseNegativeWeight: squared / (1 + squared),
        };
        return scoreOf(overlap("tversky", vector, { ...tversky, smooth: smooth / (1 + squared) }));
      }
    }
  },
};

function overlap(id: string, { args = [] }: VectorCase, options: Readonly<Record<string, number>>): LossRun {
  return {
    id,
    options: defined({ input: "probabilities", emptyClass: "smooth", ...options }),
    logits: floats(args[1]),
    target: floats(args[0]),
    extra: { layout: "channels-last" },
  };
}

/** The score of which the loss is the complement. */
export function scoreOf(run: LossRun): LossRun {
  return { ...run, post: (numbers) => numbers.map((loss) => 1 - loss) };
}
