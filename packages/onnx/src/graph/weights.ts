/** Which constants of a graph are weights: what training may change. @module */
import { elementCount } from "@pixelgrad/core";
import { elementType } from "./element-types.ts";
import type { NodeProto } from "./onnx_pb.ts";
import { resizingProducts } from "./resize-matrices.ts";
import { dimsOf } from "./tensor-proto.ts";
import type { Wiring } from "./wiring.ts";

/** Inputs that hold weights, by operator; those of the running statistics of a normalisation do not. */
const weightInputs: Readonly<Record<string, readonly number[]>> = {
  BatchNormalization: [1, 2],
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Einsum: [0, 1],
  Gemm: [0, 1, 2],
  GroupNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  LayerNormalization: [1, 2],
  MatMul: [0, 1],
  PRelu: [1],
};

/** A constant of these is a bias or a scale of its own when it has more than one number and follows a layer. */
const arithmetic = new Set(["Add", "Sub", "Mul", "Div"]);

/** Between a constant and the layer that uses it these only change its shape. */
const reshaping = new Set(["Cast", "Flatten", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze"]);

/**
 * The float weights that each of `nodes`, in graph order, uses, by the names they are kept under; nodes without any are
 * left out. The matrices of a resize are none.
 */
export function weightUses(wiring: Wiring, nodes: readonly NodeProto[]): Map<NodeProto, readonly string[]> {
  const uses = new Map<NodeProto, readonly string[]>();
  const weighted = new Set<string>();
  const resizing = resizingProducts(wiring, nodes);
  for (const node of nodes) {
    const inputs = resizing.has(node) ? [] : weightInputs[node.opType];
    const follows = node.input.some((value) => weighted.has(value));
    const places = inputs ?? (arithmetic.has(node.opType) && follows ? [0, 1] : []);
    const found = places.flatMap((place) => {
      const weight = weightBehind(wiring, node.input[place] ?? "");
      return weight === undefined || (inputs === undefined && weight.count === 1) ? [] : [weight.name];
    });
    if (found.length > 0) uses.set(node, found);
    if (found.length > 0 || follows) for (const value of node.output) weighted.add(value);
  }
  return uses;
}

/** The float constant that `value` is, but for its shape. */
function weightBehind(wiring: Wiring, value: string): { name: string; count: number } | undefined {
  let at = value;
  while (wiring.isStatic(at)) {
    const name = wiring.constantName(at);
    const tensor = wiring.constant(at);
    if (name !== undefined && tensor !== undefined) {
      const isFloat = tensor.dataType === elementType.float || tensor.dataType === elementType.float16;
      const count = elementCount(dimsOf(tensor));
      return isFloat && count > 0 ? { name, count } : undefined;
    }
    const node = wiring.producer(at);
    if (node === undefined || !reshaping.has(node.opType)) return undefined;
    at = node.input[0] as string;
  }
  return undefined;
}
