/** Cases of pixel losses, `of dense` where labels have a kernel, whose options run in float64, pixel by pixel, and why. */
const modulators = "a divisor that is the sum of modulators needs them before the gradient";
const chosen = "only some classes count, which the kernels do not count pixel by pixel";
const reduced = "at the threshold the modulator jumps: float32 falls on either side of it";
const spread = "an element is not what the kernels write: a sum over channels, or a channel of a softmax";
const cancels = "what is left of nearly equal float32 numbers is no gradient within 2e-6";
const tempered = "of softened targets, or a temperature t2 of at most 1, there is no cancellation-free form";

export const withoutPixelKernel: { readonly [loss: string]: string } = {
  "binary-cross-entropy(input=probabilities, clamp=none, posWeight=1.5)":
    "without a clamp a probability of 0 may cost infinity, and what is 0 times that must be nothing",
  "cross-entropy(labelSmoothing=0.1, classWeights=[1, 2, 0.5], smoothingWeights=pixel) of dense":
    "a dense target has no class whose weight the divisor could count",
  "focal(reducedThreshold=0.5)": reduced,
  "focal(reducedThreshold=0.3, softTargets=linear, divisor=modulator)": reduced,
  "focal(shift=1, gamma=2, alpha=0.25, alphaMode=balanced)": "focal star has no kernel",
  "focal(classes=foreground, spread=pixels)": chosen,
  "focal(classes=[0, 2], divisor=all, classWeights=[1, 2, 3])": chosen,
  "focal(divisor=modulator)": modulators,
  "focal(divisor=modulator, softTargets=split, gamma=0.5)": modulators,
  "focal(divisor=modulator, softTargets=logit, classWeights=[1, 2, 0.5])": modulators,
  "focal(reduction=none, spread=pixels)": spread,
  "focal(input=probabilities, softTargets=logit, clamp=none, divisor=modulator)": modulators,
  "focal(activation=softmax, labelSmoothing=0.1, classes=foreground)": chosen,
  "focal(activation=softmax, reducedThreshold=0.4, divisor=modulator)": reduced,
  "focal(activation=softmax, gamma=0.5, reduction=none, spread=elements)": spread,
  "focal(activation=softmax, divisor=modulator)": modulators,
  "focal(activation=softmax, input=probabilities, clamp=inside, epsilon=0.01, divisor=modulator)": modulators,
  "smp:focal(alpha=0.7, spread=pixels)": spread,
  "kornia:focal(activation=softmax, alpha=0.25)": spread,
  "quality-focal(beta=1.5)": cancels,
  "generalized-cross-entropy(q=1, reduction=none)": cancels,
  "bi-tempered(t1=0.2, t2=3, labelSmoothing=0.1)": tempered,
  "bi-tempered(t1=1, t2=1)": tempered,
  "bi-tempered(t1=0.3, t2=0.6)": tempered,
};
