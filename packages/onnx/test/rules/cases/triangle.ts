/** Running sums, and triangles of matrices. */
import { type Attributes, node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";

function by(
  op: string,
  x: Dims,
  number: number | undefined,
  attributes: Attributes = {},
  opset = 18,
): RuleCase {
  return {
    nodes: [node(op, number === undefined ? ["x"] : ["x", "n"], ["y"], attributes)],
    inputs: { x },
    ...(number !== undefined && { constants: { n: { data: BigInt64Array.of(BigInt(number)), dims: [] } } }),
    opset,
  };
}

export const triangleCases: Readonly<Record<string, RuleCase>> = {
  CumSum: by("CumSum", [2, 4, 3], 1),
  "CumSum from the end": by("CumSum", [2, 5], -1, { reverse: 1 }),
  "CumSum exclusive": by("CumSum", [4, 3], 0, { exclusive: 1 }),
  "CumSum exclusive from the end": by("CumSum", [4, 3], 0, { exclusive: 1, reverse: 1 }),
  "CumSum of operator set 11": by("CumSum", [2, 5], 1, {}, 11),
  "CumSum of operator set 26": by("CumSum", [2, 5], 1, {}, 26),
  Trilu: by("Trilu", [2, 4, 5], undefined),
  "Trilu lower": by("Trilu", [4, 3], undefined, { upper: 0 }),
  "Trilu above the diagonal": by("Trilu", [2, 4, 4], 1),
  "Trilu lower, below the diagonal": by("Trilu", [4, 5], -2, { upper: 0 }),
  "Trilu of operator set 14": by("Trilu", [4, 4], 1, { upper: 0 }, 14),
  "Trilu of operator set 26": by("Trilu", [4, 4], 1, {}, 26),
};
