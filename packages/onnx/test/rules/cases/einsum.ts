/** Einsum. */
import { node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";

function einsum(equation: string, ...dims: Dims[]): RuleCase {
  const names = ["a", "b", "c"].slice(0, dims.length);
  return {
    nodes: [node("Einsum", names, ["y"], { equation })],
    inputs: Object.fromEntries(names.map((name, i) => [name, dims[i]!])),
  };
}

export const einsumCases: Readonly<Record<string, RuleCase>> = {
  "Einsum of a 1x1 convolution": einsum("bchw,oc->bohw", [2, 3, 2, 4], [4, 3]),
  "Einsum of a product of matrices": einsum("ij,jk->ik", [3, 4], [4, 2]),
  "Einsum with its output left out": einsum("ij,jk", [3, 4], [4, 2]),
  "Einsum with its output left out, letters out of order": einsum("cb,ba", [3, 4], [4, 2]),
  "Einsum of attention": einsum("bhid,bhjd->bhij", [2, 2, 3, 4], [2, 2, 5, 4]),
  "Einsum of masks": einsum("bqc,bchw->bqhw", [2, 3, 4], [2, 4, 2, 3]),
  "Einsum of an outer product": einsum("i,j->ij", [3], [4]),
  "Einsum of an inner product": einsum("i,i->", [5], [5]),
  "Einsum elementwise": einsum("ij,ij->ij", [3, 4], [3, 4]),
  "Einsum of a transpose": einsum("ijk->kij", [2, 3, 4]),
  "Einsum of a sum over an axis": einsum("ijk->ki", [2, 3, 4]),
  "Einsum of a sum over an axis of one operand": einsum("ijm,jk->ik", [3, 4, 2], [4, 2]),
  "Einsum of a sum over axes of both operands": einsum("ijm,njk->ik", [3, 4, 2], [5, 4, 2]),
  "Einsum of three": einsum("ij,jk,kl->il", [2, 3], [3, 4], [4, 2]),
  "Einsum of three with one index in common": einsum("bi,bj,bk->ijk", [2, 3], [2, 2], [2, 4]),
  "Einsum with spaces and capitals": einsum(" bN d , bMd -> bNM ", [2, 3, 4], [2, 5, 4]),
  "Einsum with an ellipsis": einsum("...ij,...jk->...ik", [2, 3, 2, 4], [2, 3, 4, 2]),
  "Einsum with an ellipsis of one operand": einsum("...c,co->...o", [2, 3, 4], [4, 2]),
  "Einsum with an ellipsis and its output left out": einsum("...ij,...jk", [2, 2, 4], [2, 4, 2]),
  "Einsum with an ellipsis behind": einsum("bc...,oc->bo...", [2, 3, 2, 2], [4, 3]),
  "Einsum of one value twice": {
    nodes: [node("Einsum", ["x", "x"], ["y"], { equation: "ij,kj->ik" })],
    inputs: { x: [3, 4] },
  },
  "Einsum of operator set 12": { ...einsum("bchw,oc->bohw", [1, 3, 2, 2], [2, 3]), opset: 12 },
  "Einsum of operator set 26": { ...einsum("bchw,oc->bohw", [1, 3, 2, 2], [2, 3]), opset: 26 },
};
