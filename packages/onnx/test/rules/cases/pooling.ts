/** Pools over windows, and over all pixels. */
import { type Attributes, node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";

const odd = [1, 2, 7, 6];
const two = [2, 2, 7, 6];

function max(x: Dims, kernel: Dims, attributes: Attributes = {}, opset = 18): RuleCase {
  return {
    nodes: [node("MaxPool", ["x"], ["y"], { kernel_shape: kernel, ...attributes })],
    inputs: { x },
    distinct: true,
    opset,
  };
}

function average(x: Dims, kernel: Dims, attributes: Attributes = {}, opset = 18): RuleCase {
  return {
    nodes: [node("AveragePool", ["x"], ["y"], { kernel_shape: kernel, ...attributes })],
    inputs: { x },
    opset,
  };
}

export const poolingCases: Readonly<Record<string, RuleCase>> = {
  "MaxPool 2x2 stride 2": max([2, 3, 4, 6], [2, 2], { strides: [2, 2] }),
  "MaxPool 3x3 stride 2 padded": max(two, [3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }),
  "MaxPool 3x3 stride 1": max(odd, [3, 3], { pads: [1, 1, 1, 1] }),
  "MaxPool of unlike strides and pads": max(two, [3, 2], { strides: [1, 3], pads: [2, 0, 1, 1] }),
  "MaxPool dilation 2": max(two, [2, 3], { dilations: [2, 2], pads: [1, 1, 1, 1] }),
  "MaxPool dilation 2, stride 2, ceil_mode": max(two, [3, 2], {
    dilations: [2, 3],
    strides: [2, 2],
    ceil_mode: 1,
    pads: [1, 0, 1, 0],
  }),
  "MaxPool ceil_mode": max(two, [3, 3], { strides: [2, 2], ceil_mode: 1 }),
  "MaxPool ceil_mode padded, stride 3": max([1, 2, 8, 7], [3, 2], {
    strides: [3, 3],
    ceil_mode: 1,
    pads: [1, 1, 1, 1],
  }),
  "MaxPool auto_pad SAME_UPPER": max(two, [4, 3], { strides: [2, 2], auto_pad: "SAME_UPPER" }),
  "MaxPool auto_pad SAME_LOWER": max(two, [4, 3], { strides: [2, 2], auto_pad: "SAME_LOWER" }),
  "MaxPool auto_pad VALID": max(two, [4, 3], { strides: [2, 2], auto_pad: "VALID" }),
  "MaxPool with storage_order": max(odd, [3, 3], { strides: [2, 2], storage_order: 1 }),
  "MaxPool with a second output": {
    nodes: [node("MaxPool", ["x"], ["y", "places"], { kernel_shape: [3, 3], strides: [2, 2] })],
    inputs: { x: two },
    distinct: true,
  },
  "MaxPool 1-D": max([2, 2, 9], [3], { strides: [2], pads: [1, 1] }),
  "MaxPool 3-D": max([2, 2, 3, 4, 5], [2, 2, 3], { strides: [1, 2, 2], pads: [0, 0, 1, 0, 0, 1] }),
  "MaxPool of operator set 7": max(two, [3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }, 7),
  "MaxPool of operator set 9": max(two, [3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }, 9),
  "MaxPool of operator set 10, ceil_mode": max(two, [3, 3], { strides: [2, 2], ceil_mode: 1 }, 10),
  "MaxPool of operator set 11, dilation 2": max(two, [3, 3], { dilations: [2, 2] }, 11),
  "MaxPool of operator set 26, ceil_mode": max(
    two,
    [2, 2],
    { strides: [3, 3], ceil_mode: 1, pads: [1, 1, 1, 1] },
    26,
  ),
  GlobalMaxPool: { nodes: [node("GlobalMaxPool", ["x"], ["y"])], inputs: { x: two }, distinct: true },
  "GlobalMaxPool 1-D": {
    nodes: [node("GlobalMaxPool", ["x"], ["y"])],
    inputs: { x: [2, 3, 5] },
    distinct: true,
  },
  "GlobalMaxPool 3-D, of operator set 7": {
    nodes: [node("GlobalMaxPool", ["x"], ["y"])],
    inputs: { x: [2, 1, 2, 3, 2] },
    distinct: true,
    opset: 7,
  },
  "AveragePool 2x2 stride 2": average([2, 3, 4, 6], [2, 2], { strides: [2, 2] }),
  "AveragePool 3x3 stride 1": average(two, [3, 3]),
  "AveragePool 3x3 stride 1 padded": average(odd, [3, 3], { pads: [1, 1, 1, 1] }),
  "AveragePool 3x3 stride 2 padded": average(two, [3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }),
  "AveragePool 3x3 stride 2 padded, pads count": average(two, [3, 3], {
    strides: [2, 2],
    pads: [1, 1, 1, 1],
    count_include_pad: 1,
  }),
  "AveragePool of unlike strides and pads": average(two, [3, 2], { strides: [1, 3], pads: [2, 0, 1, 1] }),
  "AveragePool of unlike strides and pads, pads count": average(two, [3, 2], {
    strides: [1, 3],
    pads: [2, 0, 1, 1],
    count_include_pad: 1,
  }),
  "AveragePool ceil_mode": average(two, [3, 3], { strides: [2, 2], ceil_mode: 1 }),
  "AveragePool ceil_mode padded": average([2, 2, 6, 8], [3, 3], {
    strides: [2, 2],
    ceil_mode: 1,
    pads: [1, 1, 1, 1],
  }),
  "AveragePool ceil_mode padded, pads count": average([2, 2, 6, 8], [3, 3], {
    strides: [2, 2],
    ceil_mode: 1,
    pads: [1, 1, 1, 1],
    count_include_pad: 1,
  }),
  "AveragePool with a stride larger than the kernel": average([1, 2, 9, 8], [2, 1], { strides: [4, 3] }),
  "AveragePool auto_pad SAME_UPPER": average(two, [4, 3], { strides: [2, 2], auto_pad: "SAME_UPPER" }),
  "AveragePool auto_pad SAME_UPPER, pads count": average(two, [4, 3], {
    strides: [2, 2],
    auto_pad: "SAME_UPPER",
    count_include_pad: 1,
  }),
  "AveragePool auto_pad SAME_LOWER": average(two, [4, 3], { strides: [2, 2], auto_pad: "SAME_LOWER" }),
  "AveragePool auto_pad SAME_LOWER, pads count": average(two, [4, 3], {
    strides: [2, 2],
    auto_pad: "SAME_LOWER",
    count_include_pad: 1,
  }),
  "AveragePool auto_pad VALID": average(two, [4, 3], { strides: [2, 2], auto_pad: "VALID" }),
  "AveragePool dilation 2, of operator set 19": average(
    two,
    [3, 2],
    { dilations: [2, 3], strides: [1, 2] },
    19,
  ),
  "AveragePool dilation 2 padded, ceil_mode, of operator set 19": average(
    [2, 2, 8, 7],
    [3, 2],
    { dilations: [2, 2], strides: [2, 2], pads: [2, 1, 2, 1], ceil_mode: 1 },
    19,
  ),
  "AveragePool dilation 2 padded, ceil_mode, pads count, of operator set 26": average(
    [2, 2, 8, 7],
    [3, 2],
    { dilations: [2, 2], strides: [2, 2], pads: [2, 1, 2, 1], ceil_mode: 1, count_include_pad: 1 },
    26,
  ),
  "AveragePool 1-D": average([2, 2, 9], [4], { strides: [3], pads: [1, 2] }),
  "AveragePool 3-D": average([2, 2, 3, 4, 5], [2, 2, 3], { strides: [1, 2, 2], pads: [0, 0, 1, 0, 0, 1] }),
  "AveragePool of operator set 7": average(two, [3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }, 7),
  "AveragePool of operator set 10, ceil_mode": average(two, [3, 3], { strides: [2, 2], ceil_mode: 1 }, 10),
  "AveragePool of operator set 11, pads count": average(
    two,
    [3, 3],
    { strides: [2, 2], pads: [1, 1, 0, 1], count_include_pad: 1 },
    11,
  ),
  GlobalAveragePool: { nodes: [node("GlobalAveragePool", ["x"], ["y"])], inputs: { x: two } },
  "GlobalAveragePool 1-D": { nodes: [node("GlobalAveragePool", ["x"], ["y"])], inputs: { x: [2, 3, 5] } },
  "GlobalAveragePool 3-D, of operator set 7": {
    nodes: [node("GlobalAveragePool", ["x"], ["y"])],
    inputs: { x: [2, 1, 2, 3, 2] },
    opset: 7,
  },
};
