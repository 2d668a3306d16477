import { relativeError } from "@pixelgrad/core/testing";
import { type Attributes, node } from "@pixelgrad/onnx";
import { describe, expect, test } from "vitest";
import { type Dims, type Graph, gradientPairs, type Node } from "./support/gradients.ts";

function conv(x: Dims, w: Dims, attributes: Attributes = {}, bias = true): Graph {
  return {
    nodes: [node("Conv", bias ? ["x", "w", "b"] : ["x", "w"], ["y"], attributes)],
    inputs: { x, w, ...(bias && { b: [w[0]!] }) },
  };
}

function gemm(a: Dims, b: Dims, c: Dims | undefined, attributes: Attributes): Graph {
  return {
    nodes: [node("Gemm", c ? ["a", "b", "c"] : ["a", "b"], ["y"], attributes)],
    inputs: { a, b, ...(c && { c }) },
  };
}

function binary(op: string, a: Dims, b: Dims): Graph {
  return { nodes: [node(op, ["a", "b"], ["y"])], inputs: { a, b } };
}

/** By scales when they are floats' names, else by sizes. */
function resize(x: Dims, target: { scales: Dims } | { sizes: Dims }, attributes: Attributes): Graph {
  return "scales" in target
    ? {
        nodes: [node("Resize", ["x", "", "s"], ["y"], attributes)],
        inputs: { x },
        floats: { s: target.scales },
      }
    : {
        nodes: [node("Resize", ["x", "", "", "s"], ["y"], attributes)],
        inputs: { x },
        ints: { s: target.sizes },
      };
}

/** With a list of floats for an attribute, which today's operators no longer take. */
function withFloats(made: Node, name: string, floats: number[]): Node {
  const { attribute } = node("", [], [], { [name]: [] });
  made.attribute.push(Object.assign(attribute[0]!, { type: 6, floats }));
  return made;
}

const linear = (mode: string): Attributes => ({ mode: "linear", coordinate_transformation_mode: mode });
const odd = [1, 2, 5, 7];

