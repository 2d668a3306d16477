import { relativeError } from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";
import { ruleCases } from "./cases/index.ts";
import { caseDifferences, caseGradients } from "./gradients.ts";

describe("the gradient of every input is within 1e-3 of five-point differences, entry by entry", () => {
  test.each(Object.entries(ruleCases))("%s", async (_, given) => {
    const { grads } = await caseGradients(given);
    const differences = await caseDifferences(given);
    for (const [name, expected] of Object.entries(differences)) {
      expect(relativeError(grads[name]!, expected), name).toBeLessThan(1e-3);
    }
  });
});
