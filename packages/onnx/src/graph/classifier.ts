/** The last layer with weights, found from the value it makes. @module */
import { PixelgradError } from "@pixelgrad/core";
import { intAttribute, intsAttribute } from "./attributes.ts";
import type { NodeProto } from "./onnx_pb.ts";
import { dimsOf } from "./tensor-proto.ts";
import type { Wiring } from "./wiring.ts";

/** The last layer with weights: its output has one channel per class. */
export interface Classifier {
  readonly node: NodeProto;
  readonly op: "Conv" | "Gemm" | "MatMul";
  /** The tensor it reads: where the model is cut. */
  readonly features: string;
  readonly weight: string;
  readonly weightDims: readonly number[];
  /** The axis of the weight that has one entry per channel. */
  readonly weightAxis: number;
  /** Its own bias, or the constant that an Add behind it adds. */
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
    if (layer.opType === "ConvTranspose") throw unsupported(layer);
    const bias = wiring.constant(other) === undefined ? undefined : other;
    if (bias === undefined || layer.input[2]) return undefined;
    return classifierOf(wiring, layer, output, bias);
  }
  return undefined;
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
  if (op !== "Conv" && op !== "Gemm" && op !== "MatMul") throw unsupported(node);
  if (op === "Conv" && weightDims.length !== 4) throw unsupported(node);
  const last = op === "MatMul" || (op === "Gemm" && intAttribute(node, "transB", 0) === 0);
  const weightAxis = last ? weightDims.length - 1 : 0;
  return { node, op, features, weight, weightDims, weightAxis, bias: added ?? (own || undefined), output };
}

/** Axes of the classifier's output, as letters; a MatMul's rank shows in the Transpose or Reshape behind it. */
export function classifierAxes({ op }: Classifier, next: NodeProto | undefined, rank: number): string {
  if (op === "Conv") return "NCHW";
  if (op === "Gemm") return "LC";
  const known = rank || (next?.opType === "Transpose" ? intsAttribute(next, "perm", []).length : 0);
  return known === 2 ? "LC" : known === 4 ? "NHWC" : "NLC";
}

function unsupported({ opType, name, output }: NodeProto): PixelgradError {
  const node = name || (output[0] as string);
  return new PixelgradError(
    "CLASSIFIER_UNSUPPORTED",
    `The last layer of the model is ${opType} '${node}'; only a two-dimensional Conv, a Gemm or a MatMul can be trained as the last layer.`,
    { op: opType, node },
  );
}
