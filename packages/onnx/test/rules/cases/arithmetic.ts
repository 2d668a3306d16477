/** Elementwise operators. */
import { node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";

function binary(op: string, a: Dims, b: Dims): RuleCase {
  return { nodes: [node(op, ["a", "b"], ["y"])], inputs: { a, b } };
}

export const elementwiseCases: Readonly<Record<string, RuleCase>> = {
  Add: binary("Add", [1, 2, 3, 4], [1, 2, 3, 4]),
  "Add of fewer axes": binary("Add", [1, 2, 3, 4], [4]),
  "Add to fewer axes": binary("Add", [2, 1, 1], [1, 2, 3, 4]),
  "Add broadcast both ways": binary("Add", [3, 1, 4], [2, 1, 5, 1]),
  "Add of a scalar": binary("Add", [2, 3], []),
  Relu: { nodes: [node("Relu", ["x"], ["y"])], inputs: { x: [1, 2, 4, 5] }, kinks: [0] },
};
