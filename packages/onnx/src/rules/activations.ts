/** Activation functions of kinks. At a kink the slope is the one PyTorch takes, as each rule says. */
import { floatAttribute, optionalFloatAttribute } from "../graph/attributes.ts";
import { sumToShape } from "./broadcast.ts";
import { formula } from "./formula.ts";
import type { Rule } from "./rule.ts";
import { slopeAtInput } from "./slope.ts";

/** Y = max(X, 0): dX = dY where Y > 0; 0 at X = 0. */
export const relu: Rule = (context) => {
  const { node, outputGrad, saved } = context;
  const { greater, choose } = formula(context);
  return [choose(greater(saved(node.output[0] as string), 0), outputGrad, 0)];
};

/** Y = X where X > 0, αX elsewhere: dX = dY or α dY; α dY at X = 0. */
export const leakyRelu: Rule = (context) => {
  const { node, outputGrad, saved } = context;
  const { mul, greater, choose } = formula(context);
  const alpha = floatAttribute(node, "alpha", 0.01);
  // Y has the sign of X, unless α < 0.
  const side = saved((alpha < 0 ? node.input[0] : node.output[0]) as string);
  return [choose(greater(side, 0), outputGrad, mul(alpha, outputGrad))];
};

/** Y = X where X > 0, SX elsewhere: dX = dY or S dY, S dY at X = 0; dS = dY min(X, 0), summed where S was broadcast. */
export const prelu: Rule = (context) => {
  const { node, outputGrad, needs, shape, saved } = context;
  const { mul, min, greater, choose } = formula(context);
  const [x, slope] = node.input as [string, string];
  const gradX = () => choose(greater(saved(x), 0), outputGrad, mul(saved(slope), outputGrad));
  const gradSlope = () => sumToShape(context, mul(outputGrad, min(saved(x), 0)), shape(x), shape(slope));
  return [needs(0) ? gradX() : undefined, needs(1) ? gradSlope() : undefined];
};

/** Y = X where X > α, 0 elsewhere: dX = dY where X > α; 0 at X = α. */
export const thresholdedRelu: Rule = (context) => {
  const { node, outputGrad, saved } = context;
  const { greater, choose } = formula(context);
  const alpha = floatAttribute(node, "alpha", 1);
  // Y > 0 where X > α, unless α < 0.
  const above =
    alpha < 0 ? greater(saved(node.input[0] as string), alpha) : greater(saved(node.output[0] as string), 0);
  return [choose(above, outputGrad, 0)];
};

/**
 * Y = X between L ≤ H, else the nearer of them: dX = dY where L ≤ X ≤ H, both bounds included as in `torch.clamp`;
 * dL = sum of dY where X < L, dH = sum of dY where X > H. Either bound may be missing.
 */
export const clip: Rule = (context) => {
  const { node, outputGrad, needs, saved, shape } = context;
  const { atLeast, atMost, less, greater, both, choose } = formula(context);
  const [x, ...bounds] = node.input as [string, ...string[]];
  const [low, high] = ["min", "max"].map((name, i) =>
    // Before operator set 11 they are attributes.
    bounds[i] ? saved(bounds[i]) : optionalFloatAttribute(node, name),
  );
  const inside = () => {
    const above = low === undefined ? undefined : atLeast(saved(x), low);
    const below = high === undefined ? undefined : atMost(saved(x), high);
    const within = above && below ? both(above, below) : (above ?? below);
    return within ? choose(within, outputGrad, 0) : outputGrad;
  };
  const total = (where: string) => sumToShape(context, choose(where, outputGrad, 0), shape(x), []);
  return [
    needs(0) ? inside() : undefined,
    low !== undefined && needs(1) ? total(less(saved(x), low)) : undefined,
    high !== undefined && needs(2) ? total(greater(saved(x), high)) : undefined,
  ];
};

/** Y = αX + β, held between 0 and 1: dX = α dY where 0 < Y < 1; 0 at both kinks. */
export const hardSigmoid: Rule = (context) => {
  const { node, outputGrad, saved } = context;
  const { mul, greater, less, both, choose } = formula(context);
  const y = saved(node.output[0] as string);
  return [choose(both(greater(y, 0), less(y, 1)), mul(floatAttribute(node, "alpha", 0.2), outputGrad), 0)];
};

/**
 * Y = X (X + 3) / 6 for -3 ≤ X ≤ 3, 0 below, X above: slope X / 3 + 1/2 inside, and so -1/2 and 3/2 at the kinks, as in
 * PyTorch 1.13.
 */
export const hardSwish: Rule = slopeAtInput((x, { add, mul, less, greater, choose }) =>
  choose(less(x, -3), 0, choose(greater(x, 3), 1, add(mul(x, 1 / 3), 0.5))),
);
