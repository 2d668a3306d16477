/**
 * A classifier of another number of channels, and the tail that follows from it. Everything else stays as it is.
 *
 * @module
 */
import { elementCount } from "@pixelgrad/core";
import { intAttribute } from "./attributes.ts";
import { node } from "./build.ts";
import { requireChannels } from "./channels.ts";
import { addedBias } from "./classifier.ts";
import { edited } from "./edited.ts";
import { gaussianArray } from "./gaussian.ts";
import { type Inspection, inspect } from "./inspect.ts";
import type { NodeProto, TensorProto } from "./onnx_pb.ts";
import type { OnnxModel } from "./onnx-model.ts";
import { replaceConstants } from "./replace-constants.ts";
import { cannotFollow, nodesInPlace, shapeInput } from "./tail-change.ts";
import { dimsOf, intTensor, readFloats, readInts, withFloatsOf } from "./tensor-proto.ts";
import { withDim, withDims } from "./value-dims.ts";
import { Wiring } from "./wiring.ts";

/** Standard deviation of a new classifier's weights; its bias is 0, for whoever trains it to set. */
const NEW_WEIGHT_DEVIATION = 0.01;

export interface ReplaceClassifierOptions {
  /** Channels of the new classifier: classes, or 1 for a binary model. */
  readonly channels: number;
  readonly seed: number;
}

/** A constant with other numbers, and the nodes that are to read them. */
interface Replacement {
  readonly tensor: TensorProto;
  readonly readers: readonly NodeProto[];
}

/** Constants that a node is to read in place of shared ones: their names by the old ones, and the nodes to add. */
interface CopiedConstants {
  readonly names: Map<string, string>;
  readonly constants: NodeProto[];
}

/**
 * The model with a classifier of `channels` channels: new weights from N(0, 0.01²), unless it has as many already. With
 * one channel Softmax becomes Sigmoid and ArgMax becomes `x > 0`, cast to the type it had; from one channel to several,
 * Sigmoid becomes Softmax and `x > 0` becomes ArgMax. Names of inputs and outputs stay, and so does what others read of a
 * tensor they share with the classifier.
 * @throws PixelgradError of `inspect`; `CHANNELS_INVALID`; `TENSOR_UNSUPPORTED`; `CLASSIFIER_UNSUPPORTED` when the tail
 *   cannot follow.
 */
export function replaceClassifier(model: OnnxModel, { channels, seed }: ReplaceClassifierOptions): OnnxModel {
  requireChannels("A classifier", channels);
  const found = inspect(model);
  if (found.channels === channels) return model;
  const { graph } = model;
  const wiring = Wiring.of(graph);
  requireOnlyTail(found, wiring);
  const replacements = new Map<string, Replacement>([
    ...newWeights(found, wiring, channels, seed),
    ...newShapes(found, wiring, channels),
  ]);
  const { dataType } = wiring.constant(found.classifier.weight) as TensorProto;
  const inPlace = tailInPlace(found, dataType, model.opset, channels);

  const fresh = new Map<string, TensorProto>();
  const copies = new Map<NodeProto, CopiedConstants>();
  for (const [name, { tensor, readers }] of replacements) {
    const others = wiring.readers(name).filter((reader) => !readers.includes(reader));
    if (wiring.constantName(name) === name && others.length === 0) {
      fresh.set(name, edited(tensor, { name }));
      continue;
    }
    const copy = `${name}:${channels}`;
    for (const [i, reader] of readers.entries()) {
      const at: CopiedConstants = copies.get(reader) ?? { names: new Map(), constants: [] };
      at.names.set(name, copy);
      if (i === 0) at.constants.push(node("Constant", [], [copy], { value: { tensor } }));
      copies.set(reader, at);
    }
  }
  const rewired = graph.node.flatMap((old) => {
    const nodes = inPlace.get(old) ?? [old];
    const copied = copies.get(old);
    return copied === undefined
      ? nodes
      : [...copied.constants, ...nodes.map((n) => reading(n, copied.names))];
  });

  const channelAxis = channelAxes(found);
  const stale = staleTypes(inPlace);
  return model.withGraph({
    ...replaceConstants({ initializer: graph.initializer, node: rewired }, fresh),
    // Old files list initialisers as inputs too.
    input: graph.input.map((value) => {
      const tensor = fresh.get(value.name);
      return tensor === undefined ? value : withDims(value, dimsOf(tensor));
    }),
    valueInfo: graph.valueInfo
      .filter(({ name }) => !stale.has(name))
      .map((value) => withDim(value, channelAxis.get(value.name), channels)),
    output: graph.output.map((value) => withDim(value, channelAxis.get(value.name), channels)),
  });
}

function reading(old: NodeProto, names: ReadonlyMap<string, string>): NodeProto {
  return edited(old, { input: old.input.map((value) => names.get(value) ?? value) });
}

function newWeights(
  found: Inspection,
  wiring: Wiring,
  channels: number,
  seed: number,
): [string, Replacement][] {
  const { node: layer, weight, weightAxis, bias } = found.classifier;
  if (intAttribute(layer, "group", 1) !== 1) throw cannotFollow(layer, "its channels are in groups");
  const kept = wiring.constant(weight) as TensorProto;
  const { dims } = readFloats(kept);
  const resized = dims.map((d, axis) => (axis === weightAxis ? channels : d));
  const numbers = gaussianArray(seed, elementCount(resized), NEW_WEIGHT_DEVIATION);
  const made: Replacement = { tensor: withFloatsOf(kept, resized, numbers), readers: [layer] };
  return [[weight, made], ...(bias === undefined ? [] : newBias(found, bias, wiring, channels))];
}

