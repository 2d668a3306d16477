/** Cross-entropies and divergences. */
import type { LossCase } from "./loss-case.ts";

const binary: readonly LossCase[] = [
  { loss: "binary-cross-entropy", target: "dense", classes: 1, spatial: [5, 3] },
  { loss: "binary-cross-entropy(posWeight=[2, 0.5, 1])", target: "dense", classes: 3, spatial: [7] },
  { loss: "binary-cross-entropy(posWeight=dynamic)", target: "dense", classes: 2, spatial: [5, 3] },
  {
    loss: "binary-cross-entropy(posWeight=dynamic, classWeights=[1, 0, 3], divisor=weights)",
    target: "dense",
    hard: true,
    classes: 3,
    spatial: [7],
  },
  {
    loss: "binary-cross-entropy(labelSmoothing=0.2, smoothing=half, divisor=all)",
    target: "dense",
    classes: 2,
    spatial: [7],
  },
  {
    loss: "binary-cross-entropy(labelSmoothing=0.2, smoothing=flip, posWeight=3)",
    target: "dense",
    hard: true,
    classes: 2,
    spatial: [5],
  },
  {
    loss: "binary-cross-entropy(labelSmoothing=0.2, smoothing=uniform, oneVsRest=true)",
    target: "labels",
    classes: 4,
    spatial: [3, 5],
  },
  {
    loss: "binary-cross-entropy(input=probabilities)",
    input: "probabilities",
    target: "dense",
    classes: 2,
    spatial: [5],
  },
  ...["clamp=log, logFloor=-20", "clamp=probability", "clamp=inside, epsilon=0.01", "clamp=none"].map(
    (clamp): LossCase => ({
      loss: `binary-cross-entropy(input=probabilities, ${clamp}, posWeight=1.5)`,
      input: "probabilities",
      target: "dense",
      classes: 2,
      spatial: [7],
    }),
  ),
  ...["sum", "none", "batchmean"].map(
    (reduction): LossCase => ({
      loss: `binary-cross-entropy(reduction=${reduction})`,
      target: "dense",
      classes: 2,
      spatial: [5],
    }),
  ),
  { loss: "binary-cross-entropy(divisor=nonzero)", target: "dense", classes: 1, spatial: [7] },
  { loss: "binary-cross-entropy(divisor=12.5)", target: "dense", classes: 1, spatial: [7] },
  ...["torch", "monai", "smp", "keras", "mmseg"].map(
    (preset): LossCase => ({
      loss: `binary-cross-entropy(preset=${preset}, labelSmoothing=0.1)`,
      target: "dense",
      classes: 3,
      spatial: [5],
    }),
  ),
];

const softmax: readonly LossCase[] = [
  { loss: "cross-entropy", target: "labels", classes: 4, spatial: [3, 5] },
  { loss: "cross-entropy", target: "dense", simplex: true, classes: 3, spatial: [7] },
  {
    loss: "cross-entropy(labelSmoothing=0.1, classWeights=[1, 2, 0.5])",
    target: "labels",
    classes: 3,
    spatial: [7],
  },
  ...(["labels", "dense"] as const).flatMap((target): LossCase[] => [
    {
      loss: "cross-entropy(labelSmoothing=0.1, classWeights=[1, 2, 0.5], smoothingWeights=pixel)",
      target,
      classes: 3,
      spatial: [7],
    },
    { loss: "cross-entropy(zLoss=0.01, labelSmoothing=0.1)", target, classes: 3, spatial: [5] },
    {
      loss: "cross-entropy(zeroTargets=multiply, classWeights=[1, 2, 0.5])",
      target,
      classes: 3,
      spatial: [5],
    },
    {
      loss: "cross-entropy(input=log-probabilities, labelSmoothing=0.1, classWeights=[1, 2, 0.5])",
      input: "log-probabilities",
      target,
      classes: 3,
      spatial: [7],
    },
    ...["none", "log", "probability", "inside"].flatMap((clamp) =>
      ["none", "sum"].map(
        (normalization): LossCase => ({
          loss: `cross-entropy(input=probabilities, normalization=${normalization}, clamp=${clamp}, labelSmoothing=0.1)`,
          input: "probabilities",
          target,
          classes: 3,
          spatial: [5],
        }),
      ),
    ),
  ]),
  ...["sum", "none", "batchmean"].map(
    (reduction): LossCase => ({
      loss: `cross-entropy(reduction=${reduction}, smoothingWeights=class)`,
      target: "labels",
      classes: 3,
      spatial: [5],
    }),
  ),
  ...["weights", "valid", "nonzero", "all", "12.5"].map(
    (divisor): LossCase => ({
      loss: `cross-entropy(divisor=${divisor}, classWeights=[0, 2, 0.5])`,
      target: "labels",
      classes: 3,
      spatial: [7],
    }),
  ),
  ...["torch", "monai", "smp", "keras", "mmseg", "nnunet"].map(
    (preset): LossCase => ({
      loss: `cross-entropy(preset=${preset}, labelSmoothing=0.1)`,
      target: "labels",
      classes: 3,
      spatial: [5],
    }),
  ),
  { loss: "nll", input: "log-probabilities", target: "labels", classes: 4, spatial: [3, 5] },
  {
    loss: "nll(preset=torch, classWeights=[1, 2, 0.5])",
    input: "log-probabilities",
    target: "labels",
    classes: 3,
    spatial: [7],
  },
];

const teachers = [
  { target: "labels", needs: ["teacher"] },
  { target: "dense", simplex: true },
] as const;

const divergences: readonly LossCase[] = teachers.flatMap((teacher): LossCase[] => {
  const shape = { classes: 3, spatial: [5], ...teacher };
  // A dense target has zeros, which are infinitely far from any student.
  const reverse = teacher.target === "dense" ? "direction=reverse, clamp=probability" : "direction=reverse";
  const inputs = ["probabilities", "log-probabilities"] as const;
  return [
    { loss: "kl-divergence", ...shape, spatial: [3, 5] },
    { loss: `kl-divergence(temperature=2.5, ${reverse})`, ...shape },
    { loss: "kl-divergence(temperature=2.5, temperatureScaling=none, mass=counted)", ...shape },
    { loss: `kl-divergence(spread=elements, ${reverse}, mass=counted)`, ...shape },
    { loss: "js-divergence", ...shape, spatial: [3, 5] },
    { loss: "js-divergence(temperature=2.5, temperatureScaling=squared)", ...shape },
    { loss: "js-divergence(temperature=2.5, temperatureScaling=none, spread=elements)", ...shape },
    ...inputs.flatMap((input) => [
      ...["direction=forward", reverse].flatMap((direction) =>
        ["ignored", "counted"].map(
          (mass): LossCase => ({
            loss: `kl-divergence(input=${input}, ${direction}, mass=${mass})`,
            input,
            ...shape,
          }),
        ),
      ),
      { loss: `js-divergence(input=${input})`, input, ...shape },
    ]),
    {
      loss: "kl-divergence(input=probabilities, clamp=probability, epsilon=0.001)",
      input: "probabilities",
      ...shape,
    },
    { loss: "js-divergence(input=probabilities, clamp=probability)", input: "probabilities", ...shape },
    { loss: "kl-divergence(preset=torch)", input: "log-probabilities", ...shape },
    { loss: "kl-divergence(preset=keras)", ...shape },
    { loss: "kl-divergence(preset=kornia)", input: "probabilities", ...shape },
    { loss: "js-divergence(preset=kornia)", input: "probabilities", ...shape },
  ];
});

export const pixelCases: readonly LossCase[] = [...binary, ...softmax, ...divergences];
