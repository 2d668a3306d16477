import { relativeError } from "@pixelgrad/core/testing";
import { node } from "@pixelgrad/onnx";
import { expect, test } from "vitest";
import { caseDifferences, caseGradients } from "./gradients.ts";
import type { RuleCase } from "./rule-case.ts";

test.each([7, 9, 13])(
  "a BatchNormalization of operator set %i that gives statistics takes those of the batch: gradients within 1e-3 of differences",
  async (opset) => {
    const inputs = ["x", "scale", "bias", "mean", "variance"];
    const given: RuleCase = {
      nodes: [node("BatchNormalization", inputs, ["y", "mean1", "variance1", "mean2", "variance2"])],
      inputs: { x: [2, 2, 3, 2], scale: [2], bias: [2] },
      floats: { mean: [0.3, -0.1], variance: [0.5, 1.5] },
      opset,
      step: 0.05,
    };
    const { grads } = await caseGradients(given);
    for (const [name, expected] of Object.entries(await caseDifferences(given))) {
      expect(relativeError(grads[name]!, expected), name).toBeLessThan(1e-3);
    }
  },
);
