/** Pools over windows, and over all pixels. */
import { elementCount } from "@pixelgrad/core";
import { intAttribute, intsAttribute, stringAttribute } from "../graph/attributes.ts";
import { spread } from "./convolve.ts";
import type { Rule, RuleContext } from "./rule.ts";
import { positions, type Windows, windowsOver } from "./windows.ts";
import { zeros } from "./zeros.ts";

/** Y[i] = max over k of X[i, k]: dX = dY put where the maximum was, summed where it is that of several windows. */
export const maxPool: Rule = (context) => {
  const { node } = context;
  const kernel = intsAttribute(node, "kernel_shape", []);
  const ones = kernel.map(() => 1);
  const mode = stringAttribute(node, "auto_pad", "NOTSET");
  const padding =
    mode === "NOTSET"
      ? {
          pads: intsAttribute(
            node,
            "pads",
            [...ones, ...ones].map(() => 0),
          ),
        }
      : { auto_pad: mode };
  return [
    atMaxima(context, {
      kernel_shape: kernel,
      strides: intsAttribute(node, "strides", ones),
      dilations: intsAttribute(node, "dilations", ones),
      ceil_mode: intAttribute(node, "ceil_mode", 0),
      ...padding,
    }),
  ];
};

/** Y = max over all pixels: a pool of one window. Of several equal maxima one gets dY. */
export const globalMaxPool: Rule = (context) => {
  const [, , ...size] = context.shape(context.node.input[0] as string);
  return [atMaxima(context, { kernel_shape: size })];
};

/** MaxPool run again says where each maximum is: as a place among all numbers of X, samples and channels too. */
function atMaxima(context: RuleContext, attributes: Parameters<RuleContext["emit"]>[2]): string {
  const { node, outputGrad, shape, saved, emit, emitAll, ints } = context;
  const x = node.input[0] as string;
  const dims = shape(x);
  const [, places] = emitAll("MaxPool", [saved(x)], 2, attributes) as [string, string];
  const flat = (value: string) => emit("Reshape", [value, ints([-1])]);
  const none = zeros(context, [elementCount(dims)]);
  const scattered = emit("ScatterElements", [none, flat(places), flat(outputGrad)], {
    axis: 0,
    reduction: "add",
  });
  return emit("Reshape", [scattered, ints(dims)]);
}

/** Y[i] = (sum over k of X[i, k]) / n[i]: dX = dY / n spread with a kernel of ones. */
export const averagePool: Rule = (context) => {
  const { node, outputGrad, shape, emit, ints, floats } = context;
  const dims = shape(node.input[0] as string);
  const [samples, channels, ...size] = dims as [number, number, ...number[]];
  const kernel = intsAttribute(node, "kernel_shape", []);
  const windows = windowsOver(node, kernel, size, shape(node.output[0] as string).slice(2));
  const shares = positions(windows.places).map(
    (place) => 1 / place.reduce((count, i, axis) => count * countedTaps(node, windows, axis, i), 1),
  );
  const even = shares.every((share) => share === shares[0]);
  const divisor = even ? floats([shares[0] as number], []) : floats(shares, [1, 1, ...windows.places]);
  const shared = emit("Mul", [outputGrad, divisor]);
  const each = emit("Reshape", [shared, ints([samples * channels, 1, ...windows.places])]);
  const weightDims = [1, 1, ...kernel];
  const ones = emit("Expand", [
    floats(
      [1],
      weightDims.map(() => 1),
    ),
    ints(weightDims),
  ]);
  return [emit("Reshape", [spread(context, each, ones, weightDims, windows, 1), ints(dims)])];
};

/** Taps of window `i` that count: those on X, with count_include_pad those on the pads too, never any beyond. */
function countedTaps(
  node: Parameters<typeof windowsOver>[0],
  { kernel, strides, dilations, before, after, covered }: Windows,
  axis: number,
  i: number,
): number {
  const withPads = intAttribute(node, "count_include_pad", 0) === 1;
  const given = stringAttribute(node, "auto_pad", "NOTSET") === "NOTSET";
  const pads = intsAttribute(node, "pads", []);
  const behind = given ? (pads[kernel.length + axis] ?? 0) : Math.max(0, after[axis] as number);
  const [low, high] = withPads
    ? [-(before[axis] as number), (covered[axis] as number) + behind]
    : [0, covered[axis] as number];
  const first = i * (strides[axis] as number) - (before[axis] as number);
  const taps = Array.from(
    { length: kernel[axis] as number },
    (_, k) => first + k * (dilations[axis] as number),
  );
  return taps.filter((place) => place >= low && place < high).length;
}

/** Y = mean over all n pixels: dX = dY / n everywhere. */
export const globalAveragePool: Rule = ({ node, outputGrad, shape, emit, ints, floats }) => {
  const dims = shape(node.input[0] as string);
  const pixels = elementCount(dims.slice(2));
  return [emit("Expand", [emit("Mul", [outputGrad, floats([1 / pixels], [])]), ints(dims)])];
};
