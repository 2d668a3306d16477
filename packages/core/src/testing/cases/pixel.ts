/** Cross-entropies and what is close to them. */
import type { LossCase } from "./loss-case.ts";

export const pixelCases: readonly LossCase[] = [
  { loss: "binary-cross-entropy", target: "dense", classes: 1, spatial: [5, 3] },
  { loss: "binary-cross-entropy(posWeight=[2, 0.5, 1])", target: "dense", classes: 3, spatial: [7] },
  {
    loss: "binary-cross-entropy(input=probabilities)",
    input: "probabilities",
    target: "dense",
    classes: 2,
    spatial: [5],
  },
  { loss: "cross-entropy", target: "labels", classes: 4, spatial: [3, 5] },
  {
    loss: "cross-entropy(labelSmoothing=0.1, classWeights=[1, 2, 0.5])",
    target: "labels",
    classes: 3,
    spatial: [7],
  },
  { loss: "cross-entropy", target: "dense", simplex: true, classes: 3, spatial: [7] },
];
