/** Losses on overlap sums. */
import type { LossCase } from "./loss-case.ts";

/** Small problems: labels under a softmax, one-hot and soft dense targets, and channels of their own. */
const labels = (loss: string, classes = 3): LossCase => ({
  loss,
  target: "labels",
  classes,
  spatial: [3, 5],
});
const simplex = (loss: string): LossCase => ({
  loss,
  target: "dense",
  simplex: true,
  classes: 3,
  spatial: [7],
});
const dense = (loss: string, classes = 2): LossCase => ({ loss, target: "dense", classes, spatial: [5] });
const hard = (loss: string, classes = 2): LossCase => ({ ...dense(loss, classes), hard: true });
const probabilities = (loss: string, classes: number): LossCase => ({
  ...dense(loss, classes),
  input: "probabilities",
});

const dice: readonly LossCase[] = [
  labels("dice"),
  labels("dice(smooth=0.5, smoothNumerator=0)"),
  labels("dice(smoothDenominator=2, epsilon=0.001)"),
  labels("dice(epsilon=100)"),
  labels("dice(accumulate=image)"),
  labels("dice(average=micro)"),
  labels("dice(average=micro, classWeights=[0.5, 2, 1])"),
  labels("dice(classWeights=[0.5, 2, 1])"),
  labels("dice(classWeights=[0.5, 2, 1], weighting=normalized)"),
  labels("dice(classWeights=[0.5, 2, 1], weighting=planes)"),
  labels("dice(classes=foreground, accumulate=image)"),
  labels("dice(classes=[2, 0])", 4),
  labels("dice(emptyClass=zero, accumulate=image)", 9),
  labels("dice(emptyClass=one, accumulate=image)", 9),
  labels("dice(emptyClass=skip, accumulate=image)", 9),
  labels("dice(emptyClass=absence, accumulate=image)", 9),
  labels("dice(form=log)"),
  labels("dice(form=negative)"),
  labels("dice(reduction=sum, accumulate=image)"),
  labels("dice(reduction=none, accumulate=image, classWeights=[0.5, 2, 1])"),
  labels("dice(reduction=none)"),
  labels("dice(reduction=none, average=micro, accumulate=image)"),
  labels("dice(softTargets=semimetric)"),
  labels("dice(targetSoftening=0.01)"),
  labels("dice(activation=sigmoid, oneVsRest=true)"),
  { ...simplex("dice(accumulate=image, power=2)"), classes: 2 },
  simplex("dice(power=1.5)"),
  simplex("dice(softTargets=semimetric)"),
  dense("dice(activation=sigmoid)"),
  dense("dice(activation=sigmoid, softTargets=semimetric, power=2)"),
  dense("dice(classes=foreground)", 1),
  probabilities("dice(input=probabilities)", 1),
  probabilities("dice(input=probabilities, activation=softmax)", 2),
];

const presets: readonly LossCase[] = [
  labels("monai:dice"),
  labels("smp:dice"),
  labels("kornia:dice"),
  labels("keras:dice"),
  labels("mmseg:dice"),
  labels("nnunet:dice"),
  labels("monai:jaccard"),
  dense("smp:jaccard(activation=sigmoid)"),
  labels("monai:tversky"),
  labels("smp:tversky"),
  labels("kornia:tversky"),
  labels("keras:tversky"),
  labels("mmseg:tversky"),
  labels("smp:focal-tversky(gamma=1.5)"),
  labels("monai:generalized-dice"),
  hard("smp:mcc", 1),
  labels("monai:unified-focal"),
];

