/** Options that many losses share: what is ignored, what a mean divides by, what is let in. */
import type { LossCase } from "./loss-case.ts";

export const commonCases: readonly LossCase[] = [
  { loss: "cross-entropy(ignoreIndex=255)", target: "labels", classes: 3, spatial: [4, 3] },
  { loss: "cross-entropy(ignoreIndex=[-1, 1])", target: "labels", classes: 3, spatial: [7] },
  { loss: "cross-entropy(ignoreIndex=255)", target: "dense", simplex: true, classes: 3, spatial: [7] },
  { loss: "binary-cross-entropy(ignoreIndex=255)", target: "dense", classes: 2, spatial: [3, 4] },
  { loss: "dice(ignoreIndex=255)", target: "labels", classes: 3, spatial: [4, 3] },
  { loss: "dice(activation=sigmoid, ignoreIndex=[255, -1])", target: "dense", classes: 2, spatial: [7] },
  { loss: "dice(activation=sigmoid, oneVsRest=true)", target: "labels", classes: 3, spatial: [5] },
  { loss: "dice(activation=softmax, smooth=0)", target: "labels", classes: 3, spatial: [5] },
  { loss: "binary-cross-entropy(oneVsRest=true)", target: "labels", classes: 3, spatial: [5] },
  ...["sum", "none", "batchmean"].flatMap((reduction): LossCase[] => [
    { loss: `cross-entropy(reduction=${reduction})`, target: "labels", classes: 3, spatial: [5] },
    { loss: `focal(reduction=${reduction})`, target: "dense", classes: 3, spatial: [5] },
  ]),
  ...["weights", "valid", "nonzero", "all", "17"].map(
    (divisor): LossCase => ({
      loss: `cross-entropy(divisor=${divisor}, classWeights=[1, 2, 0.5], ignoreIndex=255)`,
      target: "labels",
      classes: 3,
      spatial: [5],
    }),
  ),
  ...["weights", "nonzero", "all"].map(
    (divisor): LossCase => ({
      loss: `binary-cross-entropy(divisor=${divisor}, ignoreIndex=-1)`,
      target: "dense",
      classes: 3,
      spatial: [5],
    }),
  ),
  ...["nan", "throw"].map(
    (allIgnored): LossCase => ({
      loss: `cross-entropy(allIgnored=${allIgnored}, ignoreIndex=255)`,
      target: "labels",
      classes: 3,
      spatial: [5],
    }),
  ),
  { loss: "cross-entropy(outOfRange=ignore)", target: "labels", classes: 3, spatial: [5] },
  { loss: "dice(nonFinite=propagate)", target: "labels", classes: 3, spatial: [5] },
  { loss: "dice(activation=sigmoid, range=any)", target: "dense", classes: 2, spatial: [5] },
  { loss: "torch:cross-entropy", target: "labels", classes: 3, spatial: [5] },
  { loss: "cross-entropy + 0.5*dice", target: "labels", classes: 3, spatial: [3, 4] },
  {
    loss: "binary-cross-entropy + 2*focal - 0.5*dice(activation=sigmoid)",
    target: "dense",
    classes: 2,
    spatial: [5],
  },
];
