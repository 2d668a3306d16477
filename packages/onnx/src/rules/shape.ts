/** Operators that move numbers without changing them. */
import { intAttribute, intsAttribute } from "../graph/attributes.ts";
import type { Rule } from "./rule.ts";

/** Y = X. */
export const identity: Rule = ({ outputGrad }) => [outputGrad];

/** Y = X in another shape: dX = dY in the shape of X. */
export const reshape: Rule = ({ node, outputGrad, shape, emit, ints }) => [
  emit("Reshape", [outputGrad, ints(shape(node.input[0] as string))]),
];

/** Y[i] = X[perm(i)]: dX = dY transposed back. */
export const transpose: Rule = ({ node, outputGrad, shape, emit }) => {
  const rank = shape(node.input[0] as string).length;
  const reversed = Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  const perm = intsAttribute(node, "perm", reversed);
  const inverse = perm.map((_, axis) => perm.indexOf(axis));
  return [emit("Transpose", [outputGrad], { perm: inverse })];
};

/** Y = the inputs one behind the other along an axis: each dX is its part of dY. */
export const concat: Rule = ({ node, outputGrad, needs, shape, emit, ints }) => {
  const rank = shape(node.output[0] as string).length;
  const given = intAttribute(node, "axis", 0);
  const axis = given < 0 ? given + rank : given;
  let end = 0;
  return node.input.map((input, i) => {
    const start = end;
    end += shape(input)[axis] as number;
    return needs(i) ? emit("Slice", [outputGrad, ints([start]), ints([end]), ints([axis])]) : undefined;
  });
};
