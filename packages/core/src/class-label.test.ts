import { expect, test } from "vitest";
import { classLabel } from "./class-label.ts";

test("classLabel passes classes and refuses all else with LABEL_OUT_OF_RANGE", () => {
  expect([0, 1, 2].map((label) => classLabel(label, 3, 0))).toEqual([0, 1, 2]);
  for (const label of [-1, 3, 0.5, Number.NaN]) {
    expect(() => classLabel(label, 3, 7)).toThrow(
      expect.objectContaining({
        code: "LABEL_OUT_OF_RANGE",
        message: `Label ${label} at pixel 7 is no class: expected 0 to 2.`,
      }),
    );
  }
});
