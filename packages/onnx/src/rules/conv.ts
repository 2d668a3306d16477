/** Convolutions over one, two or three axes. */
import { intAttribute } from "../graph/attributes.ts";
import { correlated, gathered, type Pair, spread } from "./convolve.ts";
import type { Rule, RuleContext } from "./rule.ts";
import { windowsOver, windowsUnder } from "./windows.ts";

/** Y = X * W + b: dX = dY spread with W, dW = X correlated with dY, db = dY summed over samples and pixels. */
export const conv: Rule = (context) => {
  const { node, outputGrad, needs, shape, saved } = context;
  const [x, w] = node.input as [string, string];
  const [samples, channels, ...size] = shape(x) as [number, number, ...number[]];
  const [outputs, , ...kernel] = shape(w) as [number, number, ...number[]];
  const windows = windowsOver(node, kernel, size, shape(node.output[0] as string).slice(2));
  const group = intAttribute(node, "group", 1);
  const pair = (): Pair => ({ covered: saved(x), places: outputGrad, samples, channels, outputs });
  return [
    needs(0) ? spread(context, outputGrad, saved(w), shape(w), windows, group) : undefined,
    needs(1) ? correlated(context, pair(), windows, group) : undefined,
    biasGrad(context),
  ];
};

/** Y = X spread with W, plus b: dX = dY * W, dW = dY correlated with X, db as for Conv. */
export const convTranspose: Rule = (context) => {
  const { node, outputGrad, needs, shape, saved } = context;
  const [x, w] = node.input as [string, string];
  const [samples, outputs, ...size] = shape(x) as [number, number, ...number[]];
  const [, channels, ...outSize] = shape(node.output[0] as string) as [number, number, ...number[]];
  const windows = windowsUnder(node, shape(w).slice(2), size, outSize);
  const group = intAttribute(node, "group", 1);
  const pair = (): Pair => ({ covered: outputGrad, places: saved(x), samples, channels, outputs });
  return [
    needs(0) ? gathered(context, outputGrad, saved(w), windows, group) : undefined,
    needs(1) ? correlated(context, pair(), windows, group) : undefined,
    biasGrad(context),
  ];
};

function biasGrad({ node, outputGrad, needs, shape, emit, ints }: RuleContext): string | undefined {
  if (!node.input[2] || !needs(2)) return undefined;
  const pixels = shape(node.output[0] as string).slice(2);
  return emit("ReduceSum", [outputGrad, ints([0, ...pixels.map((_, axis) => axis + 2)])], { keepdims: 0 });
}
