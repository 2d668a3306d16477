/** Normalisation by the size of X, with no mean taken off. */
import { elementCount } from "@pixelgrad/core";
import { floatAttribute, intAttribute } from "../graph/attributes.ts";
import { formula } from "./formula.ts";
import type { Rule } from "./rule.ts";

/**
 * Y = X / n with n the norm of X along an axis. p = 2: dX = (dY - Y Σ dY Y) / n; p = 1: dX = (dY - sign X Σ dY Y) / n;
 * 0 where n = 0, as Y is there.
 */
export const lpNormalization: Rule = (context) => {
  const { node, outputGrad, shape, saved, emit, ints } = context;
  const { sub, mul, div, sign, sum, greater, choose } = formula(context);
  const x = saved(node.input[0] as string);
  const given = intAttribute(node, "axis", -1);
  const axis = given < 0 ? given + shape(node.input[0] as string).length : given;
  const p = intAttribute(node, "p", 2);
  const norm = emit(p === 1 ? "ReduceL1" : "ReduceL2", [x, ints([axis])], { keepdims: 1 });
  const y = div(x, norm);
  const along = mul(p === 1 ? sign(x) : y, sum(mul(outputGrad, y), [axis]));
  return [choose(greater(norm, 0), div(sub(outputGrad, along), norm), 0)];
};

/**
 * Y = X S^-β with S = b + α / size · W X², where W sums over a window of channels around each:
 * dX = dY S^-β - 2αβ / size · X W(dY X S^(-β - 1)), as W = Wᵀ (onnxruntime takes only windows of odd size).
 */
export const lrn: Rule = (context) => {
  const { node, outputGrad, shape, saved, emit, floats } = context;
  const { add, sub, mul, pow, reshape } = formula(context);
  const dims = shape(node.input[0] as string);
  const [samples, channels] = dims as [number, number];
  const rows = [samples, channels, elementCount(dims.slice(2))];
  const size = intAttribute(node, "size", 1);
  const alpha = floatAttribute(node, "alpha", 1e-4);
  const beta = floatAttribute(node, "beta", 0.75);
  const window = floats(windowMatrix(channels, (size - 1) / 2), [channels, channels]);
  const [x, dy] = [reshape(saved(node.input[0] as string), rows), reshape(outputGrad, rows)];
  const squares = emit("MatMul", [window, mul(x, x)]);
  const s = add(floatAttribute(node, "bias", 1), mul(alpha / size, squares));
  const direct = mul(dy, pow(s, -beta));
  const through = emit("MatMul", [window, mul(dy, x, pow(s, -beta - 1))]);
  return [reshape(sub(direct, mul((2 * alpha * beta) / size, x, through)), dims)];
};

/** `[C, C]`, 1 where two channels are no further apart than `reach`. */
function windowMatrix(channels: number, reach: number): Float32Array {
  return Float32Array.from({ length: channels * channels }, (_, i) =>
    Math.abs(Math.floor(i / channels) - (i % channels)) <= reach ? 1 : 0,
  );
}
