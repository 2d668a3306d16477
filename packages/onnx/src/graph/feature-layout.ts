/** Where the channels of a value of four axes are. @module */
import { intsAttribute } from "./attributes.ts";
import type { Layout } from "./image-input.ts";
import type { NodeProto } from "./onnx_pb.ts";
import type { Wiring } from "./wiring.ts";

/** These have channels in the second axis of what they read and make. */
const planar = new Set([
  "AveragePool",
  "BatchNormalization",
  "Conv",
  "ConvInteger",
  "ConvTranspose",
  "DepthToSpace",
  "GlobalAveragePool",
  "GlobalMaxPool",
  "GroupNormalization",
  "InstanceNormalization",
  "LRN",
  "MaxPool",
  "QLinearConv",
  "SpaceToDepth",
]);

/** These move no axis and may lie between. */
const passing = new Set([
  ...["Add", "Cast", "Clip", "Concat", "DequantizeLinear", "Div", "Dropout", "DynamicQuantizeLinear", "Elu"],
  ...["Erf", "Exp", "Gelu", "HardSigmoid", "HardSwish", "Identity", "LeakyRelu", "Max", "Min", "Mish", "Mul"],
  ...[
    "Neg",
    "PRelu",
    "Pad",
    "Pow",
    "QuantizeLinear",
    "Relu",
    "Resize",
    "Selu",
    "Sigmoid",
    "Slice",
    "Softplus",
  ],
  ...["Softsign", "Sqrt", "Sub", "Sum", "Tanh", "Upsample", "Where"],
]);

/**
 * Told by the operator that makes the value, else by those that read it, else by the axes that shrink an image of
 * `size` alike; undefined when none of them tells.
 */
export function featureLayout(
  wiring: Wiring,
  value: string,
  dims: readonly number[],
  size: readonly [number, number],
): Layout | undefined {
  if (dims.length !== 4) return undefined;
  const made = layoutAsMade(wiring, value);
  if (made !== undefined) return made;
  if (wiring.readers(value).some(({ opType, input }) => planar.has(opType) && input[0] === value)) {
    return "NCHW";
  }
  const [first, last] = [shrinksAlike(dims, 2, size), shrinksAlike(dims, 1, size)];
  return first === last ? undefined : first ? "NCHW" : "NHWC";
}

function layoutAsMade(wiring: Wiring, value: string): Layout | undefined {
  const seen = new Set<NodeProto>();
  let node = wiring.producer(value);
  while (node !== undefined && passing.has(node.opType) && !seen.has(node)) {
    seen.add(node);
    const from = node.input.find((input) => input !== "" && !wiring.isStatic(input));
    node = from === undefined ? undefined : wiring.producer(from);
  }
  if (node === undefined) return undefined;
  if (planar.has(node.opType)) return "NCHW";
  const order = node.opType === "Transpose" ? intsAttribute(node, "perm", []).join() : "";
  return ({ "0,3,1,2": "NCHW", "0,2,3,1": "NHWC" } as const)[order];
}

/** Whether two axes from `axis` on are height and width of the image by one and the same scale. */
function shrinksAlike(
  dims: readonly number[],
  axis: number,
  [height, width]: readonly [number, number],
): boolean {
  const [h, w] = [dims[axis] as number, dims[axis + 1] as number];
  return Math.abs(h / height - w / width) < 1 / Math.min(height, width);
}
