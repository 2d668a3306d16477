/** Activation functions without kinks, or with a kink between two of these. None overflows where its Y does not. */

import { floatAttribute, intAttribute, stringAttribute } from "../graph/attributes.ts";
import { atAxis } from "../graph/axis.ts";
import type { NodeProto } from "../graph/onnx_pb.ts";
import { formula } from "./formula.ts";
import { refusal } from "./refusal.ts";
import type { Rule, RuleContext } from "./rule.ts";
import { slopeAtInput, slopeAtOutput } from "./slope.ts";

/** Y = 1 / (1 + exp(-X)): dX = dY Y (1 - Y). */
export const sigmoid: Rule = slopeAtOutput((y, { mul, sub }) => mul(y, sub(1, y)));

/** Y = tanh X: dX = dY (1 - Y²). */
export const tanh: Rule = slopeAtOutput((y, { mul, sub }) => sub(1, mul(y, y)));

/** Y = log(1 + exp X): dX = dY sigmoid X. */
export const softplus: Rule = slopeAtInput((x, { sigmoid }) => sigmoid(x));

/** Y = X / (1 + |X|): dX = dY (1 - |Y|)². */
export const softsign: Rule = slopeAtOutput((y, { abs, mul, sub }) => {
  const rest = sub(1, abs(y));
  return mul(rest, rest);
});

/** Y = X where X > 0, α (exp X - 1) elsewhere: slope 1 or Y + α; α at X = 0. */
export const elu: Rule = slopeAtOutput((y, { node, add, greater, choose }) =>
  choose(greater(y, 0), 1, add(y, positiveAlpha(node, 1))),
);

/** Y = γX where X > 0, γα (exp X - 1) elsewhere: slope γ or Y + γα; γα at X = 0. */
export const selu: Rule = slopeAtOutput((y, { node, add, greater, choose }) => {
  const alpha = positiveAlpha(node, 1.6732632423543772);
  const gamma = floatAttribute(node, "gamma", 1.0507009873554805);
  if (gamma < 0) throw refusal(node, `its gamma is ${gamma}, and only one of at least 0 keeps the sign of X`);
  return choose(greater(y, 0), gamma, add(y, gamma * alpha));
});

/** Y = X where X > 0, α (exp(X / α) - 1) elsewhere: slope 1 or Y / α + 1; 1 at X = 0. */
export const celu: Rule = slopeAtOutput((y, { node, add, mul, greater, choose }) =>
  choose(greater(y, 0), 1, add(mul(y, 1 / positiveAlpha(node, 1)), 1)),
);

/** Y = X T with T = tanh(softplus X): slope T + X (1 - T²) sigmoid X. */
export const mish: Rule = slopeAtInput((x, { add, sub, mul, tanh, softplus, sigmoid }) => {
  const t = tanh(softplus(x));
  return add(t, mul(x, sub(1, mul(t, t)), sigmoid(x)));
});

/** Beyond this the slope of gelu is 0 or 1 to the last bit of float32; taken there, no power of a large X overflows. */
const GELU_REACH = 10;

/**
 * Y = X Φ(X), Φ that of the normal distribution: slope Φ(X) + X φ(X). With `approximate` tanh,
 * Y = X (1 + T) / 2 with T = tanh(c (X + 0.044715 X³)), c = √(2/π):
 * slope (1 + T) / 2 + X (1 - T²) c (1 + 0.134145 X²) / 2.
 */
export const gelu: Rule = slopeAtInput((whole, { node, add, sub, mul, erf, exp, tanh, min, max }) => {
  const x = max(min(whole, GELU_REACH), -GELU_REACH);
  const square = mul(x, x);
  if (stringAttribute(node, "approximate", "none") === "tanh") {
    const c = Math.sqrt(2 / Math.PI);
    const t = tanh(mul(c, x, add(1, mul(0.044715, square))));
    const tSlope = mul(c, sub(1, mul(t, t)), add(1, mul(3 * 0.044715, square)));
    return mul(0.5, add(add(1, t), mul(x, tSlope)));
  }
  const distribution = mul(0.5, add(1, erf(mul(Math.SQRT1_2, x))));
  const density = mul(1 / Math.sqrt(2 * Math.PI), exp(mul(-0.5, square)));
  return add(distribution, mul(x, density));
});

/** Y_i = exp X_i / Σ exp X along the axes of the softmax: dX = Y (dY - Σ dY Y). */
export const softmax: Rule = (context) => {
  const { node, outputGrad, saved } = context;
  const { mul, sub, sum } = formula(context);
  const y = saved(node.output[0] as string);
  return [mul(y, sub(outputGrad, sum(mul(outputGrad, y), softmaxAxes(context))))];
};

/** Y = log softmax X: dX = dY - exp(Y) Σ dY. */
export const logSoftmax: Rule = (context) => {
  const { node, outputGrad, saved } = context;
  const { mul, sub, exp, sum } = formula(context);
  return [sub(outputGrad, mul(exp(saved(node.output[0] as string)), sum(outputGrad, softmaxAxes(context))))];
};

/** One axis, the last unless given; before operator set 13 that axis and all that follow, from axis 1 unless given. */
function softmaxAxes({ node, opset, shape }: RuleContext): number[] {
  const rank = shape(node.output[0] as string).length;
  const axis = atAxis(intAttribute(node, "axis", opset < 13 ? 1 : -1), rank);
  return opset < 13 ? Array.from({ length: rank - axis }, (_, i) => axis + i) : [axis];
}

/** Without training Y = X: dX = dY. Since operator set 12 an input may ask for training. */
export const dropout: Rule = ({ node, outputGrad, numbers }) => {
  const training = node.input[2];
  if (training && numbers(training)?.[0] !== 0) {
    throw refusal(
      node,
      "its training_mode is not known to be false, and only dropout that passes all numbers has one",
    );
  }
  return [outputGrad];
};

/** @throws PixelgradError `GRADIENT_UNSUPPORTED` where Y would not have the sign of X. */
function positiveAlpha(node: NodeProto, missing: number): number {
  const alpha = floatAttribute(node, "alpha", missing);
  if (alpha < 0) throw refusal(node, `its alpha is ${alpha}, and only one of at least 0 keeps the sign of X`);
  return alpha;
}
