/** Graphs of more than one node. */
import { node } from "@pixelgrad/onnx";
import type { RuleCase } from "../rule-case.ts";

export const severalNodesCases: Readonly<Record<string, RuleCase>> = {
  "a value used by two nodes": {
    nodes: [
      node("Conv", ["x", "w"], ["h"]),
      node("Identity", ["h"], ["same"]),
      node("MatMul", ["same", "m"], ["left"]),
      node("Add", ["h", "left"], ["y"]),
    ],
    inputs: { x: [1, 2, 3, 4], w: [2, 2, 1, 1], m: [4, 4] },
  },
  "a value used twice by one node": {
    nodes: [node("MatMul", ["x", "x"], ["h"]), node("Add", ["h", "h"], ["y"])],
    inputs: { x: [3, 3] },
  },
  "a weight used by two layers": {
    nodes: [node("MatMul", ["x", "w"], ["h"]), node("MatMul", ["h", "w"], ["y"])],
    inputs: { x: [2, 3], w: [3, 3] },
  },
};
