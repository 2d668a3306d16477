/** What every loss on class sums does with classes, groups, weights and extras. */
import { describe, expect, test } from "vitest";
import { parseLoss } from "../expression.ts";
import type { LossExtra } from "../loss.ts";
import { lossFrom } from "../loss-from.ts";
import { referenceValueAndGrad } from "../reference-value.ts";
import { seededRandom, uniformArray } from "../testing/random.ts";
import { relativeError } from "../testing/relative-error.ts";

const random = seededRandom(17);
const C = 3;
const P = 10;
const logits = { data: Float64Array.from(uniformArray(random, 2 * C * P, 4)), dims: [2, C, P] };
/** Class 2 is in the second image only. */
const target = {
  data: Uint8Array.from({ length: 2 * P }, (_, i) => Math.floor((i < P ? 2 : 3) * random())),
  dims: [2, P],
};
const run = (loss: string, extra?: LossExtra) =>
  referenceValueAndGrad(parseLoss(loss), logits, target, extra);
const value = (loss: string, extra?: LossExtra) => run(loss, extra).value;
/** The loss of one class in one image. */
const of = (image: number, c: number, loss = "dice") =>
  referenceValueAndGrad(
    parseLoss(`${loss}(classes=[${c}])`),
    { data: logits.data.slice(image * C * P, (image + 1) * C * P), dims: [1, C, P] },
    { data: target.data.slice(image * P, (image + 1) * P), dims: [1, P] },
  ).value;
