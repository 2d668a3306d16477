/** Activation functions of kinks. */
import { node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";
import { newest, ranked } from "./ranked.ts";

const zero = { kinks: [0] };
const bound = (value: number) => ({ data: Float32Array.of(value), dims: [] });
const range = { x: [-3, 3] } as const;

function prelu(x: Dims, slope: Dims, opset = 18): RuleCase {
  return { nodes: [node("PRelu", ["x", "slope"], ["y"])], inputs: { x, slope }, opset, ...zero };
}

function clip(inputs: readonly string[], constants: RuleCase["constants"], opset: number): RuleCase {
  return {
    nodes: [node("Clip", inputs, ["y"])],
    inputs: { x: [2, 3, 4] },
    constants: constants ?? {},
    kinks: [-1, 1.5],
    range,
    opset,
  };
}

export const activationsCases: Readonly<Record<string, RuleCase>> = {
  ...ranked("Relu", zero),
  ...ranked("LeakyRelu", zero),
  ...ranked("LeakyRelu of alpha 0.3", { ...zero, attributes: { alpha: { float: 0.3 } } }),
  ...ranked("LeakyRelu of a negative alpha", { ...zero, attributes: { alpha: { float: -0.5 } } }),
  ...ranked("ThresholdedRelu", { kinks: [1], since: 10, range: [-1, 3] }),
  ...ranked("ThresholdedRelu of a negative alpha", {
    kinks: [-0.5],
    since: 10,
    attributes: { alpha: { float: -0.5 } },
  }),
  ...ranked("HardSigmoid", { kinks: [-2.5, 2.5], range: [-4, 4] }),
  ...ranked("HardSigmoid of PyTorch", {
    kinks: [-3, 3],
    range: [-5, 5],
    attributes: { alpha: { float: 1 / 6 }, beta: { float: 0.5 } },
  }),
  ...ranked("HardSwish", { kinks: [-3, 3], range: [-5, 5], since: 14 }),
  "PRelu of one slope per channel": prelu([2, 3, 4, 4], [3, 1, 1]),
  "PRelu of one slope": prelu([2, 3, 4], [1], 9),
  "PRelu of a slope without dims": prelu([2, 3], []),
  "PRelu of a slope for each entry": prelu([2, 3], [2, 3], newest),
  "PRelu of operator set 7": prelu([1, 2, 3], [2, 1], 7),
  "PRelu of rank 5": prelu([1, 2, 1, 3, 2], [2, 1, 1, 1], 16),
  "Clip of operator set 7": {
    nodes: [node("Clip", ["x"], ["y"], { min: { float: -1 }, max: { float: 1.5 } })],
    inputs: { x: [2, 3, 4] },
    kinks: [-1, 1.5],
    range,
    opset: 7,
  },
  "Clip of operator set 9, from above": {
    nodes: [node("Clip", ["x"], ["y"], { max: { float: 1.5 } })],
    inputs: { x: [2, 3, 4] },
    kinks: [1.5],
    range,
    opset: 9,
  },
  "Clip of operator set 10 without bounds": {
    nodes: [node("Clip", ["x"], ["y"])],
    inputs: { x: [2, 3] },
    opset: 10,
  },
  "Clip of operator set 11": clip(["x", "l", "h"], { l: bound(-1), h: bound(1.5) }, 11),
  "Clip of the newest operator set": clip(["x", "l", "h"], { l: bound(-1), h: bound(1.5) }, newest),
  "Clip from below": clip(["x", "l"], { l: bound(-1) }, 12),
  "Clip from above": clip(["x", "", "h"], { h: bound(1.5) }, 13),
  "Clip without bounds": clip(["x", "", ""], {}, 18),
  "Clip with bounds of Constant nodes": {
    nodes: [
      node("Constant", [], ["l"], { value_float: { float: -1 } }),
      node("Constant", [], ["h"], { value_float: { float: 1.5 } }),
      node("Clip", ["x", "l", "h"], ["y"]),
    ],
    inputs: { x: [2, 3, 4] },
    kinks: [-1, 1.5],
    range,
  },
  "Clip with trained bounds": {
    nodes: [node("Clip", ["x", "l", "h"], ["y"])],
    inputs: { x: [2, 3, 4], l: [], h: [] },
    range: { ...range, l: [-1, -1], h: [1.5, 1.5] },
    kinks: [-1.1, -1, -0.9, 1.4, 1.5, 1.6],
  },
  ...Object.fromEntries(
    [[], [4], [2, 3], [1, 2, 1, 3, 2]].map((x) => [
      `Clip of rank ${x.length}`,
      { ...clip(["x", "l", "h"], { l: bound(-1), h: bound(1.5) }, 18), inputs: { x } },
    ]),
  ),
};
