/** Convolutions. */
import { type Attributes, node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";

const odd = [1, 2, 5, 7];

function conv(x: Dims, w: Dims, attributes: Attributes = {}, bias = true): RuleCase {
  return {
    nodes: [node("Conv", bias ? ["x", "w", "b"] : ["x", "w"], ["y"], attributes)],
    inputs: { x, w, ...(bias && { b: [w[0]!] }) },
  };
}

export const convCases: Readonly<Record<string, RuleCase>> = {
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
  "Conv of two samples": conv([2, 3, 5, 4], [4, 3, 3, 3], { pads: [1, 1, 1, 1] }),
  "Conv 1x1 of two samples": conv([2, 3, 4, 5], [2, 3, 1, 1]),
  "Conv of two samples, grouped, stride 2": conv([2, 4, 7, 6], [6, 2, 3, 2], {
    group: 2,
    strides: [2, 1],
    pads: [1, 0, 1, 1],
  }),
  "Conv of two samples, grouped, stride 1": conv([2, 4, 5, 6], [6, 2, 3, 2], {
    group: 2,
    pads: [1, 0, 1, 1],
  }),
  "Conv of two samples, stride 3, dilation 2, auto_pad VALID": conv([2, 2, 9, 8], [2, 2, 2, 3], {
    auto_pad: "VALID",
    strides: [3, 3],
    dilations: [2, 2],
  }),
  "Conv depthwise, two kernels a channel, dilation 2": conv([2, 3, 7, 6], [6, 1, 3, 3], {
    group: 3,
    dilations: [2, 2],
    pads: [2, 2, 2, 2],
  }),
  "Conv with a stride larger than the kernel": conv([1, 2, 8, 7], [2, 2, 2, 1], { strides: [3, 4] }),
  "Conv with pads far beyond the kernel, stride 2": conv([2, 2, 3, 2], [2, 2, 2, 2], {
    strides: [2, 2],
    pads: [4, 3, 5, 3],
  }),
  "Conv as large as the image": conv([1, 2, 4, 3], [3, 2, 4, 3]),
  "Conv of more taps than get a node each": conv([1, 1, 9, 9], [1, 1, 9, 8], { pads: [4, 4, 4, 3] }),
  "Conv of patches": conv([1, 3, 8, 8], [2, 3, 4, 4], { strides: [4, 4] }),
  "Conv that leaves pixels unread, stride 4": conv([1, 2, 10, 11], [2, 2, 3, 3], { strides: [4, 4] }),
  "Conv 1-D": conv([2, 3, 8], [4, 3, 3], { pads: [1, 1] }),
  "Conv 1-D stride 2, dilation 2, grouped": conv([2, 4, 11], [4, 2, 3], {
    strides: [2],
    dilations: [2],
    pads: [2, 1],
    group: 2,
  }),
  "Conv 1-D auto_pad SAME_LOWER": conv([1, 2, 7], [2, 2, 4], { auto_pad: "SAME_LOWER", strides: [3] }),
  "Conv 3-D": conv([2, 2, 3, 4, 3], [2, 2, 2, 3, 2], { pads: [0, 1, 0, 1, 1, 1] }),
  "Conv 3-D stride 2, grouped": conv([1, 2, 5, 4, 4], [2, 1, 3, 2, 2], {
    strides: [2, 2, 1],
    pads: [1, 0, 1, 1, 0, 1],
    group: 2,
  }),
  "Conv of one value as image and kernel": {
    nodes: [node("Conv", ["x", "x"], ["y"], { pads: [1, 1, 1, 1] })],
    inputs: { x: [2, 2, 3, 3] },
  },
  "Conv of operator set 7": { ...conv([2, 2, 4, 5], [2, 2, 3, 3], { strides: [2, 2] }), opset: 7 },
  "Conv of operator set 10": { ...conv([2, 2, 4, 5], [2, 2, 3, 3], { strides: [2, 2] }), opset: 10 },
  "Conv of operator set 11, kernel_shape given": {
    ...conv([2, 2, 4, 5], [2, 2, 3, 3], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
    opset: 11,
  },
  "Conv of operator set 26": { ...conv([2, 2, 4, 5], [2, 2, 3, 3], { strides: [2, 2] }), opset: 26 },
  "Conv 3x3 stride 2 of many channels": conv([1, 8, 7, 6], [2, 8, 3, 3], {
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  }),
  "Conv 1x1 stride 2 of many channels, two samples": conv([2, 8, 5, 6], [3, 8, 1, 1], { strides: [2, 2] }),
  "Conv stride 3 dilation 2 of many channels, two samples": conv([2, 9, 9, 8], [2, 9, 3, 2], {
    strides: [3, 3],
    dilations: [2, 2],
    pads: [1, 0, 2, 1],
  }),
};
