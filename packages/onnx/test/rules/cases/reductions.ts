/** Reductions over axes. */
import { type Attributes, node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";
import { newest } from "./ranked.ts";

type Given = Pick<RuleCase, "range" | "step" | "kinks" | "distinct">;

interface Form {
  readonly x: Dims;
  /** None for all. */
  readonly axes?: readonly number[];
  readonly attributes?: Attributes;
  readonly opset: number;
}

/** Whether axes are an attribute or an input depends on operator and operator set. */
function reduce(op: string, { x, axes, attributes = {}, opset }: Form, given: Given): RuleCase {
  const byInput = opset >= (op === "ReduceSum" ? 13 : 18);
  const inputs = axes && byInput ? ["x", "axes"] : ["x"];
  return {
    nodes: [node(op, inputs, ["y"], axes && !byInput ? { ...attributes, axes } : attributes)],
    inputs: { x },
    ints: axes && byInput ? { axes } : {},
    opset,
    ...given,
  };
}

const forms: Readonly<Record<string, Form>> = {
  "of all axes": { x: [2, 3, 2], opset: 7 },
  "of all axes to a scalar": { x: [2, 3], attributes: { keepdims: 0 }, opset: 18 },
  "over one axis": { x: [2, 3, 2], axes: [1], opset: 18 },
  "over one axis in operator set 9, keepdims 0": {
    x: [2, 3],
    axes: [1],
    attributes: { keepdims: 0 },
    opset: 9,
  },
  "over pixels in operator set 11": { x: [2, 2, 2, 3], axes: [2, 3], opset: 11 },
  "over negative axes": { x: [2, 2, 2, 2], axes: [-1, -3], opset: newest },
  "over negative axes in operator set 13, keepdims 0": {
    x: [2, 3, 2],
    axes: [-1, 0],
    attributes: { keepdims: 0 },
    opset: 13,
  },
  "over an axis of size 1, keepdims 0": { x: [3, 1, 2], axes: [1], attributes: { keepdims: 0 }, opset: 18 },
  "of rank 0": { x: [], opset: 18 },
  "of rank 1": { x: [5], axes: [0], opset: newest },
  "of rank 5": { x: [1, 2, 2, 1, 3], axes: [4, 1], opset: 18 },
  "of no axes by noop_with_empty_axes": {
    x: [2, 3],
    attributes: { noop_with_empty_axes: 1 },
    opset: 18,
  },
  "of an empty list of axes": { x: [2, 3], axes: [], opset: 18 },
};

function reductions(op: string, given: Given = {}): Record<string, RuleCase> {
  return Object.fromEntries(
    Object.entries(forms).map(([title, form]) => [`${op} ${title}`, reduce(op, form, given)]),
  );
}

export const reductionsCases: Readonly<Record<string, RuleCase>> = {
  ...reductions("ReduceSum"),
  ...reductions("ReduceMean"),
  ...reductions("ReduceMax", { distinct: true }),
  ...reductions("ReduceMin", { distinct: true }),
  ...reductions("ReduceL1", { kinks: [0] }),
  ...reductions("ReduceL2", { kinks: [0] }),
  ...reductions("ReduceSumSquare"),
  ...reductions("ReduceLogSum", { range: { x: [0.5, 2] }, step: 0.05 }),
  ...reductions("ReduceLogSumExp", { range: { x: [-2, 2] }, step: 0.05 }),
  ...reductions("ReduceProd"),
  "a variance written with ReduceMean": {
    nodes: [
      node("ReduceMean", ["x"], ["mean"], { axes: [1] }),
      node("Sub", ["x", "mean"], ["centred"]),
      node("Mul", ["centred", "centred"], ["square"]),
      node("ReduceMean", ["square"], ["y"], { axes: [1] }),
    ],
    inputs: { x: [2, 5] },
    opset: 13,
  },
};
