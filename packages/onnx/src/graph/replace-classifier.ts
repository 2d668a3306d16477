/**
 * A classifier of another number of channels, and the tail that follows from it. Everything else stays as it is.
 *
 * @module
 */
import { PixelgradError } from "@pixelgrad/core";
import { intAttribute } from "./attributes.ts";
import { node, valueInfo } from "./build.ts";
import { elementType } from "./element-types.ts";
import { gaussianArray } from "./gaussian.ts";
import { type Inspection, inspect, isToChannelsLast } from "./inspect.ts";
import type { NodeProto, TensorProto, ValueInfoProto } from "./onnx_pb.ts";
import type { OnnxModel } from "./onnx-model.ts";
import { dimsOf, floatTensor, intTensor, readInts } from "./tensor-proto.ts";
import { Wiring } from "./wiring.ts";

/** Standard deviation of a new classifier's weights; its bias is 0. */
const NEW_WEIGHT_DEVIATION = 0.01;

export interface ReplaceClassifierOptions {
  /** Channels of the new classifier: classes, or 1 for a binary model. */
  readonly channels: number;
  readonly seed: number;
}

/**
 * The model with a classifier of `channels` channels: new weights from N(0, 0.01), unless it has as many already. With
 * one channel Softmax becomes Sigmoid and ArgMax becomes `x > 0`, cast to the type it had. Names of inputs and outputs
 * stay.
 * @throws PixelgradError of `inspect`; `CLASSIFIER_UNSUPPORTED` when the tail cannot follow.
 */
export function replaceClassifier(model: OnnxModel, { channels, seed }: ReplaceClassifierOptions): OnnxModel {
  const found = inspect(model);
  if (found.channels === channels) return model;
  const { graph } = model;
  const wiring = new Wiring(graph);
  const { classifier, tail } = found;
  const fresh = new Map<string, TensorProto>();
  const weightDims = classifier.weightDims.map((d, axis) => (axis === channelAxis(found) ? channels : d));
  const count = weightDims.reduce((a, b) => a * b, 1);
  fresh.set(
    classifier.weight,
    floatTensor(classifier.weight, weightDims, gaussianArray(seed, count, NEW_WEIGHT_DEVIATION)),
  );
  if (classifier.bias !== undefined) {
    const old = wiring.constant(classifier.bias) as TensorProto;
    const dims = dimsOf(old).map((d) => (d === found.channels ? channels : d));
    fresh.set(
      classifier.bias,
      floatTensor(classifier.bias, dims, new Float32Array(dims.reduce((a, b) => a * b, 1))),
    );
  }
  const changed = new Map<NodeProto, readonly NodeProto[]>();
  for (const tailNode of tail) {
    const nodes = followingNodes(tailNode, found, channels, model.opset);
    if (nodes !== undefined) changed.set(tailNode, nodes);
    const sizes = resizedShape(tailNode, wiring, found.channels, channels);
    if (sizes !== undefined) fresh.set(sizes.name, sizes);
  }
  const biasNode = wiring.producer(classifier.output) as NodeProto;
  requireUnshared(wiring, fresh, [classifier.node, biasNode, ...tail]);
  const stale = new Set([
    classifier.output,
    ...classifier.node.output,
    ...tail.flatMap(({ output }) => output),
  ]);
  return model.withGraph({
    // Old files list initialisers as inputs too.
    input: graph.input.map((value) => {
      const tensor = fresh.get(value.name);
      return tensor === undefined ? value : valueInfo(value.name, dimsOf(tensor), tensor.dataType);
    }),
    initializer: [
      ...graph.initializer.map((tensor) => take(fresh, tensor.name) ?? tensor),
      // What is left was made by Constant or Identity nodes, which are dropped below.
      ...fresh.values(),
    ],
    node: graph.node
      .filter(({ output }) => !fresh.has(output[0] as string))
      .flatMap((n) => changed.get(n) ?? [n]),
    valueInfo: graph.valueInfo.filter(({ name }) => !stale.has(name)),
    output: graph.output.map((value) =>
      value.name === found.output.name ? withChannels(value, found, channels) : value,
    ),
  });
}

function channelAxis({ classifier }: Inspection): number {
  const last =
    classifier.op === "MatMul" ||
    (classifier.op === "Gemm" && intAttribute(classifier.node, "transB", 0) === 0);
  return last ? classifier.weightDims.length - 1 : 0;
}

