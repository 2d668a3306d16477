/**
 * What a segmentation model looks like from its output: the head is found by walking up from there.
 *
 * @module
 */
import { PixelgradError } from "@pixelgrad/core";
import { intAttribute, intsAttribute } from "./attributes.ts";
import type { NodeProto } from "./onnx_pb.ts";
import type { OnnxModel, ValueDescription } from "./onnx-model.ts";
import { dimsOf } from "./tensor-proto.ts";
import { Wiring } from "./wiring.ts";

export type OutputKind = "logits" | "softmax" | "sigmoid" | "argmax" | "threshold";
export type Layout = "NCHW" | "NHWC";

export interface SegmentationOutput {
  readonly name: string;
  readonly kind: OutputKind;
  /** Where the channels are; for labels, where they were. */
  readonly layout: Layout;
  readonly dims: readonly (number | string)[];
}

/** The last layer with weights: its output has one channel per class. */
export interface Classifier {
  readonly node: NodeProto;
  readonly op: "Conv" | "Gemm" | "MatMul";
  /** The tensor it reads: where the model is cut. */
  readonly features: string;
  readonly weight: string;
  readonly weightDims: readonly number[];
  readonly bias: string | undefined;
  /** What it makes, bias included. */
  readonly output: string;
}

export interface Inspection {
  readonly input: ValueDescription & { readonly layout: Layout };
  readonly output: SegmentationOutput;
  readonly classifier: Classifier;
  /** Channels of the classifier: classes, or 1 for a binary model. */
  readonly channels: number;
  /** Nodes between classifier and output, in order. */
  readonly tail: readonly NodeProto[];
  /** The NCHW tensor a loss attaches to: before Softmax, Sigmoid, ArgMax and a final NHWC Transpose. */
  readonly logits: string;
}

/** Operators of one data input that may stand between the classifier and the output. */
const tailOperators = new Set([
  "ArgMax",
  "Cast",
  "Greater",
  "Identity",
  "LogSoftmax",
  "Reshape",
  "Resize",
  "Sigmoid",
  "Softmax",
  "Squeeze",
  "Transpose",
  "Unsqueeze",
  "Upsample",
]);

const outputKinds: Readonly<Record<string, OutputKind>> = {
  ArgMax: "argmax",
  Greater: "threshold",
  LogSoftmax: "softmax",
  Sigmoid: "sigmoid",
  Softmax: "softmax",
};

/** After one of these a tensor no longer holds logits. */
const endsLogits = new Set(Object.keys(outputKinds));

/**
 * @throws PixelgradError `NO_SEGMENTATION_OUTPUT`, `CLASSIFIER_UNSUPPORTED`.
 */
export function inspect(model: OnnxModel): Inspection {
  const wiring = new Wiring(model.graph);
  const unsupported: PixelgradError[] = [];
  for (const output of model.outputs) {
    if (output.dims.length !== 0 && (output.dims.length < 3 || output.dims.length > 4)) continue;
    try {
      const found = inspectOutput(model, wiring, output);
      if (found !== undefined) return found;
    } catch (error) {
      unsupported.push(error as PixelgradError);
    }
  }
  if (unsupported[0] !== undefined) throw unsupported[0];
  const outputs = model.outputs.map(({ name, dims }) => `${name} [${dims.join(", ")}]`);
  throw new PixelgradError(
    "NO_SEGMENTATION_OUTPUT",
    `${model.name} has no segmentation output: expected one that comes from a Conv, Gemm or MatMul with a channel ` +
      `per class, by way of nothing but resizing, transposing and an activation; its outputs are ${outputs.join("; ")}.`,
    { outputs },
  );
}

function inspectOutput(model: OnnxModel, wiring: Wiring, output: ValueDescription): Inspection | undefined {
  const tail: NodeProto[] = [];
  let value = output.name;
  let node = wiring.producer(value);
  while (node !== undefined && tailOperators.has(node.opType)) {
    tail.unshift(node);
    value = node.input[0] as string;
    node = wiring.producer(value);
  }
  if (node === undefined) return undefined;
  const classifier = classifierAt(wiring, node, value);
  if (classifier === undefined) return undefined;
  const kindNode = [...tail].reverse().find(({ opType }) => opType in outputKinds);
  const end = tail.findIndex((n) => endsLogits.has(n.opType) || isToChannelsLast(n));
  const before = end < 0 ? tail : tail.slice(0, end);
  const inputs = model.inputs;
  const input = inputs[0];
  if (input === undefined) return undefined;
  const { op, weightDims } = classifier;
  const channels = op === "MatMul" ? (weightDims.at(-1) as number) : gemmOrConvChannels(classifier);
  return {
    input: { ...input, layout: input.dims[1] !== 3 && input.dims[3] === 3 ? "NHWC" : "NCHW" },
    output: {
      name: output.name,
      kind: kindNode === undefined ? "logits" : (outputKinds[kindNode.opType] as OutputKind),
      layout: tail.some(isToChannelsLast) ? "NHWC" : "NCHW",
      dims: output.dims,
    },
    classifier,
    channels,
    tail,
    logits: before.at(-1)?.output[0] ?? classifier.output,
  };
}

function gemmOrConvChannels({ node, weightDims }: Classifier): number {
  const last = node.opType === "Gemm" && intAttribute(node, "transB", 0) === 0;
  return (last ? weightDims.at(-1) : weightDims[0]) as number;
}

/** NCHW to NHWC. */
export function isToChannelsLast(node: NodeProto): boolean {
  return node.opType === "Transpose" && intsAttribute(node, "perm", []).join() === "0,2,3,1";
}

function classifierAt(wiring: Wiring, node: NodeProto, output: string): Classifier | undefined {
  if (node.opType === "Conv" || node.opType === "Gemm" || node.opType === "MatMul") {
    return weighted(wiring, node, output, node.input[2] || undefined);
  }
  if (node.opType === "Add") {
    const [a = "", b = ""] = node.input;
    const [value, bias] = wiring.constant(a) === undefined ? [a, b] : [b, a];
    const inner = wiring.producer(value);
    if (wiring.constant(bias) !== undefined && inner?.opType === "MatMul") {
      return weighted(wiring, inner, output, bias);
    }
    if (wiring.constant(bias) !== undefined && inner?.opType === "ConvTranspose") throw unsupportedAt(inner);
  }
  if (node.opType === "ConvTranspose") throw unsupportedAt(node);
  return undefined;
}

function weighted(
  wiring: Wiring,
  node: NodeProto,
  output: string,
  bias: string | undefined,
): Classifier | undefined {
  const [features = "", weight = ""] = node.input;
  const tensor = wiring.constant(weight);
  if (tensor === undefined) return undefined;
  return {
    node,
    op: node.opType as Classifier["op"],
    features,
    weight,
    weightDims: dimsOf(tensor),
    bias,
    output,
  };
}

function unsupportedAt({ opType, name, output }: NodeProto): PixelgradError {
  const node = name || (output[0] as string);
  return new PixelgradError(
    "CLASSIFIER_UNSUPPORTED",
    `The last layer of the model is ${opType} '${node}'; only Conv, Gemm and MatMul can be trained as the last layer.`,
    { op: opType, node },
  );
}
