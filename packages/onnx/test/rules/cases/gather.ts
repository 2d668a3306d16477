/** Operators that pick numbers by their indices, or put them there. */
import { type Attributes, node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";

function indices(dims: Dims, values: readonly number[]) {
  return { i: { data: BigInt64Array.from(values, BigInt), dims } };
}

function picked(
  op: string,
  x: Dims,
  at: Dims,
  values: Dims,
  attributes: Attributes = {},
  opset = 18,
): RuleCase {
  return {
    nodes: [node(op, ["x", "i"], ["y"], attributes)],
    inputs: { x },
    constants: indices(at, values),
    opset,
  };
}

function put(
  op: string,
  x: Dims,
  at: Dims,
  values: Dims,
  u: Dims,
  attributes: Attributes = {},
  opset = 18,
): RuleCase {
  return {
    nodes: [node(op, ["x", "i", "u"], ["y"], attributes)],
    inputs: { x, u },
    constants: indices(at, values),
    opset,
  };
}

export const gatherCases: Readonly<Record<string, RuleCase>> = {
  Gather: picked("Gather", [2, 5, 3], [4], [0, 3, 4, 1], { axis: 1 }),
  "Gather of one place several times": picked("Gather", [5, 3], [4], [0, 3, 3, 3]),
  "Gather by negative indices, axis from the end": picked("Gather", [2, 5], [3], [-1, 0, -5], { axis: -1 }),
  "Gather by a matrix of indices": picked("Gather", [3, 4, 2], [2, 3], [0, 3, 1, 1, -1, 2], { axis: 1 }),
  "Gather of one index without axes": picked("Gather", [3, 2, 4], [], [1]),
  "Gather of one negative index without axes": picked("Gather", [2, 3, 4], [], [-1], { axis: 2 }),
  "Gather of one index": picked("Gather", [2, 3, 4], [1], [2], { axis: 1 }),
  "Gather of one index of two axes": picked("Gather", [2, 3, 4], [1, 1], [0], { axis: 1 }),
  "Gather by more indices than a rule reads": picked(
    "Gather",
    [5, 2],
    [10, 8],
    Array.from({ length: 80 }, (_, i) => ((i * 7) % 10) - 5),
  ),
  "Gather of queries, keys and values": {
    nodes: [
      node("Gather", ["x", "zero"], ["q"]),
      node("Gather", ["x", "one"], ["k"]),
      node("MatMul", ["q", "k"], ["y"]),
    ],
    inputs: { x: [2, 3, 3] },
    constants: {
      zero: { data: BigInt64Array.of(0n), dims: [] },
      one: { data: BigInt64Array.of(1n), dims: [] },
    },
  },
  "Gather of operator set 7": picked("Gather", [2, 5, 3], [4], [0, 3, 3, 1], { axis: 1 }, 7),
  "Gather of operator set 11": picked("Gather", [2, 5, 3], [2], [-1, 3], { axis: -2 }, 11),
  "Gather of operator set 26": picked("Gather", [2, 5, 3], [2], [-1, 3], { axis: -2 }, 26),
  GatherElements: picked("GatherElements", [3, 4], [2, 4], [0, 2, 1, 1, 2, 2, 0, 1]),
  "GatherElements axis 1, fewer rows": picked("GatherElements", [3, 4], [2, 3], [0, -1, 1, 3, 3, 3], {
    axis: 1,
  }),
  "GatherElements axis from the end": picked(
    "GatherElements",
    [2, 2, 3],
    [2, 2, 2],
    [0, 1, 2, 0, 1, 1, -1, -3],
    {
      axis: -1,
    },
  ),
  "GatherElements of operator set 11": picked("GatherElements", [3, 2], [1, 2], [-1, 0], {}, 11),
  "GatherElements of operator set 26": picked("GatherElements", [3, 2], [1, 2], [-1, 0], {}, 26),
  GatherND: picked("GatherND", [3, 4, 2], [3, 2], [0, 1, 2, 3, 0, 1]),
  "GatherND of single numbers": picked("GatherND", [3, 4], [2, 2, 2], [0, 1, 2, 3, -1, -1, 0, 0]),
  "GatherND of operator set 11": picked("GatherND", [3, 4], [2, 1], [2, 0], {}, 11),
  "GatherND of operator set 26": picked("GatherND", [3, 4], [2, 1], [2, 0], {}, 26),
  ScatterElements: put("ScatterElements", [3, 4], [2, 3], [0, 2, 1, 1, 0, 2], [2, 3]),
  "ScatterElements axis from the end": put("ScatterElements", [3, 4], [2, 3], [0, 2, -1, 3, 0, 1], [2, 3], {
    axis: -1,
  }),
  "ScatterElements that adds": put("ScatterElements", [3, 4], [2, 3], [0, 2, 2, 1, 1, 1], [2, 3], {
    axis: 1,
    reduction: "add",
  }),
  "ScatterElements of operator set 11": put("ScatterElements", [3, 2], [1, 2], [2, 0], [1, 2], {}, 11),
  "ScatterElements of operator set 26": put("ScatterElements", [3, 2], [1, 2], [2, 0], [1, 2], {}, 26),
  ScatterND: put("ScatterND", [4, 3], [2, 1], [3, 0], [2, 3]),
  "ScatterND of single numbers": put("ScatterND", [4, 3], [3, 2], [3, 0, -1, 1, 0, 2], [3]),
  "ScatterND that adds": put("ScatterND", [4, 3], [3, 1], [3, 0, 3], [3, 3], { reduction: "add" }),
  "ScatterND of operator set 11": put("ScatterND", [4, 3], [2, 1], [3, 0], [2, 3], {}, 11),
  "ScatterND of operator set 26": put("ScatterND", [4, 3], [2, 1], [3, 0], [2, 3], {}, 26),
};
