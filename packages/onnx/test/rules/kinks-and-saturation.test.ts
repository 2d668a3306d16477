import { relativeError } from "@pixelgrad/core/testing";
import { type Attributes, node } from "@pixelgrad/onnx";
import { describe, expect, test } from "vitest";
import { caseFunctional, caseGradients } from "./gradients.ts";
import type { RuleCase } from "./rule-case.ts";

/** All numbers of x are `at`. */
function everywhere(at: number, nodes: RuleCase["nodes"], more: Partial<RuleCase> = {}): RuleCase {
  return { nodes, inputs: { x: [1, 4] }, range: { x: [at, at] }, opset: 20, ...more };
}

function unary(op: string, at: number, attributes: Attributes = {}): RuleCase {
  return everywhere(at, [node(op, ["x"], ["y"], attributes)]);
}

function withConstant(op: string, at: number, constant: number): RuleCase {
  const c = { data: Float32Array.of(constant), dims: [] };
  return everywhere(at, [node(op, ["x", "c"], ["y"])], { constants: { c } });
}

function clip(at: number): RuleCase {
  const bound = (value: number) => ({ data: Float32Array.of(value), dims: [] });
  return everywhere(at, [node("Clip", ["x", "l", "h"], ["y"])], {
    constants: { l: bound(-1), h: bound(1.5) },
  });
}

/** Over the axis of 4. */
function reduced(op: string, at: number): RuleCase {
  return everywhere(at, [node(op, ["x", "axes"], ["y"])], { ints: { axes: [1] } });
}

/** dX is dY, which lies between -1 and 1, times the slope. */
async function expectSlope(given: RuleCase, slope: number): Promise<void> {
  const { y, grads } = await caseGradients(given);
  const functional = caseFunctional(y.dims);
  const errors = grads["x"]!.map((grad, i) => Math.abs(grad - slope * functional[i % functional.length]!));
  expect(Math.max(...errors)).toBeLessThan(1e-5);
}

const alpha = (float: number) => ({ alpha: { float } });

describe("at a kink the slope is within 1e-5 of the one PyTorch takes", () => {
  test.each<[title: string, given: RuleCase, slope: number]>([
    ["Relu at 0", unary("Relu", 0), 0],
    ["LeakyRelu at 0", unary("LeakyRelu", 0, alpha(0.25)), 0.25],
    ["LeakyRelu of a negative alpha at 0", unary("LeakyRelu", 0, alpha(-0.25)), -0.25],
    ["PRelu at 0", withConstant("PRelu", 0, 0.25), 0.25],
    ["ThresholdedRelu at its threshold", unary("ThresholdedRelu", 1), 0],
    ["Clip at its lower bound", clip(-1), 1],
    ["Clip at its upper bound", clip(1.5), 1],
    ["HardSigmoid at its lower kink", unary("HardSigmoid", -2.5), 0],
    ["HardSigmoid at its upper kink", unary("HardSigmoid", 2.5), 0],
    ["HardSwish at -3", unary("HardSwish", -3), -0.5],
    ["HardSwish at 3", unary("HardSwish", 3), 1.5],
    ["Softsign at 0", unary("Softsign", 0), 1],
    ["Elu at 0", unary("Elu", 0, alpha(0.4)), 0.4],
    ["Selu at 0", unary("Selu", 0), 1.7580993408473766],
    ["Celu at 0", unary("Celu", 0, alpha(2)), 1],
    ["Abs at 0", unary("Abs", 0), 0],
    ["Floor at a step", unary("Floor", 1), 0],
    ["Round at a step", unary("Round", 0.5), 0],
    ["Pow of 1 at 0", withConstant("Pow", 0, 1), 1],
    ["Pow of 0 at 0", withConstant("Pow", 0, 0), 0],
    ["Max of a tie, which is shared", withConstant("Max", 0, 0), 0.5],
    ["Min of a tie, which is shared", withConstant("Min", 0, 0), 0.5],
    ["ReduceMax of a tie of 4, which is shared", reduced("ReduceMax", 1), 0.25],
    ["ReduceL1 at 0", reduced("ReduceL1", 0), 0],
    ["ReduceL2 at 0", reduced("ReduceL2", 0), 0],
  ])("%s", (_, given, slope) => expectSlope(given, slope));
});

describe("where the slope is infinite the gradient is 0, so that one pixel does not spoil a weight", () => {
  test.each<[title: string, given: RuleCase]>([
    ["Sqrt at 0", unary("Sqrt", 0)],
    ["Pow of 0.5 at 0", withConstant("Pow", 0, 0.5)],
    ["LpNormalization of zeros", unary("LpNormalization", 0)],
    ["LpNormalization of zeros, p = 1", unary("LpNormalization", 0, { p: 1 })],
  ])("%s", (_, given) => expectSlope(given, 0));
});

