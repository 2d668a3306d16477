/** What the layers of a graph cost. @module */
import { intAttribute } from "./attributes.ts";
import type { NodeProto } from "./onnx_pb.ts";

/**
 * Multiplications that a convolution or matrix product does, biases apart; 0 for other operators.
 * @param dims - dims of a value; undefined where they are not known, which counts as no cost.
 */
export function multiplyAdds(
  node: NodeProto,
  dims: (value: string) => readonly number[] | undefined,
): number {
  const [first = "", second = ""] = node.input;
  const made = product(dims(node.output[0] as string) ?? [0]);
  switch (node.opType) {
    case "Conv":
    case "ConvInteger":
      return made * product((dims(second) ?? [0, 0]).slice(1));
    case "QLinearConv":
      return made * product((dims(node.input[3] ?? "") ?? [0, 0]).slice(1));
    case "ConvTranspose":
      return product(dims(first) ?? [0]) * product((dims(second) ?? [0, 0]).slice(1));
    case "Gemm":
      return made * (dims(first)?.[intAttribute(node, "transA", 0) === 0 ? 1 : 0] ?? 0);
    case "MatMul":
    case "MatMulInteger":
    case "QLinearMatMul":
      return made * (dims(first)?.at(-1) ?? 0);
    default:
      return 0;
  }
}

function product(dims: readonly number[]): number {
  return dims.reduce((a, b) => a * b, 1);
}
