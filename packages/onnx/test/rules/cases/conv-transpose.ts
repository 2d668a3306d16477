/** Transposed convolutions. */
import { type Attributes, node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";

function convTranspose(x: Dims, w: Dims, attributes: Attributes = {}, bias = true): RuleCase {
  const outputs = w[1]! * ((attributes["group"] as number | undefined) ?? 1);
  return {
    nodes: [node("ConvTranspose", bias ? ["x", "w", "b"] : ["x", "w"], ["y"], attributes)],
    inputs: { x, w, ...(bias && { b: [outputs] }) },
  };
}

export const convTransposeCases: Readonly<Record<string, RuleCase>> = {
  ConvTranspose: convTranspose([1, 2, 3, 4], [2, 3, 3, 3]),
  "ConvTranspose 1x1": convTranspose([2, 2, 3, 4], [2, 3, 1, 1]),
  "ConvTranspose without bias, two samples": convTranspose([2, 2, 3, 4], [2, 3, 3, 2], {}, false),
  "ConvTranspose 2x2 stride 2": convTranspose([2, 3, 3, 4], [3, 2, 2, 2], { strides: [2, 2] }),
  "ConvTranspose 4x4 stride 2 padded": convTranspose([1, 2, 3, 4], [2, 2, 4, 4], {
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  }),
  "ConvTranspose 3x3 stride 2, output_padding": convTranspose([2, 2, 3, 4], [2, 2, 3, 3], {
    strides: [2, 2],
    pads: [1, 1, 1, 1],
    output_padding: [1, 1],
  }),
  "ConvTranspose of unlike strides, pads and output_padding": convTranspose([1, 2, 4, 3], [2, 2, 2, 3], {
    strides: [1, 3],
    pads: [1, 0, 0, 2],
    output_padding: [0, 2],
  }),
  "ConvTranspose with a stride larger than the kernel": convTranspose([2, 2, 3, 3], [2, 2, 2, 1], {
    strides: [3, 4],
    output_padding: [2, 1],
  }),
  "ConvTranspose dilation 2": convTranspose([1, 2, 3, 4], [2, 2, 3, 2], { dilations: [2, 3] }),
  "ConvTranspose dilation 2, stride 3": convTranspose([2, 2, 3, 2], [2, 2, 3, 3], {
    dilations: [2, 2],
    strides: [3, 3],
    pads: [2, 1, 1, 2],
  }),
  "ConvTranspose grouped": convTranspose([2, 4, 3, 4], [4, 3, 2, 3], { group: 2, pads: [0, 1, 0, 1] }),
  "ConvTranspose grouped stride 2": convTranspose([2, 4, 3, 4], [4, 1, 3, 3], {
    group: 2,
    strides: [2, 2],
    pads: [1, 1, 0, 1],
    output_padding: [1, 0],
  }),
  "ConvTranspose depthwise stride 2": convTranspose([1, 3, 4, 3], [3, 1, 4, 4], {
    group: 3,
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  }),
  "ConvTranspose output_shape": convTranspose([2, 2, 3, 4], [2, 2, 3, 3], {
    strides: [2, 2],
    output_shape: [6, 7],
  }),
  "ConvTranspose output_shape, odd padding, SAME_UPPER": convTranspose([1, 2, 3, 4], [2, 2, 3, 4], {
    strides: [2, 2],
    output_shape: [6, 7],
    auto_pad: "SAME_UPPER",
  }),
  "ConvTranspose output_shape, odd padding, SAME_LOWER": convTranspose([1, 2, 3, 4], [2, 2, 3, 4], {
    strides: [2, 2],
    output_shape: [6, 7],
    auto_pad: "SAME_LOWER",
  }),
  "ConvTranspose output_shape beyond its windows": convTranspose([1, 2, 3, 3], [2, 2, 2, 2], {
    strides: [2, 2],
    output_shape: [7, 6],
  }),
  "ConvTranspose auto_pad SAME_UPPER": convTranspose([2, 2, 3, 4], [2, 2, 3, 4], {
    strides: [2, 3],
    auto_pad: "SAME_UPPER",
  }),
  "ConvTranspose auto_pad SAME_LOWER": convTranspose([2, 2, 3, 4], [2, 2, 3, 4], {
    strides: [2, 3],
    auto_pad: "SAME_LOWER",
  }),
  "ConvTranspose auto_pad SAME_UPPER stride 1": convTranspose([1, 2, 4, 5], [2, 2, 2, 4], {
    auto_pad: "SAME_UPPER",
  }),
  "ConvTranspose auto_pad SAME_UPPER, a kernel smaller than the stride": convTranspose(
    [1, 2, 3, 4],
    [2, 2, 1, 2],
    { auto_pad: "SAME_UPPER", strides: [2, 3] },
  ),
  "ConvTranspose auto_pad VALID": convTranspose([1, 2, 3, 4], [2, 2, 3, 2], {
    auto_pad: "VALID",
    strides: [2, 1],
  }),
  "ConvTranspose that pads all of a window away": convTranspose([1, 2, 4, 5], [2, 2, 2, 2], {
    pads: [2, 1, 1, 2],
  }),
  "ConvTranspose 1-D": convTranspose([2, 3, 5], [3, 2, 4], { strides: [2], pads: [1, 1] }),
  "ConvTranspose 1-D stride 1": convTranspose([2, 2, 5], [2, 2, 3], { pads: [1, 0] }),
  "ConvTranspose 3-D": convTranspose([1, 2, 2, 3, 2], [2, 2, 2, 2, 3], {
    strides: [2, 1, 2],
    pads: [0, 0, 1, 1, 0, 1],
    output_padding: [1, 0, 1],
  }),
  "ConvTranspose of one value as image and kernel": {
    nodes: [node("ConvTranspose", ["x", "x"], ["y"], { strides: [2, 2] })],
    inputs: { x: [2, 2, 3, 3] },
  },
  "ConvTranspose of operator set 7": {
    ...convTranspose([1, 2, 3, 4], [2, 2, 3, 3], { strides: [2, 2], output_shape: [6, 7] }),
    opset: 7,
  },
  "ConvTranspose of operator set 10": {
    ...convTranspose([1, 2, 3, 4], [2, 2, 3, 3], { strides: [2, 2], auto_pad: "SAME_LOWER" }),
    opset: 10,
  },
  "ConvTranspose of operator set 11": {
    ...convTranspose([1, 2, 3, 4], [2, 2, 3, 3], { strides: [2, 2], kernel_shape: [3, 3] }),
    opset: 11,
  },
  "ConvTranspose of operator set 26": {
    ...convTranspose([1, 2, 3, 4], [2, 2, 3, 3], { strides: [2, 2], pads: [1, 0, 1, 0] }),
    opset: 26,
  },
  "ConvTranspose 2x2 stride 2 to many channels": convTranspose([1, 3, 3, 4], [3, 8, 2, 2], {
    strides: [2, 2],
  }),
  "ConvTranspose 3x3 stride 2 to many channels, output_padding, two samples": convTranspose(
    [2, 2, 3, 4],
    [2, 8, 3, 3],
    { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 0] },
  ),
};
