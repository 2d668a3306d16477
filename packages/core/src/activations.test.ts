import { describe, expect, test } from "vitest";
import { logSoftmax, oneHot, sigmoid, softmax } from "./activations.ts";
import { relativeError } from "./testing/relative-error.ts";

describe("sigmoid", () => {
  test("has the hand-worked values within 1e-7", () => {
    // 1 / (1 + e^-x) at 0, log 3, -log 3: 1/2, 3/4, 1/4
    const { data, dims } = sigmoid({ data: Float32Array.of(0, Math.log(3), -Math.log(3)), dims: [3] });
    expect(relativeError(data, [1 / 2, 3 / 4, 1 / 4])).toBeLessThan(1e-7);
    expect(dims).toEqual([3]);
  });

  test("reaches 0 and 1 without overflow", () => {
    const data = Float32Array.of(-1e9, 1e9, -104, Number.NEGATIVE_INFINITY);
    expect(Array.from(sigmoid({ data, dims: [4] }).data)).toEqual(
      [0, 1, 0, 0].map((v, i) => (i === 2 ? Math.fround(Math.exp(-104)) : v)),
    );
  });
});

describe("softmax", () => {
  test("has the hand-worked values within 1e-7, over channels and per image", () => {
    // image 0: pixel 0 log 1, log 3 -> 1/4, 3/4; pixel 1 equal -> 1/2, 1/2; image 1 the other way round
    const l3 = Math.log(3);
    const data = Float32Array.of(0, 5, l3, 5, 5, l3, 5, 0);
    const { data: p } = softmax({ data, dims: [2, 2, 2] });
    expect(relativeError(p, [0.25, 0.5, 0.75, 0.5, 0.5, 0.75, 0.5, 0.25])).toBeLessThan(1e-7);
  });

  test("survives logits of 1e9", () => {
    const p = softmax({ data: Float32Array.of(1e9, -1e9, 1e9), dims: [1, 3] });
    expect(Array.from(p.data)).toEqual([0.5, 0, 0.5]);
  });

  test("asks for a channel axis", () => {
    const vector = { data: Float32Array.of(1, 2), dims: [2] };
    expect(() => softmax(vector)).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
    expect(() => logSoftmax(vector)).toThrowErrorMatchingInlineSnapshot(
      `[PixelgradError: Expected dims [N, C, ...spatial], got 2.]`,
    );
  });
});

describe("logSoftmax", () => {
  test("is the logarithm of softmax within 1e-7", () => {
    const logits = { data: Float32Array.of(1, -2, 0.5, 3, 0, -1), dims: [1, 3, 2] };
    const expected = softmax(logits).data.map(Math.log);
    expect(relativeError(logSoftmax(logits).data, expected)).toBeLessThan(1e-7);
  });

  test("keeps its digits where the softmax is 1, and stays finite where it is 0", () => {
    // log(1 / (1 + e^-30)) = -e^-30 to first order
    const { data } = logSoftmax({ data: Float32Array.of(30, 0, 1e4, 0), dims: [2, 2] });
    expect(relativeError([data[0]], [-Math.exp(-30)])).toBeLessThan(1e-7);
    expect(data[3]).toBe(-1e4);
  });
});

describe("oneHot", () => {
  test("puts a 1 in the channel of each label and none where ignored", () => {
    const hot = oneHot({ data: Uint8Array.of(0, 2, 1, 255), dims: [2, 2] }, 3, [255]);
    expect(hot.dims).toEqual([2, 3, 2]);
    // image 0: labels 0, 2; image 1: labels 1, ignored
    expect(Array.from(hot.data)).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0]);
  });

  test("takes labels of 64 bits", () => {
    const hot = oneHot({ data: BigInt64Array.of(1n, 0n), dims: [1, 2] }, 2);
    expect(Array.from(hot.data)).toEqual([0, 1, 1, 0]);
  });

  test.each([3, -1, 0.5, Number.NaN])("refuses label %d", (label) => {
    expect(() => oneHot({ data: Float32Array.of(0, label), dims: [1, 2] }, 3)).toThrow(
      expect.objectContaining({
        code: "LABEL_OUT_OF_RANGE",
        context: { label, classes: 3, position: [0, 1] },
      }),
    );
  });
});
