/** A segmentation head on tensors of a model that need have none: of a classifier, a detector, any backbone. @module */
import { PixelgradError } from "@pixelgrad/core";
import { type CandidateFeature, featuresAmong } from "./candidate-features.ts";
import { valueInfo } from "./graph/build.ts";
import { requireChannels } from "./graph/channels.ts";
import { elementType, elementTypeNumber } from "./graph/element-types.ts";
import { FREE_INITIALIZERS } from "./graph/extract.ts";
import { featureLayout } from "./graph/feature-layout.ts";
import { imageInput } from "./graph/inspect.ts";
import { neededPart } from "./graph/needed-part.ts";
import type { OnnxModel } from "./graph/onnx-model.ts";
import { dimsOf } from "./graph/tensor-proto.ts";
import { valuesRead, Wiring } from "./graph/wiring.ts";
import type { Head } from "./heads/head.ts";
import { type Grid, HeadWriter, type Planes, RESIZE_TO_SIZES } from "./heads/head-writer.ts";
import { type HeadName, heads } from "./heads/registry.ts";
import { imageDims } from "./image-dims.ts";
import { KnownValues } from "./runtime/known-values.ts";

export interface AttachHeadOptions {
  readonly head: HeadName;
  /**
   * Tensors of the model, as many as the head takes, those with more pixels first; see `candidateFeatures`. Unless given,
   * `linear` and `fcn` take the last candidate of stride 16 or less, the others one of stride 4 or 8 and the deepest.
   */
  readonly features?: readonly string[];
  /** Channels of the logits: classes, or 1 for a binary model. */
  readonly channels: number;
  /** Height and width of the image. */
  readonly size: readonly [number, number];
  readonly seed: number;
  /** Channels inside the head; 128, or a quarter of the features' for `fcn`, unless given. `linear` has none. */
  readonly width?: number;
}

/** Larger than that, small things are lost. */
const LARGEST_STRIDE = 16;

/** The oldest operator set whose operators are those of today. */
const OLDEST_OPSET = 7;

/**
 * The model with a new head in place of its outputs: one output `logits`, `[N, channels, H, W]` of the input's height and
 * width. What only the old outputs needed is gone, all else is as it was, and `inspect` finds the new classifier. New
 * tensors are called `head/…`. Weights are He-initialised, those of the classifier N(0, 0.01²), biases 0. From operator
 * set 11 on the head goes along with other sizes of the image, below it is built for `size` alone.
 * @throws PixelgradError `HEAD_UNKNOWN`; `CHANNELS_INVALID`; `FEATURES_INVALID` for as many features as the head does not
 *   take, in another order, or where none can be found; `TENSOR_NOT_FOUND`; `TENSOR_UNSUPPORTED` for a feature that is no
 *   map of pixels; `MODEL_UNSUPPORTED`.
 */
export async function attachHead(model: OnnxModel, options: AttachHeadOptions): Promise<OnnxModel> {
  const { channels, size, seed, width } = options;
  const head = headOf(options.head);
  requireChannels("A classifier", channels);
  if (width !== undefined) requireChannels("The inside of a head", width);
  const wiring = new Wiring(model.graph);
  const input = imageInput(model, wiring);
  const { opset } = model;
  if (opset < OLDEST_OPSET) {
    const reason = `it has operator set ${opset}, expected ${OLDEST_OPSET} or newer`;
    throw new PixelgradError("MODEL_UNSUPPORTED", `A head cannot be attached to ${model.name}: ${reason}.`, {
      model: model.name,
      reason,
    });
  }
  const known = await KnownValues.of(model, input.name, imageDims(model, input, size));
  const names = options.features ?? defaultFeatures(options.head, featuresAmong(wiring, known, size));
  requireCount(options.head, names);

  const part = model.withGraph(neededPart(model, names));
  const taken = namesOf(part);
  const prefix = free("head/", taken);
  const write = new HeadWriter({ prefix, seed, opset });
  const features = names.map((name) => planesOf({ name, wiring, known, size, write }));
  requireOrder(options.head, names, features);
  const logits = await head.build(write, { features, channels, width, size });
  const image: Grid = { name: input.name, size, axis: input.layout === "NCHW" ? 2 : 1 };
  const output = free("logits", taken);
  await write.resize(logits, image, output);

  const { graph } = part;
  const made = input.dims.map((dim, axis) => (isFixed(opset) ? fixedDim(dim, axis, image) : dim));
  const outputDims = [made[0], channels, made[image.axis], made[image.axis + 1]] as (number | string)[];
  const fed = made.some((dim, axis) => dim !== input.dims[axis])
    ? graph.input.map((value) =>
        value.name === input.name ? valueInfo(input.name, named(made), elementTypeNumber(input.type)) : value,
      )
    : graph.input;
  // Up to then initialisers are listed as inputs too.
  const listed = model.proto.irVersion < FREE_INITIALIZERS ? write.initializers : [];
  return part.withGraph({
    node: [...graph.node, ...write.nodes],
    initializer: [...graph.initializer, ...write.initializers],
    input: [...fed, ...listed.map((tensor) => valueInfo(tensor.name, dimsOf(tensor), tensor.dataType))],
    output: [valueInfo(output, named(outputDims))],
  });
}

