/**
 * Arithmetic of two or more inputs that are broadcast to each other: the gradient of each is summed where it was
 * repeated.
 *
 * @module
 */
import { sumToShape } from "./broadcast.ts";
import { type Formula, formula } from "./formula.ts";
import type { Rule, RuleContext } from "./rule.ts";

/** The gradient of every input that is needed, `[dims of Y]`, from its place among the inputs. */
function eachInput(grad: (i: number, write: Formula, context: RuleContext) => string): Rule {
  return (context) => {
    const { node, needs, shape } = context;
    const from = shape(node.output[0] as string);
    const write = formula(context);
    return node.input.map((input, i) =>
      needs(i) ? sumToShape(context, grad(i, write, context), from, shape(input)) : undefined,
    );
  };
}

/** Y = A + B, or the sum of any number of inputs: each gradient is dY. */
export const add: Rule = eachInput((_, __, { outputGrad }) => outputGrad);

/** Y = A - B: dA = dY, dB = -dY. */
export const sub: Rule = eachInput((i, { neg }, { outputGrad }) => (i === 0 ? outputGrad : neg(outputGrad)));

/** Y = A B: dA = dY B, dB = dY A. */
export const mul: Rule = eachInput((i, { mul }, { node, outputGrad, saved }) =>
  mul(outputGrad, saved(node.input[1 - i] as string)),
);

/** Y = A / B: dA = dY / B, dB = -dY / B · Y. */
export const div: Rule = eachInput((i, { mul, div, neg }, { node, outputGrad, saved }) => {
  const gradA = div(outputGrad, saved(node.input[1] as string));
  return i === 0 ? gradA : neg(mul(gradA, saved(node.output[0] as string)));
});

/** Y = the mean of n inputs: each gradient is dY / n. */
export const mean: Rule = eachInput((_, { mul }, { node, outputGrad }) =>
  mul(1 / node.input.length, outputGrad),
);

/**
 * Y = the largest (Max) or smallest (Min) of n inputs: dY goes to the input that Y is from. Inputs that tie share it
 * evenly, as in onnxruntime's training package and in PyTorch.
 */
export const extremum: Rule = eachInput((i, { add, mul, div, equal, indicator }, context) => {
  const { node, outputGrad, saved, emit } = context;
  if (node.input.length === 1) return outputGrad;
  const inputs = node.input.map(saved);
  // Made again from inputs that are kept anyway.
  const y = emit(node.opType, inputs);
  const holds = inputs.map((input) => indicator(equal(input, y)));
  return mul(div(outputGrad, holds.reduce(add)), holds[i] as string);
});

/** Y = A where C holds, B elsewhere: dA = dY where C holds, dB = dY elsewhere, each summed where it was broadcast. */
export const where: Rule = (context) => {
  const { node, outputGrad, needs, shape, saved } = context;
  const { choose } = formula(context);
  const [c, a, b] = node.input as [string, string, string];
  const from = shape(node.output[0] as string);
  return [
    undefined,
    needs(1) ? sumToShape(context, choose(saved(c), outputGrad, 0), from, shape(a)) : undefined,
    needs(2) ? sumToShape(context, choose(saved(c), 0, outputGrad), from, shape(b)) : undefined,
  ];
};

/** Y = X repeated along axes of size 1 and new ones: dX = dY summed over them. */
export const expand: Rule = (context) => {
  const { node, outputGrad, shape } = context;
  const [x, y] = [node.input[0] as string, node.output[0] as string];
  return [sumToShape(context, outputGrad, shape(y), shape(x))];
};
