import { type Attributes, node } from "@pixelgrad/onnx";
import { describe, expect, test } from "vitest";
import { caseGradients } from "./gradients.ts";
import type { Dims, RuleCase } from "./rule-case.ts";

interface Form {
  readonly x?: Dims;
  readonly inputs: readonly string[];
  readonly attributes?: Attributes;
  readonly ints?: Readonly<Record<string, Dims>>;
  readonly floats?: Readonly<Record<string, Dims>>;
  /** Inputs that are trained besides `x`. */
  readonly trained?: Readonly<Record<string, Dims>>;
}

/** One node, and `computed`, which the graph makes of the constant `c`. */
function form(op: string, { x = [2, 6], inputs, attributes, ints, floats, trained }: Form): RuleCase {
  return {
    nodes: [node("Identity", ["c"], ["computed"]), node(op, inputs, ["y"], attributes)],
    inputs: { x, ...trained },
    ints: { c: [0], ...ints },
    ...(floats && { floats }),
  };
}

describe("what a rule cannot do is refused with the operator, the node and the reason", () => {
  test.each<[title: string, op: string, given: Form, reason: string]>([
    [
      "a start that is computed",
      "Slice",
      { inputs: ["x", "computed", "end"], ints: { end: [1] } },
      "where it cuts is computed from the image",
    ],
    [
      "pads that are computed",
      "Pad",
      { x: [6], inputs: ["x", "p", "", "computed"], ints: { p: [1, 2] } },
      "its pads are computed from the image",
    ],
    [
      "a cut border",
      "Pad",
      { inputs: ["x", "p"], ints: { p: [0, 1, 0, -1] }, attributes: { mode: "reflect" } },
      "it cuts a border off in mode reflect",
    ],
    [
      "a trained number",
      "Pad",
      { inputs: ["x", "p", "v"], ints: { p: [0, 1, 0, 1] }, trained: { v: [] } },
      "the number it pads with is trained",
    ],
    [
      "indices that are computed",
      "Gather",
      { inputs: ["x", "computed"] },
      "its indices are computed from the image",
    ],
    [
      "places that are computed",
      "ScatterElements",
      { x: [6], inputs: ["x", "computed", "u"], trained: { u: [1] } },
      "its indices are computed from the image",
    ],
    [
      "a product with what is there",
      "ScatterElements",
      {
        x: [6],
        inputs: ["x", "at", "u"],
        ints: { at: [2] },
        trained: { u: [1] },
        attributes: { reduction: "mul" },
      },
      "its reduction is mul",
    ],
    [
      "an axis that is computed",
      "CumSum",
      { inputs: ["x", "computed"] },
      "the axis it sums along is computed from the image",
    ],
    [
      "a diagonal that is computed",
      "Trilu",
      { inputs: ["x", "computed"] },
      "its diagonal is computed from the image",
    ],
    [
      "channels",
      "Resize",
      {
        x: [1, 2, 3, 3],
        inputs: ["x", "", "s"],
        floats: { s: [1, 2, 1, 1] },
        attributes: { mode: "nearest" },
      },
      "it resizes samples or channels, and only the axes after them can be resized",
    ],
    [
      "a size that is rounded up",
      "Resize",
      {
        x: [1, 1, 3, 5],
        inputs: ["x", "", "", "s"],
        ints: { s: [7, 8] },
        attributes: { axes: [2, 3], keep_aspect_ratio_policy: "not_larger" },
      },
      "with not_larger it rounds a size up, and so has another scale than its sizes",
    ],
    [
      "a crop",
      "Resize",
      {
        x: [1, 1, 4, 4],
        inputs: ["x", "roi", "", "s"],
        ints: { s: [1, 1, 3, 3] },
        floats: { roi: [0, 0, 0, 0, 1, 1, 0.5, 0.5] },
        attributes: { mode: "linear", coordinate_transformation_mode: "tf_crop_and_resize" },
      },
      "it crops, by tf_crop_and_resize",
    ],
    [
      "an axis of one that is repeated",
      "Einsum",
      { x: [1, 4], inputs: ["x", "w"], trained: { w: [3, 4] }, attributes: { equation: "ij,ij->ij" } },
      "it broadcasts an axis of size 1",
    ],
    [
      "a diagonal",
      "Einsum",
      { x: [3, 3], inputs: ["x"], attributes: { equation: "ii->i" } },
      "it takes a diagonal, index i twice in 'ii'",
    ],
  ])("%s of %s", async (_, op, given, reason) => {
    await expect(caseGradients(form(op, given))).rejects.toMatchObject({
      code: "GRADIENT_UNSUPPORTED",
      message: `${op} '${op}:y' has no gradient rule: ${reason}; no trainable weight lies behind it.`,
      context: { op, node: `${op}:y` },
    });
  });
});