describe("where the function saturates the gradient is within 1e-5 of its limit, and finite", () => {
  test.each<[title: string, given: RuleCase, slope: number]>([
    ["Sigmoid at 200", unary("Sigmoid", 200), 0],
    ["Tanh at -200", unary("Tanh", -200), 0],
    ["Softplus at 1000", unary("Softplus", 1000), 1],
    ["Softplus at -1000", unary("Softplus", -1000), 0],
    ["Softsign at 1e30", unary("Softsign", 1e30), 0],
    ["Elu at 1e30", unary("Elu", 1e30), 1],
    ["Elu at -1e30", unary("Elu", -1e30), 0],
    ["Selu at -1e30", unary("Selu", -1e30), 0],
    ["Celu at -1e30", unary("Celu", -1e30), 0],
    ["Mish at 1e30", unary("Mish", 1e30), 1],
    ["Mish at -1e30", unary("Mish", -1e30), 0],
    ["Gelu at 3e38", unary("Gelu", 3e38), 1],
    ["Gelu at -3e38", unary("Gelu", -3e38), 0],
    ["Gelu by tanh at 1e12", unary("Gelu", 1e12, { approximate: "tanh" }), 1],
    ["Gelu by tanh at -1e12", unary("Gelu", -1e12, { approximate: "tanh" }), 0],
    ["HardSwish at 1e30", unary("HardSwish", 1e30), 1],
    ["HardSwish at -1e30", unary("HardSwish", -1e30), 0],
    ["Erf at 1e30", unary("Erf", 1e30), 0],
    ["Exp at -1000", unary("Exp", -1000), 0],
    ["ReduceLogSumExp of four times 1000", reduced("ReduceLogSumExp", 1000), 0.25],
    ["ReduceLogSumExp of four times -1000", reduced("ReduceLogSumExp", -1000), 0.25],
  ])("%s", (_, given, slope) => expectSlope(given, slope));

  test.each<[title: string, given: RuleCase]>([
    ["Softmax of logits up to 1e4", { ...unary("Softmax", 0), range: { x: [-1e4, 1e4] } }],
    ["LogSoftmax of logits up to 1e4", { ...unary("LogSoftmax", 0), range: { x: [-1e4, 1e4] } }],
    ["LayerNormalization of a constant", withScale("LayerNormalization", [1, 4], 4)],
    ["InstanceNormalization of a constant", withScale("InstanceNormalization", [1, 2, 3], 2)],
    [
      "MeanVarianceNormalization of a constant",
      { ...unary("MeanVarianceNormalization", 1, { axes: [1] }), opset: 13 },
    ],
  ])("%s", async (_, given) => {
    const { grads } = await caseGradients(given);
    for (const [name, grad] of Object.entries(grads)) expect(grad.every(Number.isFinite), name).toBe(true);
  });
});

function withScale(op: string, x: readonly number[], scales: number): RuleCase {
  const nodes = [node(op, ["x", "scale", "bias"], ["y"])];
  return everywhere(0.7, nodes, { inputs: { x, scale: [scales], bias: [scales] } });
}

describe("the product of numbers of which some are 0 has the product of the others as its slope", () => {
  test.each([
    { row: [2, 3, 4], slopes: [12, 8, 6] },
    { row: [2, 0, 4], slopes: [0, 8, 0] },
    { row: [0, 0, 4], slopes: [0, 0, 0] },
  ])("$row", async ({ row, slopes }) => {
    const { y, grads } = await caseGradients({
      nodes: [node("Mul", ["x", "row"], ["h"]), node("ReduceProd", ["h", "axes"], ["y"])],
      inputs: { x: [1, 3] },
      floats: { row },
      ints: { axes: [1] },
      range: { x: [1, 1] },
    });
    const [dy] = caseFunctional(y.dims) as unknown as [number];
    // x is 1 and what is reduced is x times the row.
    const expected = slopes.map((slope, i) => dy * slope * row[i]!);
    expect(relativeError(grads["x"]!, expected)).toBeLessThan(1e-6);
  });
});

test("Cast to float16 and back passes the gradient on as it is", async () => {
  const { y, grads } = await caseGradients({
    nodes: [node("Cast", ["x"], ["h"], { to: 10 }), node("Cast", ["h"], ["y"], { to: 1 })],
    inputs: { x: [2, 3] },
  });
  expect(grads["x"]).toEqual(caseFunctional(y.dims));
});

test("Cast to whole numbers has steps and passes nothing on", async () => {
  const { grads } = await caseGradients({
    nodes: [node("Cast", ["x"], ["h"], { to: 7 }), node("Cast", ["h"], ["y"], { to: 1 })],
    inputs: { x: [2, 3] },
  });
  expect(grads["x"]).toEqual(new Float32Array(6));
});
