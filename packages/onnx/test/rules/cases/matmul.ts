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
  "MatMul of a batch of batches with one matrix": binary("MatMul", [2, 2, 3, 4], [4, 2]),
  "MatMul of two vectors": binary("MatMul", [4], [4]),
  "MatMul of a vector with a matrix": binary("MatMul", [4], [4, 2]),
  "MatMul of a matrix with a vector": binary("MatMul", [3, 4], [4]),
  "MatMul of a vector with a batch": binary("MatMul", [4], [2, 3, 4, 2]),
  "MatMul of a batch with a vector": binary("MatMul", [2, 3, 2, 4], [4]),
  "MatMul of a vector with itself": { nodes: [node("MatMul", ["x", "x"], ["y"])], inputs: { x: [4] } },
  "MatMul of operator set 7": { ...binary("MatMul", [2, 3, 4], [4, 2]), opset: 7 },
  "MatMul of operator set 26": { ...binary("MatMul", [2, 3, 4], [2, 4, 2]), opset: 26 },
  "Gemm of operator set 7": { ...gemm([3, 4], [4, 2], [3, 2], { beta: { float: 2 } }), opset: 7 },
  "Gemm of operator set 9": { ...gemm([3, 4], [2, 4], [2], { transB: 1 }), opset: 9 },
  "Gemm of operator set 26": { ...gemm([4, 3], [2, 4], [2], { transA: 1, transB: 1 }), opset: 26 },
  "Gemm with C of a scalar": gemm([3, 4], [4, 2], [], {}),
  "Gemm of a value with itself": {
    nodes: [node("Gemm", ["x", "x", "x"], ["y"], { transB: 1 })],
    inputs: { x: [3, 3] },
  },
};