const graphs: Readonly<Record<string, Graph>> = {
  "Conv 1x1": conv([1, 3, 4, 5], [2, 3, 1, 1]),
  "Conv 3x3 padded": conv([1, 2, 5, 6], [3, 2, 3, 3], { pads: [1, 1, 1, 1] }),
  "Conv 3x3 without bias": conv([1, 2, 5, 6], [3, 2, 3, 3], {}, false),
  "Conv 3x3 stride 2 on odd sizes": conv(odd, [3, 2, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }),
  "Conv 3x3 stride 2 on even sizes": conv([1, 2, 6, 8], [3, 2, 3, 3], {
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  }),
  "Conv 1x1 stride 2": conv(odd, [3, 2, 1, 1], { strides: [2, 2] }),
  "Conv of unlike strides": conv(odd, [2, 2, 2, 3], { strides: [1, 3], pads: [1, 0, 0, 1] }),
  "Conv dilation 2": conv([1, 2, 6, 7], [2, 2, 3, 3], { dilations: [2, 2], pads: [2, 2, 2, 2] }),
  "Conv depthwise": conv([1, 4, 5, 5], [4, 1, 3, 3], { group: 4, pads: [1, 1, 1, 1] }),
  "Conv depthwise stride 2": conv([1, 3, 6, 5], [6, 1, 3, 3], {
    group: 3,
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  }),
  "Conv grouped stride 2": conv([1, 4, 7, 6], [6, 2, 3, 3], {
    group: 2,
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  }),
  "Conv asymmetric pads": conv([1, 2, 5, 4], [2, 2, 3, 3], { pads: [2, 0, 1, 2] }),
  "Conv pads beyond the kernel": conv([1, 2, 4, 3], [2, 2, 2, 2], { pads: [2, 1, 0, 3] }),
  "Conv stride 3 dilation 2": conv([1, 2, 9, 8], [2, 2, 3, 3], {
    strides: [3, 3],
    dilations: [2, 2],
    pads: [1, 1, 1, 1],
  }),
  "Conv auto_pad SAME_UPPER": conv([1, 2, 6, 5], [2, 2, 3, 2], { auto_pad: "SAME_UPPER", strides: [2, 2] }),
  "Conv auto_pad SAME_LOWER": conv([1, 2, 6, 5], [2, 2, 3, 2], { auto_pad: "SAME_LOWER", strides: [2, 2] }),
  "Conv auto_pad SAME_UPPER stride 1": conv([1, 2, 4, 5], [2, 2, 2, 4], { auto_pad: "SAME_UPPER" }),
  "Conv auto_pad VALID": conv([1, 2, 6, 5], [2, 2, 3, 2], { auto_pad: "VALID" }),

  Gemm: gemm([3, 4], [4, 2], [3, 2], {}),
  "Gemm transA": gemm([4, 3], [4, 2], [3, 2], { transA: 1, alpha: { float: 0.5 } }),
  "Gemm transB": gemm([3, 4], [2, 4], [3, 2], { transB: 1, beta: { float: 2 } }),
  "Gemm transA transB": gemm([4, 3], [2, 4], [3, 2], { transA: 1, transB: 1, alpha: { float: -1.5 } }),
  "Gemm with C of a row": gemm([3, 4], [4, 2], [2], { beta: { float: 0.25 } }),
  "Gemm with C of a column": gemm([3, 4], [4, 2], [3, 1], {}),
  "Gemm with C of one number": gemm([3, 4], [4, 2], [1], { alpha: { float: 3 } }),
  "Gemm without C": gemm([3, 4], [4, 2], undefined, {}),
  MatMul: binary("MatMul", [3, 4], [4, 2]),
  "MatMul batched": binary("MatMul", [2, 3, 4], [2, 4, 2]),
  "MatMul of a batch with one matrix": binary("MatMul", [2, 3, 4], [4, 2]),
  "MatMul of one matrix with a batch": binary("MatMul", [3, 4], [2, 1, 4, 2]),
  "MatMul broadcast both ways": binary("MatMul", [2, 1, 3, 4], [1, 3, 4, 2]),

  Add: binary("Add", [1, 2, 3, 4], [1, 2, 3, 4]),
  "Add of fewer axes": binary("Add", [1, 2, 3, 4], [4]),
  "Add to fewer axes": binary("Add", [2, 1, 1], [1, 2, 3, 4]),
  "Add broadcast both ways": binary("Add", [3, 1, 4], [2, 1, 5, 1]),
  "Add of a scalar": binary("Add", [2, 3], []),
  Relu: { nodes: [node("Relu", ["x"], ["y"])], inputs: { x: [1, 2, 4, 5] }, margin: 0.1 },

  "Resize linear half_pixel x2": resize([1, 2, 3, 4], { scales: [1, 1, 2, 2] }, linear("half_pixel")),
  "Resize linear half_pixel x1.7": resize(odd, { scales: [1, 1, 1.7, 2.3] }, linear("half_pixel")),
  "Resize linear half_pixel to odd sizes": resize(
    [1, 2, 4, 3],
    { sizes: [1, 2, 9, 11] },
    linear("half_pixel"),
  ),
  "Resize linear align_corners": resize(odd, { sizes: [1, 2, 9, 13] }, linear("align_corners")),
  "Resize linear asymmetric": resize([1, 2, 3, 4], { scales: [1, 1, 3, 2] }, linear("asymmetric")),
  "Resize linear pytorch_half_pixel": resize(odd, { sizes: [1, 2, 11, 1] }, linear("pytorch_half_pixel")),
  "Resize linear down": resize([1, 1, 9, 7], { sizes: [1, 1, 4, 3] }, linear("half_pixel")),
  "Resize linear down antialiased": resize(
    [1, 1, 9, 7],
    { sizes: [1, 1, 4, 3] },
    { ...linear("half_pixel"), antialias: 1 },
  ),
  "Resize nearest floor": resize(
    [1, 2, 3, 4],
    { scales: [1, 1, 2, 3] },
    { mode: "nearest", nearest_mode: "floor", coordinate_transformation_mode: "asymmetric" },
  ),
  "Resize nearest half_pixel down": resize(odd, { sizes: [1, 2, 3, 4] }, { mode: "nearest" }),
  "Resize cubic": resize(
    [1, 1, 4, 5],
    { sizes: [1, 1, 9, 8] },
    { mode: "cubic", cubic_coeff_a: { float: -0.75 } },
  ),
  "Resize linear over given axes": {
    nodes: [node("Resize", ["x", "", "", "s"], ["y"], { ...linear("half_pixel"), axes: [2, 3] })],
    inputs: { x: odd },
    ints: { s: [8, 9] },
  },
  "Resize linear by scales over given axes": {
    nodes: [node("Resize", ["x", "", "s"], ["y"], { ...linear("half_pixel"), axes: [3, 2] })],
    inputs: { x: odd },
    floats: { s: [1.7, 2.5] },
  },
  "Resize of operator set 10": {
    nodes: [node("Resize", ["x", "s"], ["y"], { mode: "linear" })],
    inputs: { x: odd },
    floats: { s: [1, 1, 2, 3] },
    opset: 10,
  },
  "Upsample of operator set 9": {
    nodes: [node("Upsample", ["x", "s"], ["y"], { mode: "linear" })],
    inputs: { x: odd },
    floats: { s: [1, 1, 2, 1.5] },
    opset: 9,
  },
  "Upsample of operator set 9, nearest": {
    nodes: [node("Upsample", ["x", "s"], ["y"], { mode: "nearest" })],
    inputs: { x: odd },
    floats: { s: [1, 1, 2, 3] },
    opset: 9,
  },

  "Upsample of operator set 7, scales as an attribute": {
    nodes: [withFloats(node("Upsample", ["x"], ["y"], { mode: "linear" }), "scales", [1, 1, 2, 3])],
    inputs: { x: odd },
    opset: 7,
  },

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

describe("the gradient of every input is within 1e-3 of central differences, entry by entry", () => {
  test.each(Object.entries(graphs))("%s", async (_, graph) => {
    for (const { name, got, expected } of await gradientPairs(graph)) {
      expect(relativeError(got, expected), name).toBeLessThan(1e-3);
    }
  });
});
