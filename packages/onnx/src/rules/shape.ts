/** Operators that move numbers without changing them. */
import { intsAttribute } from "../graph/attributes.ts";
import type { Rule } from "./rule.ts";

/** Y = X. */
export const identity: Rule = ({ outputGrad }) => [outputGrad];

/** Y = X in another shape, by Reshape, Flatten, Squeeze or Unsqueeze: dX = dY in the shape of X. */
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

/** Y = X repeated along each axis: dX = the sum of the repeats. */
export const tile: Rule = ({ node, outputGrad, shape, emit, ints }) => {
  const dims = shape(node.input[0] as string);
  const tiled = shape(node.output[0] as string);
  const apart = dims.flatMap((size, axis) => [(tiled[axis] as number) / size, size]);
  const repeats = emit("Reshape", [outputGrad, ints(apart)]);
  return [emit("ReduceSum", [repeats, ints(dims.map((_, axis) => 2 * axis))], { keepdims: 0 })];
};
