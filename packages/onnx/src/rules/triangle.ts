/** Running sums, and triangles of matrices. */
import { intAttribute } from "../graph/attributes.ts";
import { refusal } from "./refusal.ts";
import type { Rule, RuleContext } from "./rule.ts";

/** Y[i] = sum of X[j] for j <= i: dX[j] = sum of dY[i] for i >= j, the running sum from the other end. */
export const cumSum: Rule = (context) => {
  const { node, outputGrad, emit, ints } = context;
  const axis = known(context, "the axis it sums along");
  const exclusive = intAttribute(node, "exclusive", 0);
  const reverse = 1 - intAttribute(node, "reverse", 0);
  return [emit("CumSum", [outputGrad, ints([axis])], { exclusive, reverse })];
};

/** Y = X on one side of a diagonal: dX = dY there. */
export const trilu: Rule = (context) => {
  const { node, outputGrad, emit, ints } = context;
  const diagonal = node.input[1] ? known(context, "its diagonal") : 0;
  return [emit("Trilu", [outputGrad, ints([diagonal])], { upper: intAttribute(node, "upper", 1) })];
};

function known({ node, numbers }: RuleContext, what: string): number {
  const given = numbers(node.input[1])?.[0];
  if (given === undefined) throw refusal(node, `${what} is computed from the image`);
  return given;
}
