/** Rules of functions of one input, entry by entry: dX = dY · slope. */
import { type Formula, formula, type Term } from "./formula.ts";
import type { Rule, RuleContext } from "./rule.ts";

/** What the slope is made of: X or Y, functions to write it with, and the node for its attributes. */
type Slope = (value: string, given: Formula & Pick<RuleContext, "node">) => Term;

/** dX = dY · slope(X). */
export function slopeAtInput(slope: Slope): Rule {
  return (context) => {
    const { node, outputGrad, saved } = context;
    const write = formula(context);
    return [write.mul(outputGrad, slope(saved(node.input[0] as string), { ...write, node }))];
  };
}

/** dX = dY · slope(Y), which keeps one value less where the next node keeps Y anyway. */
export function slopeAtOutput(slope: Slope): Rule {
  return (context) => {
    const { node, outputGrad, saved } = context;
    const write = formula(context);
    return [write.mul(outputGrad, slope(saved(node.output[0] as string), { ...write, node }))];
  };
}

/** A function of steps: its slope is 0 wherever it has one, and taken as 0 where it jumps. */
export const flat: Rule = () => [undefined];
