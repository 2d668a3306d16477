/** What the focal family returns through the engine: elements, their gradient, layouts and the fast path. */
import { focal, inlineEngine, parseLoss, type Tensor } from "@pixelgrad/core";
import { relativeError, seededRandom, uniformArray } from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";
import { denseProblem, labelProblem } from "./problems.ts";

const mean = (data: ArrayLike<number>): number => Array.from(data).reduce((a, b) => a + b, 0) / data.length;

describe("elements", () => {
  test.each([
    ["focal(activation=softmax, reduction=none)", [2, 3, 5], [2, 5]],
    ["focal(activation=softmax, reduction=none, spread=elements)", [2, 3, 5], [2, 3, 5]],
    ["smp:focal(reduction=none, spread=pixels)", [2, 3, 5], [2, 5]],
    ["mmseg:focal(reduction=none)", [2, 3, 5], [2, 3, 5]],
  ] as const)("of %s on logits %j have dims %j and the value as their mean", (expression, dims, expected) => {
    const { logits, target } = labelProblem(1, dims, "mild");
    const { elements, value } = parseLoss(expression).evaluate(logits, target);
    expect(elements?.dims).toEqual(expected);
    expect(relativeError([mean(elements?.data ?? [])], [value])).toBeLessThan(1e-6);
  });

  test.each(["focal(activation=softmax)", "focal(activation=softmax, spread=elements)"])(
    "%s: a gradient of elements that is 1 / n gives the gradient of their mean within 1e-6",
    (expression) => {
      const { logits, target } = labelProblem(2, [2, 3, 5], "mild");
      const loss = parseLoss(expression.replace(")", ", reduction=none)"));
      const { elements, grad } = loss.valueAndGrad(logits, target);
      const { data, dims } = elements as Tensor<Float32Array>;
      const upstream = { data: data.map(() => 1 / data.length), dims };
      expect(
        relativeError(loss.valueAndGrad(logits, target, { upstream }).grad.data, grad.data),
      ).toBeLessThan(1e-6);
    },
  );
});

test("channels last gives the same value and gradient", () => {
  const random = seededRandom(3);
  const x = uniformArray(random, 12, 3);
  const labels = { data: Uint8Array.of(0, 2, 1, 1), dims: [1, 4] };
  const loss = focal({ activation: "softmax", divisor: "modulator" });
  const first = loss.valueAndGrad({ data: x, dims: [1, 3, 4] }, labels);
  const turned = x.map((_, i) => x[(i % 3) * 4 + Math.floor(i / 3)]);
  const last = loss.valueAndGrad({ data: turned, dims: [1, 4, 3] }, labels, { layout: "channels-last" });
  expect(last.value).toBe(first.value);
  expect(last.grad.data).toEqual(x.map((_, i) => first.grad.data[(i % 3) * 4 + Math.floor(i / 3)]));
});

test.each([
  ["focal(alpha=2, gamma=1.5, ignoreIndex=255)", true],
  ["focal(alpha=2, alphaMode=multiplier, softTargets=exp, divisor=all)", true],
  ["focal(alpha=[2], gamma=1.5)", true],
  ["torchvision:focal", true],
  ["focal(reducedThreshold=0.5)", false],
  ["focal(divisor=modulator)", false],
])("%s runs on the SIMD kernels: %s", (expression, fast) => {
  const { logits, target } = denseProblem(4, [1, 1, 9], "mild");
  const before = inlineEngine().tiles;
  parseLoss(expression).valueAndGrad(logits, target);
  expect(inlineEngine().tiles > before).toBe(fast);
});