const scores: readonly LossCase[] = [
  labels("jaccard"),
  dense("jaccard(power=2, smooth=0.1)", 1),
  labels("tversky(falsePositiveWeight=0.3, falseNegativeWeight=0.7)"),
  labels("tversky(falsePositiveWeight=0, falseNegativeWeight=2, form=log)"),
  labels("focal-tversky"),
  labels("focal-tversky(gamma=2, focus=mean, accumulate=image)"),
  labels("focal-tversky(focus=mean, reduction=none, accumulate=image)"),
  labels("focal-tversky(gamma=1.33, form=log, average=micro)"),
  labels("focal-tversky(falsePositiveWeight=0.3, falseNegativeWeight=0.7, classWeights=[1, 2, 3])"),
  labels("log-cosh-dice"),
  labels("log-cosh-dice(focus=class, accumulate=image)"),
  labels("soft-f1"),
  dense("soft-f1(activation=sigmoid, softTargets=semimetric)"),
  labels("mcc"),
  labels("mcc(smooth=0.01, average=micro)"),
  dense("mcc(activation=sigmoid, form=negative)"),
  labels("asymmetric-similarity"),
  labels("asymmetric-similarity(beta=0.5, form=negative)"),
  labels("sensitivity-specificity"),
  labels("sensitivity-specificity(sensitivityWeight=0.5, accumulate=image, emptyClass=skip)", 9),
  dense("sensitivity-specificity(activation=sigmoid, smooth=0)"),
];

const coupled: readonly LossCase[] = [
  labels("generalized-dice"),
  labels("generalized-dice(volumeWeights=simple, accumulate=batch)"),
  labels("generalized-dice(volumeWeights=uniform, classWeights=[1, 2, 3], form=log)"),
  labels("generalized-dice(reduction=none, classes=foreground)", 4),
  dense("generalized-dice(activation=sigmoid, softTargets=semimetric, power=2)"),
  labels("penalty-generalized-dice"),
  labels("penalty-generalized-dice(penalty=0.5, reduction=sum)"),
  labels("generalized-wasserstein-dice(distances=[[0, 1, 2], [1, 0, 0.5], [2, 0.5, 0]])"),
  labels(
    "generalized-wasserstein-dice(distances=[[0, 1, 1], [1, 0, 1], [1, 1, 0]], variant=generalized, reduction=none)",
  ),
  labels("generalized-wasserstein-dice(distances=[[0, 1, 1], [1, 0, 1], [1, 1, 0]], accumulate=batch)"),
  labels("generalized-wasserstein-dice(distances=[[0, 1, 1], [1, 0, 1], [1, 1, 0]], reduction=sum)"),
  labels("monai:generalized-wasserstein-dice(distances=[[0, 1, 1], [1, 0, 0.5], [1, 0.5, 0]])"),
  labels("dice(classWeights=[1, 2, 0.5], weighting=plain)"),
];

const compounds: readonly LossCase[] = [
  labels("combo"),
  labels("combo(alpha=0.3, beta=0.8, smooth=0.1, accumulate=image)"),
  simplex("combo"),
  dense("combo(activation=sigmoid, beta=0.2)"),
  probabilities("combo(input=probabilities)", 1),
  probabilities("combo(input=probabilities)", 2),
  labels("unified-focal"),
  labels("unified-focal(variant=symmetric, weight=0.3, delta=0.7, gamma=0.2, accumulate=batch)"),
  simplex("unified-focal"),
  dense("unified-focal(variant=symmetric)", 1),
  probabilities("unified-focal(input=probabilities)", 1),
  probabilities("unified-focal(input=probabilities)", 2),
  labels("exponential-logarithmic"),
  labels(
    "exponential-logarithmic(diceWeight=1, crossEntropyWeight=2, gammaDice=1.5, gammaCrossEntropy=1, classWeights=[1, 2, 3])",
  ),
  simplex("exponential-logarithmic(accumulate=image, smooth=0.1)"),
  dense("exponential-logarithmic(classWeights=[1, 3])", 1),
  probabilities("exponential-logarithmic(input=probabilities)", 1),
];

export const overlapCases: readonly LossCase[] = [...dice, ...presets, ...scores, ...coupled, ...compounds];
