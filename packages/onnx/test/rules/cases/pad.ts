/** Pad. */
import { type Attributes, node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";

const image = [2, 2, 4, 5];

function pad(x: Dims, pads: Dims, attributes: Attributes = {}, axes?: Dims, opset = 18): RuleCase {
  return {
    nodes: [node("Pad", axes ? ["x", "pads", "", "axes"] : ["x", "pads"], ["y"], attributes)],
    inputs: { x },
    ints: { pads, ...(axes && { axes }) },
    opset,
  };
}

export const padCases: Readonly<Record<string, RuleCase>> = {
  Pad: pad(image, [0, 0, 1, 2, 0, 0, 3, 0]),
  "Pad of nothing": pad([2, 3], [0, 0, 0, 0]),
  "Pad with a number": {
    nodes: [node("Pad", ["x", "pads", "number"], ["y"])],
    inputs: { x: [2, 3] },
    ints: { pads: [1, 0, 0, 2] },
    constants: { number: { data: Float32Array.of(0.5), dims: [] } },
  },
  "Pad that cuts": pad(image, [0, 0, -1, 0, 0, 0, 0, -2]),
  "Pad that cuts and pads": pad(image, [1, 0, -1, 2, 0, -1, 3, -2]),
  "Pad of given axes": pad(image, [1, 2, 0, 3], {}, [3, 2]),
  "Pad of given axes from the end": pad(image, [1, -2], {}, [-1]),
  "Pad reflect": pad(image, [0, 0, 2, 1, 0, 0, 1, 3], { mode: "reflect" }),
  "Pad reflect, as far as it goes": pad([2, 3, 4], [0, 2, 3, 0, 2, 3], { mode: "reflect" }),
  "Pad reflect of given axes": pad(image, [2, 1], { mode: "reflect" }, [-2]),
  "Pad edge": pad(image, [0, 0, 2, 1, 0, 0, 0, 3], { mode: "edge" }),
  "Pad edge beyond the size": pad([1, 2, 3], [0, 0, 5, 2, 0, 4], { mode: "edge" }),
  "Pad edge of one place": pad([2, 1], [0, 2, 0, 1], { mode: "edge" }),
  "Pad wrap": pad(image, [0, 0, 2, 1, 0, 0, 1, 3], { mode: "wrap" }, undefined, 19),
  "Pad wrap of all axes": pad([2, 3, 4], [1, 2, 0, 2, 0, 4], { mode: "wrap" }, undefined, 26),
  "Pad of operator set 7": {
    nodes: [node("Pad", ["x"], ["y"], { pads: [0, 0, 1, 2, 0, 0, 3, -1] })],
    inputs: { x: image },
    opset: 7,
  },
  "Pad reflect of operator set 9": {
    nodes: [node("Pad", ["x"], ["y"], { pads: [0, 0, 1, 2, 0, 0, 3, 1], mode: "reflect" })],
    inputs: { x: image },
    opset: 9,
  },
  "Pad edge of operator set 10": {
    nodes: [node("Pad", ["x"], ["y"], { pads: [0, 1, 2, 3], mode: "edge" })],
    inputs: { x: [3, 2] },
    opset: 10,
  },
  "Pad of operator set 11": pad(image, [0, 0, 1, 2, 0, 0, 3, 0], { mode: "constant" }, undefined, 11),
  "Pad reflect of operator set 13": pad(image, [0, 1, 1, 2, 1, 0, 3, 0], { mode: "reflect" }, undefined, 13),
  "Pad edge of operator set 26": pad(image, [0, 1, 1, 2, 1, 0, 3, 0], { mode: "edge" }, undefined, 26),
};
