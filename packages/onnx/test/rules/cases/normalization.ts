/** Normalisation by mean and variance. */
import { type Attributes, node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";
import { newest } from "./ranked.ts";

const smooth = { step: 0.05 };

interface Form {
  readonly x: Dims;
  readonly opset: number;
  readonly attributes?: Attributes;
}

function frozen({ x, opset, attributes }: Form): RuleCase {
  const channels = x[1]!;
  return {
    nodes: [node("BatchNormalization", ["x", "scale", "bias", "mean", "variance"], ["y"], attributes)],
    inputs: { x, scale: [channels], bias: [channels] },
    floats: {
      mean: Array.from({ length: channels }, (_, c) => 0.3 * c - 0.2),
      variance: Array.from({ length: channels }, (_, c) => 0.5 + 0.4 * c),
    },
    opset,
  };
}

function batch(x: Dims, opset: number, attributes: Attributes = {}): RuleCase {
  const inputs = ["x", "scale", "bias", "mean", "variance"];
  const outputs = ["y", "newMean", "newVariance"];
  const nodes = [node("BatchNormalization", inputs, outputs, { ...attributes, training_mode: 1 })];
  return { ...frozen({ x, opset }), nodes, ...smooth };
}

function perChannel(op: string, { x, opset, attributes }: Form, scales = x[1]!): RuleCase {
  return {
    nodes: [node(op, ["x", "scale", "bias"], ["y"], attributes)],
    inputs: { x, scale: [scales], bias: [scales] },
    opset,
    ...smooth,
  };
}

function layer(x: Dims, scale: Dims, attributes: Attributes, { bias = true, opset = 17 } = {}): RuleCase {
  return {
    nodes: [node("LayerNormalization", bias ? ["x", "scale", "bias"] : ["x", "scale"], ["y"], attributes)],
    inputs: { x, scale, ...(bias && { bias: scale }) },
    opset,
    ...smooth,
  };
}

const group = (groups: number): Attributes => ({ num_groups: groups });

export const normalizationCases: Readonly<Record<string, RuleCase>> = {
  BatchNormalization: frozen({ x: [2, 3, 2, 3], opset: 15 }),
  "BatchNormalization of operator set 7": frozen({ x: [1, 3, 2, 3], opset: 7, attributes: { spatial: 1 } }),
  "BatchNormalization of operator set 9": frozen({ x: [1, 3, 3, 1], opset: 9 }),
  "BatchNormalization of operator set 14": frozen({ x: [1, 2, 3, 2], opset: 14 }),
  "BatchNormalization of the newest operator set": frozen({ x: [1, 2, 3, 2], opset: newest }),
  "BatchNormalization of another epsilon": frozen({
    x: [1, 2, 3, 2],
    opset: 15,
    attributes: { epsilon: { float: 0.1 }, momentum: { float: 0.5 } },
  }),
  "BatchNormalization of rank 2": frozen({ x: [4, 3], opset: 15 }),
  "BatchNormalization of rank 3": frozen({ x: [2, 3, 4], opset: 13 }),
  "BatchNormalization of rank 5": frozen({ x: [2, 2, 1, 2, 3], opset: 15 }),
  "BatchNormalization with trained statistics": {
    nodes: [node("BatchNormalization", ["x", "scale", "bias", "mean", "variance"], ["y"])],
    inputs: { x: [2, 3, 2, 2], scale: [3], bias: [3], mean: [3], variance: [3] },
    range: { variance: [0.5, 2] },
    ...smooth,
  },
  "BatchNormalization of the batch": batch([2, 3, 2, 3], 15),
  "BatchNormalization of the batch in operator set 14": batch([3, 2, 4], 14),
  "BatchNormalization of the batch, N = 1": batch([1, 2, 3, 3], newest),
  "BatchNormalization of the batch, rank 2": batch([5, 2], 15, { epsilon: { float: 0.01 } }),
  InstanceNormalization: perChannel("InstanceNormalization", { x: [2, 3, 2, 3], opset: 18 }),
  "InstanceNormalization of operator set 7": perChannel("InstanceNormalization", {
    x: [1, 2, 3, 3],
    opset: 7,
  }),
  "InstanceNormalization of rank 3": perChannel("InstanceNormalization", { x: [2, 3, 5], opset: 13 }),
  "InstanceNormalization of rank 5": perChannel("InstanceNormalization", {
    x: [1, 2, 2, 2, 3],
    opset: newest,
    attributes: { epsilon: { float: 0.01 } },
  }),
  "GroupNormalization of operator set 18": perChannel(
    "GroupNormalization",
    { x: [2, 4, 2, 3], opset: 18, attributes: group(2) },
    2,
  ),
  "GroupNormalization of operator set 18, one group": perChannel(
    "GroupNormalization",
    { x: [1, 3, 2, 2], opset: 20, attributes: group(1) },
    1,
  ),
  "GroupNormalization of operator set 21": perChannel("GroupNormalization", {
    x: [2, 4, 2, 3],
    opset: 21,
    attributes: group(2),
  }),
  "GroupNormalization of the newest operator set, groups of one channel": perChannel("GroupNormalization", {
    x: [1, 3, 2, 3],
    opset: newest,
    attributes: { ...group(3), epsilon: { float: 0.01 } },
  }),
  "GroupNormalization of rank 3": perChannel("GroupNormalization", {
    x: [2, 4, 3],
    opset: 21,
    attributes: group(2),
  }),
  "GroupNormalization of rank 5": perChannel("GroupNormalization", {
    x: [1, 4, 1, 2, 2],
    opset: 21,
    attributes: group(2),
  }),
  LayerNormalization: layer([2, 3, 5], [5], {}),
  "LayerNormalization without bias": layer([2, 3, 5], [5], { axis: -1 }, { bias: false }),
  "LayerNormalization over two axes": layer([2, 3, 4], [3, 4], { axis: -2 }, { opset: 18 }),
  "LayerNormalization from axis 1 of rank 4": layer([2, 2, 2, 3], [2, 2, 3], { axis: 1 }, { opset: newest }),
  "LayerNormalization over everything": layer([2, 3], [2, 3], { axis: 0 }),
  "LayerNormalization of rank 1": layer([6], [6], { epsilon: { float: 0.01 } }),
  "LayerNormalization of rank 5": layer([1, 2, 1, 2, 4], [4], {}),
  "LayerNormalization with a scale for each sample": layer([2, 3, 4], [2, 1, 4], { axis: -1 }),
  MeanVarianceNormalization: {
    nodes: [node("MeanVarianceNormalization", ["x"], ["y"])],
    inputs: { x: [2, 2, 2, 3] },
    opset: 9,
    ...smooth,
  },
  "MeanVarianceNormalization over given axes": {
    nodes: [node("MeanVarianceNormalization", ["x"], ["y"], { axes: [2, -1] })],
    inputs: { x: [2, 2, 2, 3] },
    opset: 13,
    ...smooth,
  },
  "MeanVarianceNormalization of rank 3": {
    nodes: [node("MeanVarianceNormalization", ["x"], ["y"], { axes: [0, 2] })],
    inputs: { x: [2, 2, 4] },
    opset: newest,
    ...smooth,
  },
};
