import { type Attributes, differentiate, node } from "@pixelgrad/onnx";
import { describe, expect, test } from "vitest";
import { caseModel } from "./gradients.ts";

const shapes: Readonly<Record<string, readonly number[]>> = { x: [2, 3, 4], y: [2, 3, 4] };

/** Differentiates one node in the dims of `shapes`; every other value is one number per channel. */
function gradientOf(
  op: string,
  { inputs = ["x"], outputs = ["y"], attributes = {}, opset = 18, output = "y" }: Form,
): Promise<unknown> {
  const nodes = [node(op, inputs, outputs, attributes)];
  return differentiate({
    nodes,
    opset: caseModel({ nodes, inputs: {}, opset }).proto.opsetImport,
    output,
    parameters: ["x"],
    shape: (name) => shapes[name] ?? [3],
    numbers: () => undefined,
  });
}

interface Form {
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly attributes?: Attributes;
  readonly opset?: number;
  readonly output?: string;
}

const statistics = ["x", "scale", "bias", "mean", "variance"];

describe("what a rule cannot do is refused with the operator, the node and the reason", () => {
  test.each<[title: string, op: string, form: Form, reason: string]>([
    ["negative alpha", "Elu", { attributes: { alpha: { float: -1 } } }, "its alpha is -1"],
    ["negative alpha", "Celu", { attributes: { alpha: { float: -2 } } }, "its alpha is -2"],
    ["negative gamma", "Selu", { attributes: { gamma: { float: -1 } } }, "its gamma is -1"],
    ["training", "Dropout", { inputs: ["x", "", "training"] }, "training_mode is not known to be false"],
    ["axes that are computed", "ReduceSum", { inputs: ["x", "axes"] }, "its axes 'axes' are not known"],
    [
      "statistics of each pixel",
      "BatchNormalization",
      { inputs: statistics, attributes: { spatial: 0 }, opset: 7 },
      "statistics of each pixel",
    ],
    [
      "running statistics that the output depends on",
      "BatchNormalization",
      {
        inputs: statistics,
        outputs: ["y", "newMean", "newVariance"],
        attributes: { training_mode: 1 },
        output: "newMean",
      },
      "the statistics it gives",
    ],
    [
      "a mean that the output depends on",
      "LayerNormalization",
      { inputs: ["x", "scale"], outputs: ["y", "mean"], output: "mean" },
      "the statistics it gives",
    ],
  ])("%s of %s", async (_, op, form, reason) => {
    const refused = gradientOf(op, form);
    await expect(refused).rejects.toMatchObject({
      code: "GRADIENT_UNSUPPORTED",
      context: { op, node: `${op}:y` },
    });
    await expect(refused).rejects.toThrow(reason);
  });
});

test("a model with names of the gradient graph is refused with MODEL_UNSUPPORTED", async () => {
  const nodes = [node("Relu", ["pixelgrad:outputGrad"], ["y"])];
  const refused = differentiate({
    nodes,
    opset: caseModel({ nodes, inputs: {} }).proto.opsetImport,
    output: "y",
    parameters: ["pixelgrad:outputGrad"],
    shape: () => [3],
    numbers: () => undefined,
  });
  await expect(refused).rejects.toMatchObject({ code: "MODEL_UNSUPPORTED" });
});
