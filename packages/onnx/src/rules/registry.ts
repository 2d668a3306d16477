/** The gradient rule of each operator. A new rule is its function in the file of its family, and one line here. */
import type { NodeProto } from "../graph/onnx_pb.ts";
import { conv } from "./conv.ts";
import { add, relu } from "./elementwise.ts";
import { gemm, matmul } from "./matmul.ts";
import { resize } from "./resize.ts";
import type { Rule } from "./rule.ts";
import { concat, identity, reshape, transpose } from "./shape.ts";

export const rules: Readonly<Record<string, Rule>> = {
  Add: add,
  Concat: concat,
  Conv: conv,
  Gemm: gemm,
  Identity: identity,
  MatMul: matmul,
  Relu: relu,
  Reshape: reshape,
  Resize: resize,
  Transpose: transpose,
  Upsample: resize,
};

/** The rule of a node; undefined for an operator that has none, or of another domain than the standard one. */
export function ruleOf({ domain, opType }: NodeProto): Rule | undefined {
  return domain === "" || domain === "ai.onnx" ? rules[opType] : undefined;
}