/** What takes the place of a node of the tail; undefined when it stays. */
function followingNodes(
  old: NodeProto,
  { tail }: Inspection,
  channels: number,
  opset: number,
): readonly NodeProto[] | undefined {
  const [from = ""] = old.input;
  const [to = ""] = old.output;
  if (old.opType === "Softmax" && channels === 1) return [node("Sigmoid", [from], [to])];
  if (old.opType === "Sigmoid" && channels > 1) {
    const last = tail.slice(0, tail.indexOf(old)).some(isToChannelsLast);
    if (opset < 13 && !last) throw cannotFollow(old, "a Softmax over channels needs operator set 13");
    return [node("Softmax", [from], [to], { axis: last ? -1 : 1 })];
  }
  if (old.opType === "LogSoftmax" && channels === 1)
    throw cannotFollow(old, "it has no form for one channel");
  if (old.opType === "Greater" && channels > 1)
    throw cannotFollow(old, "it has no form for several channels");
  if (old.opType === "ArgMax" && channels === 1) return thresholdNodes(old, from, to, opset);
  return undefined;
}

/** `x > 0` in the type and shape that ArgMax gave. */
function thresholdNodes(old: NodeProto, from: string, to: string, opset: number): readonly NodeProto[] {
  const keeps = intAttribute(old, "keepdims", 1) === 1;
  const axis = intAttribute(old, "axis", 0);
  if (!keeps && opset >= 13)
    throw cannotFollow(old, "keepdims=0 is not followed for operator set 13 and newer");
  const zero = `${to}:zero`;
  const above = `${to}:above`;
  const cast = keeps ? to : `${to}:labels`;
  return [
    node("Sub", [from, from], [zero]),
    node("Greater", [from, zero], [above]),
    node("Cast", [above], [cast], { to: elementType.int64 }),
    ...(keeps ? [] : [node("Squeeze", [cast], [to], { axes: [axis] })]),
  ];
}

/** The constant shape of a Reshape or Resize that holds the number of channels. */
function resizedShape(
  { opType, input }: NodeProto,
  wiring: Wiring,
  from: number,
  to: number,
): TensorProto | undefined {
  const name = opType === "Reshape" ? input[1] : opType === "Resize" ? input[3] : undefined;
  const tensor = name === undefined ? undefined : wiring.constant(name);
  if (name === undefined || tensor === undefined) return undefined;
  const shape = readInts(tensor);
  const axis = shape.length === 4 && shape[3] === from && shape[1] !== from ? 3 : 1;
  if (shape[axis] !== from) return undefined;
  return intTensor(
    name,
    shape.map((d, i) => (i === axis ? to : d)),
  );
}

function requireUnshared(
  wiring: Wiring,
  fresh: ReadonlyMap<string, TensorProto>,
  own: readonly NodeProto[],
): void {
  for (const name of fresh.keys()) {
    const other = wiring.readers(name).find((reader) => !own.includes(reader));
    if (other !== undefined) throw cannotFollow(other, `it shares the tensor '${name}' with the classifier`);
  }
}

function withChannels(value: ValueInfoProto, { output }: Inspection, channels: number): ValueInfoProto {
  const type = value.type;
  if (output.kind === "argmax" || output.kind === "threshold" || type?.value.case !== "tensorType")
    return value;
  const tensor = type.value.value;
  const axis = output.layout === "NHWC" ? tensor.shape && tensor.shape.dim.length - 1 : 1;
  const dim = tensor.shape?.dim.map((d, i) =>
    i === axis ? { ...d, value: { case: "dimValue" as const, value: BigInt(channels) } } : d,
  );
  if (tensor.shape === undefined || dim === undefined) return value;
  return {
    ...value,
    type: {
      ...type,
      value: { case: "tensorType", value: { ...tensor, shape: { ...tensor.shape, dim } } },
    },
  };
}

function take(from: Map<string, TensorProto>, name: string): TensorProto | undefined {
  const found = from.get(name);
  from.delete(name);
  return found;
}

function cannotFollow({ opType, name, output }: NodeProto, reason: string): PixelgradError {
  const label = name || (output[0] as string);
  return new PixelgradError(
    "CLASSIFIER_UNSUPPORTED",
    `The number of channels cannot be changed because of ${opType} '${label}': ${reason}.`,
    { op: opType, node: label },
  );
}
