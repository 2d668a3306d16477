/** Normalisation by the size of X. */
import { type Attributes, node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";
import { newest } from "./ranked.ts";

function rescaled(
  op: string,
  x: Dims,
  opset: number,
  attributes: Attributes,
  given: Partial<RuleCase>,
): RuleCase {
  return { nodes: [node(op, ["x"], ["y"], attributes)], inputs: { x }, opset, ...given };
}

const lp = (x: Dims, opset: number, attributes: Attributes) =>
  rescaled("LpNormalization", x, opset, attributes, { kinks: [0] });
const lrn = (x: Dims, opset: number, attributes: Attributes) =>
  rescaled("LRN", x, opset, attributes, { step: 0.05 });

export const rescalingCases: Readonly<Record<string, RuleCase>> = {
  LpNormalization: lp([2, 3, 4], 18, {}),
  "LpNormalization of channels": lp([2, 3, 2, 2], 13, { axis: 1, p: 2 }),
  "LpNormalization by the sum of magnitudes": lp([2, 3, 4], 9, { p: 1 }),
  "LpNormalization by the sum of magnitudes of channels": lp([2, 3, 2, 2], newest, { axis: -3, p: 1 }),
  "LpNormalization of rank 1": lp([5], 7, { axis: 0 }),
  "LpNormalization of rank 5": lp([1, 2, 1, 3, 2], 22, { axis: 3 }),
  LRN: lrn([2, 5, 2, 2], 13, { size: 3 }),
  "LRN of strong coupling": lrn([1, 4, 2, 3], 7, {
    size: 3,
    alpha: { float: 0.9 },
    beta: { float: 0.5 },
    bias: { float: 2 },
  }),
  "LRN of a window wider than the channels": lrn([1, 3, 2, 2], newest, { size: 7, alpha: { float: 0.5 } }),
  "LRN of a window of one": lrn([2, 3, 2, 2], 11, { size: 1, alpha: { float: 0.7 } }),
};
