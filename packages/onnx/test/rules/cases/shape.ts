/** Operators that move numbers. */
import { node } from "@pixelgrad/onnx";
import type { RuleCase } from "../rule-case.ts";

export const shapeCases: Readonly<Record<string, RuleCase>> = {
  Transpose: {
    nodes: [node("Transpose", ["x"], ["y"], { perm: [0, 3, 1, 2] })],
    inputs: { x: [1, 2, 3, 4] },
  },
  "Transpose without perm": { nodes: [node("Transpose", ["x"], ["y"])], inputs: { x: [2, 3, 4] } },
  Reshape: {
    nodes: [node("Reshape", ["x", "s"], ["y"])],
    inputs: { x: [1, 2, 3, 4] },
    ints: { s: [0, -1, 6] },
  },
  Identity: { nodes: [node("Identity", ["x"], ["y"])], inputs: { x: [2, 3] } },
  "Concat of three": {
    nodes: [node("Concat", ["a", "b", "c"], ["y"], { axis: 1 })],
    inputs: { a: [1, 2, 3], b: [1, 1, 3], c: [1, 4, 3] },
  },
  "Concat from the end, one input twice": {
    nodes: [node("Concat", ["a", "b", "a"], ["y"], { axis: -1 })],
    inputs: { a: [2, 3], b: [2, 1] },
  },
};
