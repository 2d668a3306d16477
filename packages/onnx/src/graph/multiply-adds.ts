/** What a node costs, in multiplications with an addition each. @module */
import { elementCount } from "@pixelgrad/core";
import { intAttribute } from "./attributes.ts";
import type { NodeProto } from "./onnx_pb.ts";

/**
 * Of a layer with weights or a matrix product; 0 for every other node, which costs little beside those.
 * @param dims - static dims of a value; undefined where they are not known, which counts as nothing.
 */
export function multiplyAdds(
  node: NodeProto,
  dims: (value: string) => readonly number[] | undefined,
): number {
  const [first = "", second = ""] = node.input;
  const a = dims(first) ?? [];
  const b = dims(second) ?? [];
  const y = dims(node.output[0] ?? "") ?? [];
  switch (node.opType) {
    case "Conv":
    case "ConvInteger":
      // A weight [M, C / group, ...kernel] is used once for each of its output pixels.
      return product(y) * product(b.slice(1));
    case "QLinearConv":
      return product(y) * product((dims(node.input[3] ?? "") ?? []).slice(1));
    case "ConvTranspose":
      // A weight [C, M / group, ...kernel] is used once for each of its input pixels.
      return product(a) * product(b.slice(1));
    case "Gemm":
      return product(y) * (a[intAttribute(node, "transA", 0) === 0 ? 1 : 0] ?? 0);
    case "MatMul":
    case "MatMulInteger":
    case "QLinearMatMul":
      return product(y) * (a.at(-1) ?? 0);
    default:
      return 0;
  }
}

/** 0 for dims that are not known. */
function product(dims: readonly number[]): number {
  return dims.length === 0 ? 0 : elementCount(dims);
}
