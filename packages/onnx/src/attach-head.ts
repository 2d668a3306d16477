/** A segmentation head on tensors of a model that need have none: of a classifier, a detector, any backbone. @module */
import { PixelgradError } from "@pixelgrad/core";
import { featuresAmong } from "./candidate-features.ts";
import { valueInfo } from "./graph/build.ts";
import { requireChannels } from "./graph/channels.ts";
import { elementTypeNumber } from "./graph/element-types.ts";
import { FREE_INITIALIZERS } from "./graph/extract.ts";
import { imageInput } from "./graph/image-input.ts";
import { inspect } from "./graph/inspect.ts";
import { neededPart } from "./graph/needed-part.ts";
import type { OnnxModel } from "./graph/onnx-model.ts";
import { dimsOf } from "./graph/tensor-proto.ts";
import { weightUses } from "./graph/weights.ts";
import { valuesRead, Wiring } from "./graph/wiring.ts";
import { defaultFeatures, planesOf, requireCount, requireOrder } from "./head-features.ts";
import { type Grid, HeadWriter, RESIZE_TO_SIZES } from "./heads/head-writer.ts";
import { type HeadName, headOf } from "./heads/registry.ts";
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

/** Names of the weights that `attached`, a model of {@link attachHead}, has and the one it was made of has not. */
export function headWeights(model: OnnxModel, attached: OnnxModel): string[] {
  const wiring = Wiring.of(attached.graph);
  const uses = weightUses(wiring, wiring.ancestors([inspect(attached).logits]));
  const before = Wiring.of(model.graph);
  return [...new Set([...uses.values()].flat())].filter((name) => before.constant(name) === undefined);
}

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
  const wiring = Wiring.of(model.graph);
  const input = imageInput(model);
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
  const prefix = freePrefix(taken);
  const write = new HeadWriter({ prefix, seed, opset });
  const features = names.map((name) => planesOf({ name, wiring, known, size, write }));
  requireOrder(options.head, names, features);
  const logits = await head.build(write, { features, channels, width, size });
  const image: Grid = { name: input.name, size, axis: input.layout === "NCHW" ? 2 : 1 };
  const output = freeOutput(taken);
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

/** Every name in a graph. */
function namesOf({ graph }: OnnxModel): ReadonlySet<string> {
  return new Set([
    ...graph.input.map(({ name }) => name),
    ...graph.initializer.map(({ name }) => name),
    ...graph.node.flatMap((node) => [node.name, ...valuesRead(node), ...node.output]),
  ]);
}

/** `head/`, or the first of `head2/`, `head3/` ... that no name begins with. */
function freePrefix(taken: ReadonlySet<string>): string {
  return firstFree(
    (i) => `head${i}/`,
    (name) => [...taken].some((other) => other.startsWith(name)),
  );
}

/** `logits`, or the first of `logits2`, `logits3` ... that is no name, nor the beginning of one made from it. */
function freeOutput(taken: ReadonlySet<string>): string {
  return firstFree(
    (i) => `logits${i}`,
    (name) => [...taken].some((other) => other === name || other.startsWith(`${name}:`)),
  );
}

function firstFree(nameOf: (i: number | "") => string, isTaken: (name: string) => boolean): string {
  let name = nameOf("");
  for (let i = 2; isTaken(name); i++) name = nameOf(i);
  return name;
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
