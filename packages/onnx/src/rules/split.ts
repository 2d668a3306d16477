/** Concat and Split, which are each other's gradients. */

import { intAttribute, intsAttribute } from "../graph/attributes.ts";
import { atAxis } from "../graph/axis.ts";
import { refusal } from "./refusal.ts";
import type { Rule, RuleContext } from "./rule.ts";
import { zeros } from "./zeros.ts";

/** Y = the inputs one behind the other along an axis: each dX is its part of dY. */
export const concat: Rule = ({ node, outputGrad, needs, shape, emit, ints }) => {
  const rank = shape(node.output[0] as string).length;
  const axis = atAxis(intAttribute(node, "axis", 0), rank);
  let end = 0;
  return node.input.map((input, i) => {
    const start = end;
    end += shape(input)[axis] as number;
    return needs(i) ? emit("Slice", [outputGrad, ints([start]), ints([end]), ints([axis])]) : undefined;
  });
};

/** The outputs are parts of X: dX = their gradients one behind the other, zeros for one that nothing reads. */
export const split: Rule = (context) => {
  const { node, outputGradOf, shape, emit } = context;
  const dims = shape(node.input[0] as string);
  const axis = atAxis(intAttribute(node, "axis", 0), dims.length);
  const sizes = partSizes(context, dims[axis] as number);
  const parts = sizes.map((size, i) => outputGradOf(i) ?? zeros(context, dims.with(axis, size)));
  return [emit("Concat", parts, { axis })];
};

/** Given as an attribute before operator set 13, as an input since; else equal, but for the last. */
function partSizes({ node, numbers }: RuleContext, whole: number): readonly number[] {
  const attribute = intsAttribute(node, "split", []);
  if (attribute.length > 0) return attribute;
  if (node.input[1]) {
    const given = numbers(node.input[1]);
    if (given === undefined) throw refusal(node, "the sizes of its parts are computed from the image");
    return given;
  }
  const size = Math.ceil(whole / node.output.length);
  return node.output.map((_, i) => Math.min(size, whole - i * size));
}
