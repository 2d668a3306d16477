/** Matrix products. */
import { type Attributes, node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";

function gemm(a: Dims, b: Dims, c: Dims | undefined, attributes: Attributes): RuleCase {
  return {
    nodes: [node("Gemm", c ? ["a", "b", "c"] : ["a", "b"], ["y"], attributes)],
    inputs: { a, b, ...(c && { c }) },
  };
}

function binary(op: string, a: Dims, b: Dims): RuleCase {
  return { nodes: [node(op, ["a", "b"], ["y"])], inputs: { a, b } };
}

export const matmulCases: Readonly<Record<string, RuleCase>> = {
  Gemm: gemm([3, 4], [4, 2], [3, 2], {}),
  "Gemm transA": gemm([4, 3], [4, 2], [3, 2], { transA: 1, alpha: { float: 0.5 } }),
  "Gemm transB": gemm([3, 4], [2, 4], [3, 2], { transB: 1, beta: { float: 2 } }),
  "Gemm transA transB": gemm([4, 3], [2, 4], [3, 2], { transA: 1, transB: 1, alpha: { float: -1.5 } }),
  "Gemm with C of a row": gemm([3, 4], [4, 2], [2], { beta: { float: 0.25 } }),
  "Gemm with C of a column": gemm([3, 4], [4, 2], [3, 1], {}),
  "Gemm with C of one number": gemm([3, 4], [4, 2], [1], { alpha: { float: 3 } }),
  "Gemm without C": gemm([3, 4], [4, 2], undefined, {}),
  MatMul: binary("MatMul", [3, 4], [4, 2]),
  "MatMul batched": binary("MatMul", [2, 3, 4], [2, 4, 2]),
  "MatMul of a batch with one matrix": binary("MatMul", [2, 3, 4], [4, 2]),
  "MatMul of one matrix with a batch": binary("MatMul", [3, 4], [2, 1, 4, 2]),
  "MatMul broadcast both ways": binary("MatMul", [2, 1, 3, 4], [1, 3, 4, 2]),
};
