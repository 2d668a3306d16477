/** Elementary functions of one input, powers, and changes of number format. */
import { intAttribute } from "../graph/attributes.ts";
import { elementType, isFloatingPoint } from "../graph/element-types.ts";
import { sumToShape } from "./broadcast.ts";
import { formula } from "./formula.ts";
import type { Rule, RuleContext } from "./rule.ts";
import { slopeAtInput, slopeAtOutput } from "./slope.ts";

/** Y = -X: dX = -dY. */
export const neg: Rule = (context) => [formula(context).neg(context.outputGrad)];

/** Y = |X|: dX = dY sign X; 0 where X = 0. */
export const abs: Rule = slopeAtInput((x, { sign }) => sign(x));

/** Y = exp X: dX = dY Y. */
export const exp: Rule = slopeAtOutput((y) => y);

/** Y = log X: dX = dY / X. */
export const log: Rule = (context) => {
  const { node, outputGrad, saved } = context;
  return [formula(context).div(outputGrad, saved(node.input[0] as string))];
};

/**
 * Y = √X: dX = dY / 2Y. Where X = 0 the slope is infinite; the gradient there is 0, so that one pixel of 0 does not
 * spoil a weight (PyTorch gives infinity, or NaN where dY = 0).
 */
export const sqrt: Rule = (context) => {
  const { node, outputGrad, saved } = context;
  const { mul, div, greater, choose } = formula(context);
  const y = saved(node.output[0] as string);
  return [choose(greater(y, 0), div(outputGrad, mul(2, y)), 0)];
};

/** Y = 1 / X: dX = -dY Y². */
export const reciprocal: Rule = slopeAtOutput((y, { mul, neg }) => neg(mul(y, y)));

/** Y = sin X: dX = dY cos X. */
export const sin: Rule = slopeAtInput((x, { cos }) => cos(x));

/** Y = cos X: dX = -dY sin X. */
export const cos: Rule = slopeAtInput((x, { sin, neg }) => neg(sin(x)));

/** Y = erf X: dX = dY 2/√π exp(-X²). */
export const erf: Rule = slopeAtInput((x, { mul, neg, exp }) =>
  mul(2 / Math.sqrt(Math.PI), exp(neg(mul(x, x)))),
);

/**
 * Y = X^E: dX = dY E X^(E - 1), dE = dY Y log X, each summed where it was broadcast. Where X = 0 and E < 1 the slope is
 * infinite, or 0 for E = 0: dX is 0 there. dE is 0 where X ≤ 0, where log X is not finite.
 */
export const pow: Rule = (context) => {
  const { node, outputGrad, needs, shape, saved } = context;
  const { mul, log, greater, choose } = formula(context);
  const [x, e] = node.input as [string, string];
  const from = shape(node.output[0] as string);
  const gradE = () => {
    const slope = mul(saved(node.output[0] as string), log(saved(x)));
    return mul(outputGrad, choose(greater(saved(x), 0), slope, 0));
  };
  return [
    needs(0) ? sumToShape(context, mul(outputGrad, powerSlope(context)), from, shape(x)) : undefined,
    needs(1) ? sumToShape(context, gradE(), from, shape(e)) : undefined,
  ];
};

/** E X^(E - 1). */
function powerSlope(context: RuleContext): string {
  const { node, saved, numbers, emit } = context;
  const { mul, sub, pow, equal, less, both, choose } = formula(context);
  const x = saved(node.input[0] as string);
  const [known, ...others] = new Set(numbers(node.input[1]));
  if (known !== undefined && known >= 1 && others.length === 0) {
    return known === 2 ? mul(2, x) : mul(known, pow(x, known - 1));
  }
  // Exponents may be of another type than X.
  const e = emit("Cast", [saved(node.input[1] as string)], { to: elementType.float });
  return choose(both(equal(x, 0), less(e, 1)), 0, mul(e, pow(x, sub(e, 1))));
}

/**
 * Y = X in another format of floating point: dX = dY, as the gradient graph is float32 throughout. Whole numbers and
 * bools are steps of X and pass nothing on.
 */
export const cast: Rule = ({ node, outputGrad }) => {
  const to = intAttribute(node, "to", elementType.float);
  return [isFloatingPoint(to) ? outputGrad : undefined];
};
