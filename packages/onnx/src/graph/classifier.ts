/** The last layer with weights, found from the value it makes. @module */
import { PixelgradError } from "@pixelgrad/core";
import { intAttribute, intsAttribute } from "./attributes.ts";
import type { NodeProto } from "./onnx_pb.ts";
import { dimsOf } from "./tensor-proto.ts";
import type { Wiring } from "./wiring.ts";

/** The last layer with weights: its output has one channel per class. */
export interface Classifier {
  readonly node: NodeProto;
  readonly op: "Conv" | "ConvTranspose" | "Gemm" | "MatMul";
  /** The tensor it reads: where the model is cut. */
  readonly features: string;
  readonly weight: string;
  readonly weightDims: readonly number[];
  /** The axis of the weight that has one entry per channel, or per channel of a group. */
  readonly weightAxis: number;
  /** Channels it makes. */
  readonly channels: number;
  /** Its own bias, or the constant that an Add behind it adds, where need be in another shape. */
  readonly bias: string | undefined;
  /** What it makes, bias included. */
  readonly output: string;
}

const layers = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul"]);

/**
 * The classifier that makes `output` through `node`; undefined when `node` is no layer with constant weights.
 * @throws PixelgradError `CLASSIFIER_UNSUPPORTED` for a layer of another kind.
 */
export function classifierAt(wiring: Wiring, node: NodeProto, output: string): Classifier | undefined {
  if (node.opType !== "Add") return layers.has(node.opType) ? classifierOf(wiring, node, output) : undefined;
  for (const [value, other] of [node.input, [...node.input].reverse()] as [string, string][]) {
    const layer = wiring.producer(value);
    if (layer === undefined || !layers.has(layer.opType) || !wiring.isStatic(other)) continue;
    const bias = addedBias(wiring, other)?.bias;
    if (bias === undefined || layer.input[2]) return undefined;
    return classifierOf(wiring, layer, output, bias);
  }
  return undefined;
}

/** Between a bias and the Add that adds it these only change its shape. */
const reshaping = new Set(["Identity", "Reshape", "Squeeze", "Unsqueeze"]);

export interface AddedBias {
  readonly bias: string;
  /** The nodes that shape the bias, the one next to the Add first. */
  readonly shaping: readonly NodeProto[];
}

/** The constant that a value holds, where need be in another shape; undefined when it is computed. */
export function addedBias(wiring: Wiring, value: string): AddedBias | undefined {
  const shaping: NodeProto[] = [];
  let bias = value;
  while (wiring.constant(bias) === undefined) {
    const node = wiring.producer(bias);
    if (node === undefined || !reshaping.has(node.opType) || shaping.includes(node)) return undefined;
    shaping.push(node);
    bias = node.input[0] as string;
  }
  return { bias, shaping };
}

function classifierOf(
  wiring: Wiring,
  node: NodeProto,
  output: string,
  added?: string,
): Classifier | undefined {
  const [features = "", weight = "", own] = node.input;
  const tensor = wiring.constant(weight);
  if (tensor === undefined) return undefined;
  const op = node.opType;
  const weightDims = dimsOf(tensor);
  if (op !== "Conv" && op !== "ConvTranspose" && op !== "Gemm" && op !== "MatMul") throw unsupported(node);
  const spatial = op === "Conv" || op === "ConvTranspose";
  if (spatial && weightDims.length !== 4) throw unsupported(node);
  const weightAxis = channelAxis(node, weightDims.length);
  const groups = op === "ConvTranspose" ? intAttribute(node, "group", 1) : 1;
  const channels = groups * (weightDims[weightAxis] as number);
  const bias = added ?? (own || undefined);
  return { node, op, features, weight, weightDims, weightAxis, channels, bias, output };
}

/** Of a weight: a Conv has `[M, C/group, kh, kw]`, a ConvTranspose `[C, M/group, kh, kw]`, the others `[C, M]` or turned. */
function channelAxis(node: NodeProto, rank: number): number {
  if (node.opType === "Conv") return 0;
  if (node.opType === "ConvTranspose") return 1;
  return node.opType === "Gemm" && intAttribute(node, "transB", 0) !== 0 ? 0 : rank - 1;
}

/** Axes of the classifier's output, as letters; a MatMul's rank shows in the Transpose or Reshape behind it. */
export function classifierAxes({ op }: Classifier, next: NodeProto | undefined, rank: number): string {
  if (op === "Conv" || op === "ConvTranspose") return "NCHW";
  if (op === "Gemm") return "LC";
  const known = rank || (next?.opType === "Transpose" ? intsAttribute(next, "perm", []).length : 0);
  return known === 2 ? "LC" : known === 4 ? "NHWC" : "NLC";
}

function unsupported({ opType, name, output }: NodeProto): PixelgradError {
  const node = name || (output[0] as string);
  return new PixelgradError(
    "CLASSIFIER_UNSUPPORTED",
    `The last layer of the model is ${opType} '${node}'; only a two-dimensional Conv or ConvTranspose, a Gemm or a MatMul can be trained as the last layer.`,
    { op: opType, node },
  );
}
