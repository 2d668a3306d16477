/**
 * The three maps between a tensor, windows over it and the weights of the windows, which are each other's derivatives.
 * With y[i] = sum over k of w[k] x[i, k], where x[i, k] is what tap k of window i covers:
 *
 *   gathered    y from x and w                     (Conv)
 *   spread      x's gradient from y's and w        (ConvTranspose)
 *   correlated  w's gradient from y's and x
 *
 * @module
 */
import { elementCount } from "@pixelgrad/core";
import { flip } from "./flip.ts";
import type { RuleContext } from "./rule.ts";
import { positions, type Windows } from "./windows.ts";

/** More taps than these are not worth a node each. */
const MOST_TAPS = 64;

/** With fewer channels, what strided taps cover is not worth laying out. */
const FEWEST_CHANNELS = 8;

/** One number per window: `[N, C, ...covered]` and `weight` `[M, C / group, ...kernel]` to `[N, M, ...places]`. */
export function gathered(
  context: RuleContext,
  covered: string,
  weight: string,
  windows: Windows,
  group: number,
): string {
  const { strides, dilations, before, after } = windows;
  const pads = [...before, ...after.map(padding)];
  return context.emit("Conv", [covered, weight], { strides, dilations, pads, group });
}

/** The other way: `[N, M, ...places]` and `weight` of `weightDims` `[M, C / group, ...kernel]` to `[N, C, ...covered]`. */
export function spread(
  context: RuleContext,
  places: string,
  weight: string,
  weightDims: readonly number[],
  windows: Windows,
  group: number,
): string {
  const { strides, dilations, reach, before, after } = windows;
  const flippable = reach.every(
    (r, axis) => strides[axis] === 1 && (before[axis] as number) <= r && (after[axis] as number) <= r,
  );
  if (flippable) {
    const turned = turnedWeight(context, weight, weightDims, group);
    const pads = [before, after].flatMap((side) => side.map((pad, axis) => (reach[axis] as number) - pad));
    return context.emit("Conv", [places, turned], { dilations, pads, group });
  }
  return context.emit("ConvTranspose", [places, weight], {
    strides,
    dilations,
    pads: [...before, ...after.map(padding)],
    output_padding: after.map((end) => padding(-end)),
    group,
  });
}

/** `[M, C / group, ...kernel]` to `[C, M / group, ...kernel]`, each kernel turned about. */
function turnedWeight(
  context: RuleContext,
  weight: string,
  [outputs, perGroup, ...kernel]: readonly number[],
  group: number,
): string {
  const { emit, ints } = context;
  const turned = kernel.every((taps) => taps === 1) ? weight : flip(context, weight, spatial(kernel));
  const perGroupOut = (outputs as number) / group;
  const grouped = emit("Reshape", [turned, ints([group, perGroupOut, perGroup as number, ...kernel])]);
  const swapped = emit("Transpose", [grouped], { perm: [0, 2, 1, ...kernel.map((_, axis) => axis + 3)] });
  return emit("Reshape", [swapped, ints([group * (perGroup as number), perGroupOut, ...kernel])]);
}

export interface Pair {
  /** `[N, C, ...covered]` */
  readonly covered: string;
  /** `[N, M, ...places]` */
  readonly places: string;
  readonly samples: number;
  /** C */
  readonly channels: number;
  /** M */
  readonly outputs: number;
}

/** What each weight met: `[M, C / group, ...kernel]`. */
export function correlated(context: RuleContext, pair: Pair, windows: Windows, group: number): string {
  const { strides, kernel } = windows;
  const worthIt = pair.channels >= FEWEST_CHANNELS || strides.every((stride) => stride === 1);
  const taps = elementCount(kernel);
  return group === 1 && worthIt && taps <= MOST_TAPS
    ? tapProducts(context, pair, windows)
    : swappedConv(context, pair, windows, group);
}

/** For tap k the product of matrices Y · X[k]ᵀ, where X[k] is what the tap covers: the tensor shifted by the tap. */
function tapProducts(context: RuleContext, pair: Pair, windows: Windows): string {
  const { emit, ints } = context;
  const { samples, channels, outputs } = pair;
  const { kernel, strides, dilations, places, covered, before, after } = windows;
  const axes = spatial(kernel);
  const columns = samples * elementCount(places);
  const pads = [0, 0, ...before, 0, 0, ...after.map(padding)];
  const padded = pads.some((pad) => pad > 0) ? emit("Pad", [pair.covered, ints(pads)]) : pair.covered;
  // With one sample, samples and channels need not change places.
  const channelsFirst = (value: string) =>
    samples === 1 ? value : emit("Transpose", [value], { perm: [1, 0, ...axes] });
  const left = emit("Reshape", [channelsFirst(pair.places), ints([outputs, columns])]);
  const right = channelsFirst(padded);
  const whole = covered.every(
    (size, i) => size + (before[i] as number) + padding(after[i] as number) === places[i],
  );
  const products = positions(kernel).map((tap) => {
    const starts = tap.map((k, axis) => k * (dilations[axis] as number));
    const ends = starts.map(
      (start, axis) => start + ((places[axis] as number) - 1) * (strides[axis] as number) + 1,
    );
    const cut = [ints(starts), ints(ends), ints(axes), ints(strides)];
    const shifted = whole ? right : emit("Slice", [right, ...cut]);
    return emit("Gemm", [left, emit("Reshape", [shifted, ints([channels, columns])])], { transB: 1 });
  });
  const dims = ints([outputs, channels, ...kernel]);
  if (products.length === 1) return emit("Reshape", [products[0] as string, dims]);
  const stacked = products.map((product) => emit("Reshape", [product, ints([outputs, channels, 1])]));
  return emit("Reshape", [emit("Concat", stacked, { axis: 2 }), dims]);
}

/** A Conv with strides and dilations swapped; groups take the place of channels, channels that of samples. */
function swappedConv(context: RuleContext, pair: Pair, windows: Windows, group: number): string {
  const { emit, ints } = context;
  const { samples, channels } = pair;
  const { kernel, strides, dilations, covered, before, after } = windows;
  const perGroup = channels / group;
  const axes = spatial(kernel);
  const grouped = emit("Reshape", [pair.covered, ints([samples, group, perGroup, ...covered])]);
  const turned = emit("Transpose", [grouped], { perm: [2, 1, 0, ...axes.map((axis) => axis + 1)] });
  const images = emit("Reshape", [turned, ints([perGroup, group * samples, ...covered])]);
  const kernels = emit("Transpose", [pair.places], { perm: [1, 0, ...axes] });
  // [C / group, M, ...at least kernel]
  const all = emit("Conv", [images, kernels], {
    strides: dilations,
    dilations: strides,
    pads: [...before, ...after.map(padding)],
    group,
  });
  // Where pixels lie behind the last window, the kernel has room for more taps.
  const zero = ints(axes.map(() => 0));
  const cropped = after.some((end) => end < 0) ? emit("Slice", [all, zero, ints(kernel), ints(axes)]) : all;
  return emit("Transpose", [cropped], { perm: [1, 0, ...axes] });
}

function spatial(sizes: readonly number[]): number[] {
  return sizes.map((_, axis) => axis + 2);
}

function padding(end: number): number {
  return Math.max(0, end);
}