const all = (image: number) => [0, 1, 2].map((c) => of(image, c));
const mean = (...numbers: number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

function expectClose(got: number, expected: number): void {
  expect(relativeError([got], [expected])).toBeLessThan(1e-12);
}

describe("averages", () => {
  test("accumulate image is the mean over images, reduction sum the sum over classes and images", () => {
    expectClose(value("dice(accumulate=image)"), mean(...all(0), ...all(1)));
    expectClose(value("dice(accumulate=image, reduction=sum)"), 6 * mean(...all(0), ...all(1)));
  });

  test("class weights are factors over C (plain) or over their sum (normalized)", () => {
    const classes = [0, 1, 2].map((c) => value(`dice(classes=[${c}])`));
    const weighed = 1 * classes[0] + 2 * classes[1] + 4 * classes[2];
    expectClose(value("dice(classWeights=[1, 2, 4])"), weighed / 3);
    expectClose(value("dice(classWeights=[1, 2, 4], weighting=normalized)"), weighed / 7);
    expectClose(
      value("dice(classWeights=[1, 2, 4], weighting=normalized)"),
      value("dice(classWeights=[2, 4, 8], weighting=normalized)"),
    );
  });

  test("planes multiply p and g: with weights of 0 and 1, micro is that of the classes of weight 1", () => {
    expectClose(
      value("dice(average=micro, classWeights=[0, 1, 1])"),
      value("dice(average=micro, classes=foreground)"),
    );
    expectClose(
      value("dice(smooth=0, weighting=planes, classWeights=[3, 3, 3])"),
      // 1 - 2 (9 I) / (3 P + 3 G) = 1 - 3 Dice
      1 - 3 * (1 - value("dice(smooth=0)")),
    );
  });

  test("foreground is all classes but 0, and the channel where there is one", () => {
    expectClose(value("dice(classes=foreground)"), value("dice(classes=[1, 2])"));
    const one = { data: logits.data.slice(0, P), dims: [1, 1, P] };
    const mask = { data: target.data.slice(0, P), dims: [1, P] };
    const single = (loss: string) => referenceValueAndGrad(parseLoss(loss), one, mask).value;
    expect(single("dice(classes=foreground)")).toBe(single("dice"));
  });
});

describe("a class without ground truth (class 2 of the first image)", () => {
  const others = [of(0, 0), of(0, 1), ...all(1)];

  test.each([
    ["smooth", mean(of(0, 2), ...others)],
    ["zero", mean(0, ...others)],
    ["one", mean(1, ...others)],
    ["absence", mean(1, ...others)],
    ["skip", mean(mean(of(0, 0), of(0, 1)), mean(...all(1)))],
  ])("emptyClass %s", (emptyClass, expected) => {
    expectClose(value(`dice(accumulate=image, emptyClass=${emptyClass})`), expected);
  });

  test("is right when it is not predicted, under absence", () => {
    const { value: loss } = referenceValueAndGrad(
      parseLoss("dice(input=probabilities, emptyClass=absence)"),
      { data: new Float64Array(3), dims: [1, 1, 3] },
      { data: new Uint8Array(3), dims: [1, 1, 3] },
    );
    expect(loss).toBe(0);
  });

  test("leaves nothing to average where all chosen classes are skipped: the policy of allIgnored decides", () => {
    const image = { data: logits.data.slice(0, C * P), dims: [1, C, P] };
    const labels = { data: target.data.slice(0, P), dims: [1, P] };
    const only = (allIgnored: string) =>
      referenceValueAndGrad(
        parseLoss(`dice(classes=[2], emptyClass=skip, allIgnored=${allIgnored})`),
        image,
        labels,
      );
    expect(only("zero").value).toBe(0);
    expect(only("zero").grad.every((g) => g === 0)).toBe(true);
    expect(only("nan").value).toBeNaN();
  });
});

describe("extras", () => {
  test("a weight of 0 is as good as ignoring the pixel, a weight of 2 as having it twice", () => {
    const ignored = { ...target, data: target.data.map((y, i) => (i % 3 === 0 ? 255 : y)) };
    const without = referenceValueAndGrad(parseLoss("dice(ignoreIndex=255)"), logits, ignored);
    const weights = Float32Array.from(target.data, (_, i) => (i % 3 === 0 ? 0 : 1));
    const weighted = run("dice", { pixelWeights: { data: weights, dims: [2, P] } });
    expectClose(weighted.value, without.value);
    expect(relativeError(weighted.grad, without.grad)).toBeLessThan(1e-12);
    const twice = run("dice(smooth=2)", {
      pixelWeights: { data: new Float32Array(2 * P).fill(2), dims: [2, P] },
    });
    expectClose(twice.value, value("dice"));
  });

  test("a class masked in every image leaves the mean of classes, one masked in an image that of the image", () => {
    const without2 = { ...target, data: target.data.map((y) => (y === 2 ? 1 : y)) };
    const masked = (mask: number[], dims: number[], loss: string) =>
      referenceValueAndGrad(parseLoss(loss), logits, without2, {
        classMask: { data: Uint8Array.from(mask), dims },
      });
    const two = Float64Array.from({ length: 2 * 2 * P }, (_, i) => {
      const image = Math.floor(i / (2 * P));
      return logits.data[image * C * P + (i % (2 * P))];
    });
    const dropped = (loss: string) =>
      referenceValueAndGrad(parseLoss(loss), { data: two, dims: [2, 2, P] }, without2).value;
    for (const loss of ["dice", "dice(accumulate=image)", "generalized-dice", "jaccard(average=micro)"]) {
      expectClose(masked([1, 1, 0], [3], loss).value, dropped(loss));
    }
    const half = masked([1, 1, 0, 1, 1, 1], [2, 3], "dice(accumulate=image, reduction=sum)");
    const [first] = [masked([1, 1, 0], [3], "dice(accumulate=image, reduction=sum)")];
    expect(half.value).toBeGreaterThan(first.value);
    expect(half.grad.slice(2 * P, 3 * P).every((g) => g === 0)).toBe(true);
  });
});

describe("reduction none", () => {
  const float32 = { data: Float32Array.from(logits.data), dims: logits.dims };

  test("gives [N, C] elements whose plain mean is the value, and 1 row over the batch, 1 column of micro", () => {
    const elements = (loss: string) => parseLoss(loss).evaluate(float32, target).elements!;
    const perImage = elements("dice(reduction=none, accumulate=image)");
    expect(perImage.dims).toEqual([2, 3]);
    expect(relativeError(perImage.data, [...all(0), ...all(1)])).toBeLessThan(1e-6);
    expect(elements("dice(reduction=none, classes=foreground, accumulate=image)").dims).toEqual([2, 2]);
    expect(elements("dice(reduction=none)").dims).toEqual([1, 3]);
    expect(elements("dice(reduction=none, average=micro)").dims).toEqual([1, 1]);
    expect(elements("generalized-dice(reduction=none)").dims).toEqual([2, 1]);
  });

  test("with upstream gives the gradient of the sum of upstream times elements", () => {
    const upstream = { data: Float32Array.of(0, 0, 0, 0, 1, 0), dims: [2, 3] };
    const { grad } = run("dice(reduction=none, accumulate=image)", { upstream });
    const image = { data: logits.data.slice(C * P), dims: [1, C, P] };
    const labels = { data: target.data.slice(P), dims: [1, P] };
    const expected = referenceValueAndGrad(parseLoss("dice(classes=[1])"), image, labels).grad;
    expect(relativeError(grad.slice(C * P), expected)).toBeLessThan(1e-12);
    expect(grad.slice(0, C * P).every((g) => g === 0)).toBe(true);
  });
});

describe("options that cannot be", () => {
  const calls: [string, object, string][] = [
    ["dice", { classWeights: [1, 2] }, "OPTION_INVALID"],
    ["dice", { classes: [3] }, "OPTION_INVALID"],
    ["dice", { classes: [1, 1] }, "OPTION_INVALID"],
    ["dice", { classes: [] }, "OPTION_INVALID"],
    ["dice", { average: "micro", classWeights: [1, 2, 3], weighting: "plain" }, "OPTION_CONFLICT"],
    ["dice", { targetSoftening: 0.1, emptyClass: "zero" }, "OPTION_CONFLICT"],
    ["generalized-wasserstein-dice", {}, "OPTION_INVALID"],
    [
      "generalized-wasserstein-dice",
      {
        distances: [
          [0, 1],
          [1, 0],
        ],
      },
      "OPTION_INVALID",
    ],
    ["exponential-logarithmic", { classWeights: [1] }, "OPTION_INVALID"],
  ];
  test.each(calls)("%s %j throws %s at the call", (id, options, code) => {
    const loss = lossFrom({ id, options: options as Record<string, never> });
    expect(() => referenceValueAndGrad(loss, logits, target)).toThrow(expect.objectContaining({ code }));
  });
});

describe("presets", () => {
  test("smooth of the caller takes the place of what a preset says of numerator and denominator", () => {
    expectClose(value("keras:dice(smooth=3, average=macro)"), value("dice(smooth=3)"));
    expectClose(
      value("keras:dice(smoothNumerator=3, average=macro)"),
      value("dice(smoothNumerator=3, smoothDenominator=0.0000001)"),
    );
  });

  test("nnunet is the negative Dice of the foreground", () => {
    expectClose(value("nnunet:dice"), value("dice(classes=foreground, smooth=0.00001)") - 1);
  });
});
