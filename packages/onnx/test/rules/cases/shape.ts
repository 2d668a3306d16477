/** Operators that move numbers. */
import { type Attributes, node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";

function moved(op: string, x: Dims, attributes: Attributes = {}, opset = 18): RuleCase {
  return { nodes: [node(op, ["x"], ["y"], attributes)], inputs: { x }, opset };
}

function movedBy(
  op: string,
  x: Dims,
  ints: readonly number[],
  attributes: Attributes = {},
  opset = 18,
): RuleCase {
  return { nodes: [node(op, ["x", "s"], ["y"], attributes)], inputs: { x }, ints: { s: ints }, opset };
}

export const shapeCases: Readonly<Record<string, RuleCase>> = {
  Transpose: moved("Transpose", [2, 2, 3, 4], { perm: [0, 3, 1, 2] }),
  "Transpose without perm": moved("Transpose", [2, 3, 4]),
  "Transpose of operator set 7": moved("Transpose", [2, 3, 4], { perm: [1, 2, 0] }, 7),
  "Transpose of operator set 26": moved("Transpose", [2, 3, 4], { perm: [1, 2, 0] }, 26),
  Reshape: movedBy("Reshape", [1, 2, 3, 4], [0, -1, 6]),
  "Reshape with allowzero": movedBy("Reshape", [2, 3, 4], [6, -1], { allowzero: 1 }),
  "Reshape to no axes": movedBy("Reshape", [1, 1], []),
  "Reshape of operator set 7": movedBy("Reshape", [2, 3, 4], [-1, 0], {}, 7),
  "Reshape of operator set 13": movedBy("Reshape", [2, 3, 4], [2, 2, 6], {}, 13),
  "Reshape of operator set 26": movedBy("Reshape", [2, 3, 4], [2, 2, 6], {}, 26),
  Identity: moved("Identity", [2, 3]),
  "Identity of operator set 7": moved("Identity", [2, 3], {}, 7),
  "Identity of operator set 26": moved("Identity", [2, 3], {}, 26),
  Flatten: moved("Flatten", [2, 3, 4]),
  "Flatten from axis 0": moved("Flatten", [2, 3, 4], { axis: 0 }),
  "Flatten from the end": moved("Flatten", [2, 3, 4], { axis: -1 }),
  "Flatten of operator set 9": moved("Flatten", [2, 3, 4], { axis: 2 }, 9),
  "Flatten of operator set 26": moved("Flatten", [2, 3, 4], { axis: 2 }, 26),
  Squeeze: movedBy("Squeeze", [1, 2, 1, 3], [0, -2]),
  "Squeeze of every axis of one": moved("Squeeze", [1, 2, 1, 3]),
  "Squeeze of operator set 7": moved("Squeeze", [1, 2, 1, 3], { axes: [2] }, 7),
  "Squeeze of operator set 11": moved("Squeeze", [1, 2, 1, 3], { axes: [-2] }, 11),
  "Squeeze of operator set 26": movedBy("Squeeze", [1, 2, 1, 3], [0], {}, 26),
  Unsqueeze: movedBy("Unsqueeze", [2, 3], [0, -1]),
  "Unsqueeze of operator set 7": moved("Unsqueeze", [2, 3], { axes: [1, 3] }, 7),
  "Unsqueeze of operator set 11": moved("Unsqueeze", [2, 3], { axes: [-1] }, 11),
  "Unsqueeze of operator set 26": movedBy("Unsqueeze", [2, 3], [1], {}, 26),
  Tile: movedBy("Tile", [2, 3], [2, 3]),
  "Tile of one axis of four": movedBy("Tile", [2, 1, 2, 3], [1, 4, 1, 1]),
  "Tile of nothing": movedBy("Tile", [2, 3], [1, 1]),
  "Tile of operator set 7": movedBy("Tile", [2, 3], [3, 1], {}, 7),
  "Tile of operator set 13": movedBy("Tile", [2, 3], [3, 1], {}, 13),
  "Tile of operator set 26": movedBy("Tile", [2, 3], [3, 1], {}, 26),
  "Transpose and its input, one beside the other": {
    nodes: [node("Transpose", ["x"], ["t"]), node("Concat", ["x", "t", "x"], ["y"], { axis: 1 })],
    inputs: { x: [3, 3] },
  },
};