function headOf(name: HeadName): Head {
  if (Object.hasOwn(heads, name)) return heads[name];
  const known = Object.keys(heads);
  throw new PixelgradError(
    "HEAD_UNKNOWN",
    `There is no head named '${name}': choose one of ${known.join(", ")}.`,
    {
      name,
      known,
    },
  );
}

function defaultFeatures(name: HeadName, candidates: readonly CandidateFeature[]): string[] {
  const { takes, lowStrides } = headOf(name);
  const strides = candidates.map(({ stride }) => stride);
  const deepest = candidates.findLast(({ stride }) => stride === Math.max(...strides));
  if (takes.length === 1) {
    const last = candidates.findLast(({ stride }) => stride <= LARGEST_STRIDE) ?? deepest;
    if (last !== undefined) return [last.name];
  }
  const low = lowStrides
    .filter((wanted) => wanted < (deepest?.stride ?? 0))
    .map((wanted) => candidates.findLast(({ stride }) => stride === wanted))
    .find((found) => found !== undefined);
  if (takes.length > 1 && low !== undefined && deepest !== undefined) return [low.name, deepest.name];
  const got = candidates.map(({ name, stride }) => `${name} (stride ${stride})`);
  throw new PixelgradError(
    "FEATURES_INVALID",
    `The model offers no ${takes.join(" and ")} for the head ${name}, only ${got.join(", ") || "nothing"}: name the features to use.`,
    { head: name, expected: takes, got },
  );
}

function requireCount(head: HeadName, got: readonly string[]): void {
  const { takes } = headOf(head);
  if (got.length === takes.length) return;
  throw new PixelgradError(
    "FEATURES_INVALID",
    `The head ${head} takes ${takes.length} ${takes.length === 1 ? "feature" : "features, low and high"}; got ${got.join(", ") || "none"}.`,
    { head, expected: takes, got },
  );
}

function requireOrder(head: HeadName, got: readonly string[], features: readonly Planes[]): void {
  const pixels = features.map(({ size }) => size[0] * size[1]);
  if (pixels.every((count, i) => i === 0 || count < (pixels[i - 1] as number))) return;
  const described = features.map(({ size }, i) => `${got[i]} of ${size.join("×")}`);
  throw new PixelgradError(
    "FEATURES_INVALID",
    `The head ${head} takes first the low features, then the high ones, which have fewer pixels; got ${described.join(", then ")}.`,
    { head, expected: headOf(head).takes, got },
  );
}

interface FeatureSearch {
  readonly name: string;
  readonly wiring: Wiring;
  readonly known: KnownValues;
  readonly size: readonly [number, number];
  readonly write: HeadWriter;
}

/** A feature as float32 planes. */
function planesOf({ name, wiring, known, size, write }: FeatureSearch): Planes {
  const dims = known.shape(name);
  const type = known.type(name);
  const [samples, a = 0, b = 0, c = 0] = dims;
  if (wiring.isStatic(name)) throw unusable(name, "it does not depend on the image");
  if (dims.length !== 4 || samples !== 1 || (type !== "float32" && type !== "float16")) {
    throw unusable(
      name,
      `it is ${type} [${dims.join(", ")}] for one image, expected float32 or float16 [1, channels, height, width]`,
    );
  }
  const layout = featureLayout(wiring, name, dims, size);
  if (layout === undefined)
    throw unusable(name, `which axes of [${dims.join(", ")}] are height and width is not to be told`);
  const x: Planes =
    layout === "NHWC" ? write.toPlanes({ name }, c, [a, b]) : { name, channels: a, size: [b, c], axis: 2 };
  if (x.size[0] * x.size[1] === 1) throw unusable(name, "it has one pixel alone");
  return type === "float16" ? write.cast(x, elementType.float) : x;
}

function unusable(name: string, reason: string): PixelgradError {
  return new PixelgradError("TENSOR_UNSUPPORTED", `A head cannot be attached to '${name}': ${reason}.`, {
    name,
    reason,
  });
}

/** Every name in a graph. */
function namesOf({ graph }: OnnxModel): ReadonlySet<string> {
  return new Set([
    ...graph.input.map(({ name }) => name),
    ...graph.initializer.map(({ name }) => name),
    ...graph.node.flatMap((node) => [node.name, ...valuesRead(node), ...node.output]),
  ]);
}

/** `wanted`, or the first of `wanted2`, `wanted3` ... that no name begins with; a "/" at its end stays there. */
function free(wanted: string, taken: ReadonlySet<string>): string {
  const [, stem = "", end = ""] = /^(.*?)(\/?)$/.exec(wanted) ?? [];
  for (let i = 1; ; i++) {
    const name = stem + (i === 1 ? "" : i) + end;
    if (![...taken].some((other) => other.startsWith(name))) return name;
  }
}

/** Whether the head is built for one size of the image. */
function isFixed(opset: number): boolean {
  return opset < RESIZE_TO_SIZES;
}

function fixedDim(dim: number | string, axis: number, { axis: first, size }: Grid): number | string {
  return size[axis - first] ?? dim;
}

/** Dims of an input that has no name for an open one. */
function named(dims: readonly (number | string)[]): (number | string)[] {
  return dims.map((dim, axis) => (dim === "?" ? `dim${axis}` : dim));
}
