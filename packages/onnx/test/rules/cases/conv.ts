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
};
