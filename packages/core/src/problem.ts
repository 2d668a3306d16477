/**
 * The door: checks that logits, target and extras fit, and lays them out as N images of C channels of P pixels.
 *
 * @module
 */
import { PixelgradError } from "./errors.ts";
import type { LossExtra } from "./loss.ts";
import { nearestName } from "./nearest-name.ts";
import { checkTensor, elementCount, formatDims, positionOf, type Tensor, type TypedArray } from "./tensor.ts";

export type Layout = "channels-first" | "channels-last";

export interface Problem {
  readonly images: number;
  readonly classes: number;
  readonly spatial: readonly number[];
  /** Pixels of one image. */
  readonly pixels: number;
  readonly layout: Layout;
  /** Float64 only for the reference. */
  readonly logits: Float32Array | Float64Array;
  readonly target: TypedArray;
  /** Labels hold a class index per pixel; dense targets a number per logit. */
  readonly targetKind: "labels" | "dense";
  readonly logitsDims: readonly number[];
  readonly targetDims: readonly number[];
  /** `[N, P]`. */
  readonly pixelWeights?: TypedArray;
  /** `[N, C]`, 0 where a class is left out. */
  readonly classMask?: Uint8Array;
  /** As the logits. */
  readonly teacher?: Float32Array | Float64Array;
  /** As the logits. */
  readonly distanceMaps?: Float32Array | Float64Array;
  /** As the elements of the loss. */
  readonly upstream?: Float32Array;
}

/**
 * Rank decides, not dtype: a target of the logits' rank is dense, one rank less is labels. With one channel,
 * `[N, ...spatial]` and `[N, 1, ...spatial]` mean the same, and both are dense.
 */
export function layOut(logits: Tensor, target: Tensor, extra: LossExtra = {}): Problem {
  const data = floats("Logits", logits);
  checkTensor("The target", target);
  const layout = layoutOf(extra);
  checkExtraNames(extra);
  if (logits.dims.length < 2) {
    throw mismatch(
      `Logits need dims ${layout === "channels-first" ? "[N, C, ...spatial]" : "[N, ...spatial, C]"}, got ` +
        `${formatDims(logits.dims)}.`,
      [0, 0],
      logits.dims,
    );
  }
  const channelAxis = layout === "channels-first" ? 1 : logits.dims.length - 1;
  const images = logits.dims[0];
  const classes = logits.dims[channelAxis];
  if (classes === 0) {
    throw mismatch(
      `Logits need at least one channel, got dims ${formatDims(logits.dims)}.`,
      [0, 1],
      logits.dims,
    );
  }
  const spatial = logits.dims.filter((_, axis) => axis !== 0 && axis !== channelAxis);
  const labelDims = [images, ...spatial];
  const dense = sameDims(target.dims, logits.dims);
  if (!dense && !sameDims(target.dims, labelDims)) {
    throw mismatch(
      `For logits ${formatDims(logits.dims)} the target must be labels ${formatDims(labelDims)} or dense ` +
        `${formatDims(logits.dims)}, got ${formatDims(target.dims)}.`,
      labelDims,
      target.dims,
    );
  }
  const pixels = elementCount(spatial);
  const { pixelWeights, classMask, teacher, distanceMaps, upstream } = extra;
  return {
    images,
    classes,
    spatial,
    pixels,
    layout,
    logits: data,
    target: target.data,
    targetKind: dense || classes === 1 ? "dense" : "labels",
    logitsDims: logits.dims,
    targetDims: target.dims,
    ...(pixelWeights && { pixelWeights: weightsOf(pixelWeights, labelDims) }),
    ...(classMask && { classMask: maskPerImage(classMask, images, classes) }),
    ...(teacher && { teacher: likeLogits("extra.teacher", teacher, logits.dims) }),
    ...(distanceMaps && { distanceMaps: finiteMaps(distanceMaps, logits.dims) }),
    ...(upstream && { upstream: finiteFloats("extra.upstream", upstream) }),
  };
}

const extraNames: Readonly<Record<keyof LossExtra, true>> = {
  layout: true,
  pixelWeights: true,
  classMask: true,
  upstream: true,
  teacher: true,
  distanceMaps: true,
  out: true,
};

/** @throws PixelgradError `OPTION_UNKNOWN` (naming the nearest): a misspelt extra would be left out silently. */
function checkExtraNames(extra: object): void {
  const names = Object.keys(extraNames);
  const option = Object.keys(extra).find((name) => !names.includes(name));
  if (option === undefined) return;
  const nearest = nearestName(option, names);
  throw new PixelgradError(
    "OPTION_UNKNOWN",
    `extra has no '${option}': did you mean '${nearest}'? It has ${names.join(", ")}.`,
    { loss: "extra", option, nearest },
  );
}