/** A bias of zeros, and the shapes it is given on its way to an Add. */
function newBias(
  { classifier, channels: old }: Inspection,
  bias: string,
  wiring: Wiring,
  channels: number,
): [string, Replacement][] {
  const { node: layer, op, output } = classifier;
  const tensor = wiring.constant(bias);
  if (tensor === undefined) throw cannotFollow(layer, `its bias '${bias}' is no constant`);
  const isOwn = layer.input[2] === bias;
  const adder = isOwn ? layer : (wiring.producer(output) as NodeProto);
  const added = adder.input.map((value) => addedBias(wiring, value)).find((found) => found?.bias === bias);
  const shaping = isOwn ? [] : (added?.shaping ?? []);
  // Added to planes it lies along the third axis from the end, all other biases along the last one.
  const fromEnd = !isOwn && (op === "Conv" || op === "ConvTranspose") ? 3 : 1;
  const { dims } = readFloats(tensor);
  const resized = withChannels(dims, shaping.length > 0 && dims.length === 1 ? 1 : fromEnd, old, channels);
  const zeros = withFloatsOf(tensor, resized, new Float32Array(elementCount(resized)));
  const made: [string, Replacement][] = [[bias, { tensor: zeros, readers: [shaping.at(-1) ?? adder] }]];
  for (const reshape of shaping.filter(({ opType }) => opType === "Reshape")) {
    const [, name = ""] = reshape.input;
    const shape = wiring.constant(name);
    if (shape === undefined) throw cannotFollow(reshape, `the shape it gives '${bias}' is no constant`);
    const ints = withChannels(readInts(shape), fromEnd, old, channels);
    made.push([name, { tensor: intTensor(name, ints), readers: [reshape] }]);
  }
  return made;
}

/** Dims with the channels along one axis changed; one number for all channels gets that axis where it has not. */
function withChannels(dims: readonly number[], fromEnd: number, old: number, channels: number): number[] {
  const axis = dims.length - fromEnd;
  const isSingle = axis < 0 && old === 1 && elementCount(dims) === 1;
  if (isSingle) return Array.from({ length: fromEnd }, (_, i) => (i === 0 ? channels : 1));
  return dims.map((d, i) => (i === axis && d === old ? channels : d));
}

/** Constant shapes of the tail that hold the number of channels. */
function newShapes({ tail, tailAxes, channels: old }: Inspection, wiring: Wiring, channels: number) {
  const made = new Map<string, Replacement>();
  tail.forEach((resizing, i) => {
    const [input, place] = shapeInput(resizing, tailAxes[i + 1] as string) ?? [];
    const name = input === undefined ? undefined : resizing.input[input];
    const tensor = name ? wiring.constant(name) : undefined;
    if (name === undefined || place === undefined || tensor === undefined) return;
    const shape = readInts(tensor);
    if (shape[place] !== old) return;
    shape[place] = channels;
    const readers = [...(made.get(name)?.readers ?? []), resizing];
    made.set(name, { tensor: intTensor(name, shape), readers });
  });
  return made;
}

function tailInPlace(
  { tail, tailAxes, channels: old }: Inspection,
  weightType: number,
  opset: number,
  channels: number,
): Map<NodeProto, readonly NodeProto[]> {
  const inPlace = new Map<NodeProto, readonly NodeProto[]>();
  let threshold = 0;
  let type = weightType;
  tail.forEach((at, i) => {
    const [axes, axesAfter] = [tailAxes[i] as string, tailAxes[i + 1] as string];
    const nodes = nodesInPlace(
      { old: at, next: tail[i + 1], axes, axesAfter, threshold, type, opset },
      old,
      channels,
    );
    if (nodes !== undefined) inPlace.set(at, nodes);
    if (at.opType === "Cast") type = intAttribute(at, "to", type);
    if (at.opType === "Softmax" || at.opType === "Sigmoid") threshold = 0.5;
  });
  return inPlace;
}

/** Where the channels are in the values of the tail. */
function channelAxes({ classifier, tail, tailAxes }: Inspection): Map<string, number> {
  const values = [classifier.output, ...tail.map(({ output }) => output[0] as string)];
  const found = new Map(values.map((name, i) => [name, (tailAxes[i] as string).indexOf("C")]));
  const own = classifier.node.output[0] as string;
  // The bias is added without moving axes.
  found.set(own, (tailAxes[0] as string).indexOf("C"));
  return found;
}

/** `x > 0` gives bool, the ArgMax in its place int64: what the file says of it is no longer so. */
function staleTypes(inPlace: ReadonlyMap<NodeProto, readonly NodeProto[]>): ReadonlySet<string> {
  return new Set([...inPlace.keys()].flatMap(({ opType, output }) => (opType === "Greater" ? output : [])));
}

/** What else reads a value of the tail would be left behind; its shape is welcome to all. */
function requireOnlyTail({ classifier, tail }: Inspection, wiring: Wiring): void {
  const way = new Set([classifier.node, wiring.producer(classifier.output), ...tail]);
  for (const value of [...way].flatMap((n) => n?.output ?? [])) {
    const other = wiring.readers(value).find((reader) => !way.has(reader) && reader.opType !== "Shape");
    if (other !== undefined) throw cannotFollow(other, `it reads '${value}', which changes, on another way`);
  }
}
