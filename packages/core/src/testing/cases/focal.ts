/** Focal losses, and others that weigh pixels by how wrong they are or forgive wrong labels. */
import type { LossCase } from "./loss-case.ts";

const sigmoid = { target: "dense", classes: 3, spatial: [7] } as const;
const single = { target: "dense", classes: 1, spatial: [5, 3] } as const;
const softmax = { target: "labels", classes: 4, spatial: [3, 5] } as const;
const mixed = { target: "dense", classes: 3, spatial: [7], simplex: true } as const;
const probabilities = { input: "probabilities", target: "dense", classes: 2, spatial: [5] } as const;
const classProbabilities = { input: "probabilities", target: "labels", classes: 3, spatial: [7] } as const;

export const focalCases: readonly LossCase[] = [
  {
    loss: "focal(modulator=detached)",
    ...sigmoid,
    bound: {
      relative: 1,
      why: "The modulator is a weight: its own slope is left out of the gradient on purpose.",
    },
  },
  { loss: "focal", ...single },
  { loss: "focal(alpha=0.25, gamma=0.5)", ...sigmoid, hard: true },
  { loss: "focal(gamma=0)", ...single },
  { loss: "focal(alpha=[1, 0.5, 2], gamma=[0, 1.5, 3])", ...sigmoid },
  { loss: "focal(alpha=0.3, alphaMode=balanced, softTargets=linear)", ...sigmoid },
  { loss: "focal(alpha=0.3, alphaMode=background, softTargets=split)", ...sigmoid },
  { loss: "focal(alpha=0.3, alphaMode=balanced, softTargets=split, gamma=0.5)", ...sigmoid },
  { loss: "focal(softTargets=logit, gamma=1.5, classWeights=[1, 0, 2.5])", ...sigmoid },
  { loss: "focal(reducedThreshold=0.5)", ...single, hard: true },
  { loss: "focal(reducedThreshold=0.3, softTargets=linear, divisor=modulator)", ...sigmoid },
  { loss: "focal(shift=1, gamma=2, alpha=0.25, alphaMode=balanced)", ...single },
  { loss: "focal(labelSmoothing=0.1, softTargets=linear)", ...single, hard: true },
  { loss: "focal(classes=foreground, spread=pixels)", ...sigmoid },
  { loss: "focal(classes=[0, 2], divisor=all, classWeights=[1, 2, 3])", ...sigmoid },
  { loss: "focal(divisor=modulator)", ...sigmoid },
  { loss: "focal(divisor=modulator, softTargets=split, gamma=0.5)", ...single },
  { loss: "focal(divisor=modulator, softTargets=logit, classWeights=[1, 2, 0.5])", ...sigmoid },
  { loss: "focal(divisor=weights, classWeights=[1, 2, 0.5], oneVsRest=true)", ...softmax, classes: 3 },
  { loss: "focal(reduction=sum, divisor=valid)", ...single },
  { loss: "focal(reduction=none, spread=pixels)", ...sigmoid },
  { loss: "focal(reduction=batchmean)", ...single },
  { loss: "focal(divisor=7, softTargets=linear)", ...sigmoid },
  { loss: "focal(input=probabilities)", ...probabilities },
  { loss: "focal(input=probabilities, softTargets=linear, clamp=probability)", ...probabilities },
  { loss: "focal(input=probabilities, softTargets=split, clamp=inside, epsilon=0.001)", ...probabilities },
  { loss: "focal(input=probabilities, softTargets=logit, clamp=none, divisor=modulator)", ...probabilities },
  { loss: "focal(activation=softmax)", ...softmax },
  { loss: "focal(activation=softmax, gamma=[0, 0.5, 1, 3], alpha=[1, 2, 0.5, 0.1])", ...softmax },
  { loss: "focal(activation=softmax, alpha=0.25, alphaMode=background, spread=elements)", ...softmax },
  { loss: "focal(activation=softmax, alpha=0.25, alphaMode=balanced, divisor=nonzero)", ...softmax },
  { loss: "focal(activation=softmax, labelSmoothing=0.1, classes=foreground)", ...softmax },
  { loss: "focal(activation=softmax, reducedThreshold=0.4, divisor=modulator)", ...softmax },
  { loss: "focal(activation=softmax, divisor=weights, classWeights=[1, 2, 0.5, 3])", ...softmax },
  { loss: "focal(activation=softmax, gamma=0.5, reduction=none, spread=elements)", ...mixed },
  { loss: "focal(activation=softmax, divisor=modulator)", ...mixed },
  { loss: "focal(activation=softmax, input=probabilities)", ...classProbabilities },
  {
    loss: "focal(activation=softmax, input=probabilities, normalization=sum, clamp=probability, labelSmoothing=0.1)",
    ...classProbabilities,
  },
  {
    loss: "focal(activation=softmax, input=probabilities, clamp=inside, epsilon=0.01, divisor=modulator)",
    ...classProbabilities,
  },
  { loss: "focal(activation=softmax, input=probabilities, clamp=none)", ...classProbabilities },
  { loss: "torchvision:focal", ...sigmoid },
  { loss: "monai:focal(alpha=0.7)", ...sigmoid },
  { loss: "monai:focal(activation=softmax, alpha=0.7)", ...softmax },
  { loss: "smp:focal(alpha=0.7, spread=pixels)", ...softmax },
  { loss: "kornia:focal(alpha=0.25)", ...sigmoid },
  { loss: "kornia:focal(activation=softmax, alpha=0.25)", ...softmax },
  { loss: "keras:focal(input=probabilities)", ...probabilities },
  { loss: "keras:focal(activation=softmax, alpha=0.25, input=probabilities)", ...classProbabilities },
  { loss: "mmseg:focal", ...softmax },

  { loss: "quality-focal", ...single },
  { loss: "quality-focal(beta=1.5)", ...sigmoid, hard: true },
  { loss: "quality-focal(beta=3, oneVsRest=true)", ...softmax },
  { loss: "quality-focal(input=probabilities)", ...probabilities },

  { loss: "penalty-reduced-focal(positiveThreshold=0.8)", ...single },
  { loss: "penalty-reduced-focal(alpha=0.5, beta=2)", ...sigmoid, hard: true },
  { loss: "keras:penalty-reduced-focal(positiveThreshold=0.5)", ...sigmoid },
  {
    loss: "penalty-reduced-focal(input=probabilities, clamp=probability, epsilon=0.001, positiveThreshold=0.6)",
    ...probabilities,
  },

  ...["weights", "valid", "nonzero", "all"].map(
    (divisor): LossCase => ({ loss: `penalty-reduced-focal(divisor=${divisor})`, ...sigmoid, hard: true }),
  ),

  { loss: "focal-cosine", ...softmax },
  { loss: "focal-cosine(alpha=0.5, gamma=0.5, focalWeight=2)", ...softmax },

  { loss: "poly", ...softmax },
  { loss: "poly(epsilon=-0.5)", ...mixed },
  { loss: "poly(base=binary-cross-entropy, epsilon=2)", ...sigmoid },
  { loss: "poly(input=probabilities)", ...classProbabilities },
  { loss: "poly(base=binary-cross-entropy, input=probabilities)", ...probabilities },

  { loss: "generalized-cross-entropy", ...softmax },
  { loss: "generalized-cross-entropy(q=0)", ...mixed },
  { loss: "generalized-cross-entropy(q=1, reduction=none)", ...mixed },
  { loss: "keras:generalized-cross-entropy(input=probabilities)", ...classProbabilities },

  { loss: "symmetric-cross-entropy", ...softmax },
  { loss: "symmetric-cross-entropy(alpha=1, beta=0.5, logZero=-9)", ...mixed },
  { loss: "symmetric-cross-entropy(input=probabilities)", ...classProbabilities },

  { loss: "bi-tempered", ...softmax },
  { loss: "bi-tempered(t1=0.2, t2=3, labelSmoothing=0.1)", ...softmax },
  { loss: "bi-tempered(t1=1, t2=1)", ...mixed },
  { loss: "bi-tempered(t1=0.3, t2=0.6)", ...mixed },

  { loss: "balanced-binary-cross-entropy", ...single, hard: true },
  { loss: "balanced-binary-cross-entropy(gamma=2, reduction=sum)", ...sigmoid },
  { loss: "balanced-binary-cross-entropy(oneVsRest=true, divisor=all)", ...softmax },
  { loss: "balanced-binary-cross-entropy(input=probabilities)", ...probabilities },
];