/** @throws PixelgradError `TYPE_MISMATCH` for what is no layout, or no extra. */
export function layoutOf(extra: { readonly layout?: Layout }): Layout {
  if (typeof extra !== "object" || extra === null) {
    throw typeMismatch("extra must be an object", "an object", String(extra));
  }
  const { layout = "channels-first" } = extra;
  if (layout === "channels-first" || layout === "channels-last") return layout;
  throw typeMismatch(
    "extra.layout must be channels-first or channels-last",
    "channels-first or channels-last",
    String(layout),
  );
}

function floats(what: string, tensor: Tensor): Float32Array {
  checkTensor(what, tensor);
  const { data } = tensor;
  if (!(data instanceof Float32Array)) {
    const { name } = (data as TypedArray).constructor;
    throw typeMismatch(`${what} must be a Float32Array`, "Float32Array", name, ": convert them first");
  }
  return data;
}

function likeLogits(what: string, tensor: Tensor, dims: readonly number[]): Float32Array {
  const data = floats(what, tensor);
  if (sameDims(tensor.dims, dims)) return data;
  throw mismatch(
    `${what} must have the dims of the logits, ${formatDims(dims)}, got ${formatDims(tensor.dims)}.`,
    dims,
    tensor.dims,
  );
}

function finiteMaps(maps: Tensor, dims: readonly number[]): Float32Array {
  likeLogits("extra.distanceMaps", maps, dims);
  return finiteFloats("extra.distanceMaps", maps);
}

function finiteFloats(what: string, tensor: Tensor): Float32Array {
  const data = floats(what, tensor);
  const at = firstWhere(data, (value) => !Number.isFinite(value));
  if (at < 0) return data;
  const position = positionOf(at, tensor.dims);
  throw new PixelgradError(
    "VALUE_NOT_FINITE",
    `${what} hold ${data[at]} at [${position}]: a loss needs finite numbers.`,
    { value: data[at], position },
  );
}

function weightsOf(weights: Tensor, dims: readonly number[]): TypedArray {
  checkTensor("extra.pixelWeights", weights);
  if (!sameExtent(weights.dims, dims)) {
    throw mismatch(
      `extra.pixelWeights must have a weight per pixel, dims ${formatDims(dims)}, got ${formatDims(weights.dims)}.`,
      dims,
      weights.dims,
    );
  }
  const at = firstWhere(weights.data, (weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
  if (at < 0) return weights.data;
  const value = Number(weights.data[at]);
  throw new PixelgradError(
    "WEIGHT_INVALID",
    `extra.pixelWeights hold ${value} at element ${at}: weights must be finite and at least 0.`,
    { value, position: [at] },
  );
}

function firstWhere(data: TypedArray, predicate: (value: number) => boolean): number {
  for (let i = 0; i < data.length; i++) if (predicate(Number(data[i]))) return i;
  return -1;
}

/** `[N, C]`, from that or from `[C]`. */
function maskPerImage(mask: Tensor, images: number, classes: number): Uint8Array {
  checkTensor("extra.classMask", mask);
  const perImage = sameDims(mask.dims, [images, classes]);
  if (!perImage && !sameDims(mask.dims, [classes])) {
    throw mismatch(
      `extra.classMask must be ${classes} numbers, one per class, or ${formatDims([images, classes])}, one per image ` +
        `and class; got ${formatDims(mask.dims)}.`,
      [images, classes],
      mask.dims,
    );
  }
  return Uint8Array.from({ length: images * classes }, (_, i) =>
    Number(mask.data[perImage ? i : i % classes]) === 0 ? 0 : 1,
  );
}

/** Whether dims are the same but for axes of length 1, as `[N, 1, H, W]` and `[N, H, W]` are. */
export function sameExtent(a: readonly number[], b: readonly number[]): boolean {
  const long = (dims: readonly number[]) => dims.filter((d) => d !== 1);
  return sameDims(long(a), long(b));
}

function sameDims(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}

function mismatch(message: string, expected: readonly number[], got: readonly number[]): PixelgradError {
  return new PixelgradError("SHAPE_MISMATCH", message, { expected, got });
}

function typeMismatch(must: string, expected: string, got: string, advice = ""): PixelgradError {
  return new PixelgradError("TYPE_MISMATCH", `${must}, got ${got}${advice}.`, { expected, got });
}
