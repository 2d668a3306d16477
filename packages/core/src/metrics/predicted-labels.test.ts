import { describe, expect, test } from "vitest";
import { predictedLabels } from "./predicted-labels.ts";

describe("predictedLabels", () => {
  test("takes the largest channel, the first of equals", () => {
    // pixel 0: 1 2 0, pixel 1: 3 3 1, pixel 2: 0 0 5, pixel 3: -1 -1 -1
    const data = Float32Array.of(1, 3, 0, -1, 2, 3, 0, -1, 0, 1, 5, -1);
    expect(predictedLabels({ data, dims: [1, 3, 2, 2] })).toEqual({
      data: Uint16Array.of(1, 0, 2, 0),
      dims: [1, 2, 2],
    });
  });

  test("keeps images apart", () => {
    const data = Float32Array.of(1, 0, 0, 1, 0, 1, 1, 0);
    expect(Array.from(predictedLabels({ data, dims: [2, 2, 2] }).data)).toEqual([0, 1, 1, 0]);
  });

  test("calls one channel 1 where its logit is above 0", () => {
    const data = Float32Array.of(-1, 0, 0.001, 7);
    expect(predictedLabels({ data, dims: [1, 1, 4] })).toEqual({
      data: Uint16Array.of(0, 0, 1, 1),
      dims: [1, 4],
    });
  });

  test("makes nothing of nothing", () => {
    expect(predictedLabels({ data: new Float32Array(0), dims: [0, 3, 2] }).data).toHaveLength(0);
  });
});
