/** Activation functions without kinks, or with one between two smooth parts; softmax; dropout that does nothing. */
import { type Attributes, node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";
import { newest, ranked } from "./ranked.ts";

const smooth = { step: 0.05 };
const joint = { kinks: [0], step: 0.02 };
const alpha = (float: number) => ({ alpha: { float } });

function alongAxis(op: string, x: Dims, opset: number, attributes: Attributes = {}): RuleCase {
  return { nodes: [node(op, ["x"], ["y"], attributes)], inputs: { x }, opset, ...smooth };
}

function softmaxes(op: string): Record<string, RuleCase> {
  return {
    [`${op} of operator set 7 flattens from axis 1`]: alongAxis(op, [2, 3, 2, 2], 7),
    [`${op} of operator set 9, axis 2`]: alongAxis(op, [2, 3, 4], 9, { axis: 2 }),
    [`${op} of operator set 9, axis 0`]: alongAxis(op, [2, 3], 9, { axis: 0 }),
    [`${op} of operator set 11, axis -2`]: alongAxis(op, [2, 3, 4], 11, { axis: -2 }),
    [`${op} of operator set 11, rank 1`]: alongAxis(op, [5], 11, { axis: 0 }),
    [`${op} of operator set 13, last axis`]: alongAxis(op, [2, 3, 4], 13),
    [`${op} of channels`]: alongAxis(op, [2, 3, 2, 2], 18, { axis: 1 }),
    [`${op} of rank 1`]: alongAxis(op, [5], 18),
    [`${op} of rank 5, axis -4`]: alongAxis(op, [1, 3, 2, 1, 2], newest, { axis: -4 }),
  };
}

function dropout(x: Dims, opset: number, attributes: Attributes = {}): RuleCase {
  return { nodes: [node("Dropout", ["x"], ["y"], attributes)], inputs: { x }, opset };
}

export const smoothActivationsCases: Readonly<Record<string, RuleCase>> = {
  ...ranked("Sigmoid", smooth),
  ...ranked("Tanh", smooth),
  ...ranked("Softplus", smooth),
  ...ranked("Softsign", joint),
  ...ranked("Elu", joint),
  ...ranked("Elu of alpha 0.4", { ...joint, attributes: alpha(0.4) }),
  ...ranked("Elu of alpha 0", { ...joint, attributes: alpha(0) }),
  ...ranked("Selu", joint),
  ...ranked("Selu of other numbers", { ...joint, attributes: { ...alpha(1.2), gamma: { float: 0.8 } } }),
  ...ranked("Celu", { ...joint, since: 12 }),
  ...ranked("Celu of alpha 2", { ...joint, since: 12, attributes: alpha(2) }),
  ...ranked("Mish", { ...smooth, since: 18 }),
  ...ranked("Gelu", { ...smooth, since: 20 }),
  ...ranked("Gelu by tanh", { ...smooth, since: 20, attributes: { approximate: "tanh" } }),
  "Gelu of its parts, as exported before operator set 20": {
    nodes: [
      node("Div", ["x", "root2"], ["scaled"]),
      node("Erf", ["scaled"], ["erf"]),
      node("Add", ["erf", "one"], ["shifted"]),
      node("Mul", ["x", "shifted"], ["doubled"]),
      node("Mul", ["doubled", "half"], ["y"]),
    ],
    inputs: { x: [2, 3, 4] },
    floats: { root2: [Math.SQRT2], one: [1], half: [0.5] },
    opset: 13,
    ...smooth,
  },
  "SiLU as Sigmoid and Mul": {
    nodes: [node("Sigmoid", ["x"], ["gate"]), node("Mul", ["x", "gate"], ["y"])],
    inputs: { x: [2, 3, 4] },
    opset: 11,
    ...smooth,
  },
  ...softmaxes("Softmax"),
  ...softmaxes("LogSoftmax"),
  "Dropout of operator set 7": dropout([2, 3], 7, { ratio: { float: 0.3 } }),
  "Dropout of operator set 10": dropout([2, 3], 10),
  "Dropout of the newest operator set": dropout([2, 1, 3], newest),
  "Dropout without dims": dropout([], 13),
  "Dropout told not to train, with its mask": {
    nodes: [node("Dropout", ["x", "ratio", "training"], ["y", "mask"])],
    inputs: { x: [2, 3] },
    constants: {
      ratio: { data: Float32Array.of(0.4), dims: [] },
      training: { data: Uint8Array.of(0), dims: [] },
    },
    opset: 13,
  },
};
