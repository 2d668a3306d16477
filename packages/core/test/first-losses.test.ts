/** The losses that started this project, to the digit. */
import {
  binaryCrossEntropy,
  crossEntropy,
  focal,
  logSoftmax,
  oneHot,
  sigmoid,
  softmax,
  type Tensor,
} from "@pixelgrad/core";
import { relativeError } from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";

describe("one channel, 2×1×2×2", () => {
  const logits = {
    data: Float32Array.of(0.43, -0.25, -0.32, 0.69, -0.29, 0.37, 0.54, -0.72),
    dims: [2, 1, 2, 2],
  };
  const mask = { data: Uint8Array.of(0, 0, 0, 1, 0, 0, 1, 1), dims: [2, 2, 2] };

  test("sigmoid + BCE, BCE of probabilities and BCE with logits are all 0.6861", () => {
    const p = sigmoid(logits);
    let byHand = 0;
    p.data.forEach((v, i) => {
      byHand -= (mask.data[i] === 1 ? Math.log(v) : Math.log(1 - v)) / 8;
    });
    expect(byHand.toFixed(4)).toBe("0.6861");
    expect(binaryCrossEntropy({ input: "probabilities" }).value(p, mask).toFixed(4)).toBe("0.6861");
    expect(binaryCrossEntropy().value(logits, mask).toFixed(4)).toBe("0.6861");
  });

  test("focal() is 0.1971, of logits and of probabilities", () => {
    expect(focal().value(logits, mask).toFixed(4)).toBe("0.1971");
    expect(focal({ input: "probabilities" }).value(sigmoid(logits), mask).toFixed(4)).toBe("0.1971");
  });

  /** FocalLoss(alpha, gamma) per element: pt = exp(-BCE), alpha (1 - pt)^gamma BCE. */
  const focalByHand = (alpha: number, gamma: number): number[] =>
    Array.from(logits.data, (x, i) => {
      const p = 1 / (1 + Math.exp(-x));
      const bce = mask.data[i] === 1 ? -Math.log(p) : -Math.log(1 - p);
      return alpha * (1 - Math.exp(-bce)) ** gamma * bce;
    });

  test.each([
    [1, 2],
    [0.25, 2],
    [1, 0],
    [0.8, 0.5],
    [2, 5],
  ])(
    "focal with alpha %f and gamma %f and reduction none gives the loss of each pixel within 1e-6",
    (alpha, gamma) => {
      const expected = focalByHand(alpha, gamma);
      const { elements, value } = focal({ alpha, gamma, reduction: "none" }).valueAndGrad(logits, mask);
      expect(elements?.dims).toEqual([2, 1, 2, 2]);
      expect(relativeError(elements!.data, expected)).toBeLessThan(1e-6);
      const mean = expected.reduce((a, b) => a + b) / 8;
      expect(relativeError([value, focal({ alpha, gamma }).value(logits, mask)], [mean, mean])).toBeLessThan(
        1e-6,
      );
    },
  );
});

describe("two channels, 2×2×2×2", () => {
  const logits = {
    // biome-ignore format: one image per line
    data: Float32Array.of(
      0.3164, -0.1922, 0.4326, -1.2193, 0.6873, 0.6838, 0.2244, 0.5615,
      -0.2516, -0.8875, -0.6289, -0.1796, 0.0411, -1.7851, -0.3069, -1.0379,
    ),
    dims: [2, 2, 2, 2],
  };
  const masks = { data: Uint8Array.of(0, 1, 1, 0, 1, 1, 0, 1), dims: [2, 2, 2] };

  /** -sum over channels of onehot log p, mean over the 8 pixels. */
  const negativeLog = (logp: Tensor): number => {
    const hot = oneHot(masks, 2).data;
    return -hot.reduce((sum, h, i) => sum + h * Number(logp.data[i]), 0) / 8;
  };

  test("cross-entropy, softmax + one-hot + negative log, and log-softmax are all 0.9823", () => {
    expect(crossEntropy().value(logits, masks).toFixed(4)).toBe("0.9823");
    const p = softmax(logits);
    expect(negativeLog({ data: p.data.map(Math.log), dims: p.dims }).toFixed(4)).toBe("0.9823");
    expect(negativeLog(logSoftmax(logits)).toFixed(4)).toBe("0.9823");
  });

  test("its gradient is (softmax - one-hot) / 8 within 1e-6", () => {
    const hot = oneHot(masks, 2).data;
    const expected = softmax(logits).data.map((p, i) => (p - hot[i]) / 8);
    expect(relativeError(crossEntropy().valueAndGrad(logits, masks).grad.data, expected)).toBeLessThan(1e-6);
  });
});
