/** Concat and Split. */
import { type Attributes, node } from "@pixelgrad/onnx";
import type { Dims, Node, RuleCase } from "../rule-case.ts";

/** The parts multiplied by one another, where they are alike; a part that is not named is read by nothing. */
function split(
  x: Dims,
  parts: string[],
  attributes: Attributes,
  opset: number,
  given: { sizes?: number[]; after?: Node[] } = {},
): RuleCase {
  const { sizes, after = [node("MatMul", ["a", "b"], ["y"])] } = given;
  return {
    nodes: [node("Split", sizes ? ["x", "s"] : ["x"], parts, attributes), ...after],
    inputs: { x },
    ...(sizes && { ints: { s: sizes } }),
    opset,
  };
}

const only = (part: string) => [node("Identity", [part], ["y"])];
const backwards = (parts: string[], axis: number) => [node("Concat", [...parts].reverse(), ["y"], { axis })];

export const splitCases: Readonly<Record<string, RuleCase>> = {
  "Concat of three": {
    nodes: [node("Concat", ["a", "b", "c"], ["y"], { axis: 1 })],
    inputs: { a: [2, 2, 3], b: [2, 1, 3], c: [2, 4, 3] },
  },
  "Concat from the end, one input twice": {
    nodes: [node("Concat", ["a", "b", "a"], ["y"], { axis: -1 })],
    inputs: { a: [2, 3], b: [2, 1] },
  },
  "Concat of one": { nodes: [node("Concat", ["a"], ["y"], { axis: 0 })], inputs: { a: [2, 3] } },
  "Concat of operator set 7": {
    nodes: [node("Concat", ["a", "b"], ["y"], { axis: 1 })],
    inputs: { a: [1, 2, 2, 3], b: [1, 3, 2, 3] },
    opset: 7,
  },
  "Concat of operator set 26": {
    nodes: [node("Concat", ["a", "b"], ["y"], { axis: -3 })],
    inputs: { a: [1, 2, 2, 3], b: [1, 3, 2, 3] },
    opset: 26,
  },
  "Split in two equal parts": split([2, 3, 6], ["a", "b"], { axis: 1, num_outputs: 2 }, 18, {
    after: backwards(["a", "b"], 1),
  }),
  "Split in parts that multiply one another": split([2, 6, 3], ["a", "b"], { axis: 1 }, 13),
  "Split in three by num_outputs, the last smaller": split(
    [2, 7],
    ["a", "b", "c"],
    { axis: -1, num_outputs: 3 },
    18,
    {
      after: backwards(["a", "b", "c"], 1),
    },
  ),
  "Split by given sizes": split([2, 6, 3], ["a", "b", "c"], { axis: 1 }, 18, {
    sizes: [1, 3, 2],
    after: backwards(["a", "b", "c"], 1),
  }),
  "Split with parts that nothing reads": split([2, 6, 3], ["a", "b", "c"], { axis: 1 }, 13, {
    sizes: [1, 3, 2],
    after: only("b"),
  }),
  "Split with a first part that nothing reads": split([6, 2], ["a", "b"], {}, 13, { after: only("b") }),
  "Split with a part used twice": split([2, 6], ["a", "b"], { axis: 1 }, 13, {
    after: [node("Concat", ["a", "a", "b"], ["y"], { axis: 0 })],
  }),
  "Split of operator set 7, equal parts": split([4, 2], ["a", "b"], {}, 7, {}),
  "Split of operator set 11, sizes as an attribute": split(
    [2, 6, 3],
    ["a", "b", "c"],
    { axis: 1, split: [1, 3, 2] },
    11,
    { after: backwards(["a", "b", "c"], 1) },
  ),
  "Split of operator set 26": split([2, 5], ["a", "b"], { axis: 1, num_outputs: 2 }, 26, {
    after: backwards(["a", "b"], 1),
  }),
};
