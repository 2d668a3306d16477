/** What holds for every problem: identities, invariances, limits. */
import {
  binaryCrossEntropy,
  catalogue,
  crossEntropy,
  dice,
  focal,
  formatLoss,
  type Loss,
  lossFrom,
  parseLoss,
  referenceValueAndGrad,
  type Tensor,
  type TypedArray,
  weightedSum,
} from "@pixelgrad/core";
import { relativeError, seededRandom } from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";
import { denseProblem, labelProblem } from "./problems.ts";

const sigmoidDice = dice({ activation: "sigmoid" });

/** The bits of float32 numbers, where -0 and NaN count, as text that compares quickly. */
function bitsOf(floats: Float32Array): string {
  return Buffer.from(floats.slice().buffer).toString("base64");
}

function expectSameBits(a: ReturnType<Loss["valueAndGrad"]>, b: ReturnType<Loss["valueAndGrad"]>): void {
  expect(a.value).toBe(b.value);
  expect(bitsOf(a.grad.data) === bitsOf(b.grad.data), "the same bits in the gradient").toBe(true);
}

describe("ignored pixels", () => {
  /** A 1×C×P problem without the pixels whose label is `ignored`. */
  function dropped(logits: Tensor<Float32Array>, labels: TypedArray, ignored: number) {
    const [, classes, pixels] = logits.dims as [number, number, number];
    const kept = Array.from({ length: pixels }, (_, i) => i).filter((i) => labels[i] !== ignored);
    const data = Float32Array.from({ length: classes * kept.length }, (_, at) => {
      return logits.data[Math.floor(at / kept.length) * pixels + kept[at % kept.length]];
    });
    return {
      kept,
      logits: { data, dims: [1, classes, kept.length] },
      target: { data: Int32Array.from(kept, (i) => Number(labels[i])), dims: [1, kept.length] },
    };
  }

  test.each<[string, (ignoreIndex?: number) => Loss]>([
    ["CE", (ignoreIndex) => crossEntropy(ignoreIndex === undefined ? {} : { ignoreIndex })],
    ["Dice", (ignoreIndex) => dice(ignoreIndex === undefined ? {} : { ignoreIndex })],
  ])("%s with ignoreIndex is the loss without those pixels, and gives them no gradient", (_, make) => {
    const { logits, target } = labelProblem(1, [1, 4, 97], "mild", [255]);
    const without = dropped(logits, target.data, 255);
    const all = make(255).valueAndGrad(logits, target);
    const few = make().valueAndGrad(without.logits, without.target);
    expect(all.counted).toBe(without.kept.length);
    expect(relativeError([all.value], [few.value])).toBeLessThan(1e-7);
    const kept = new Set(without.kept);
    const ofKept = all.grad.data.filter((_, at) => kept.has(at % 97));
    const ofIgnored = all.grad.data.filter((_, at) => !kept.has(at % 97));
    expect(relativeError(ofKept, few.grad.data)).toBeLessThan(1e-6);
    expect(ofIgnored.every((g) => g === 0)).toBe(true);
  });

  test.each<[string, (ignoreIndex: number) => Loss]>([
    ["BCE", (ignoreIndex) => binaryCrossEntropy({ ignoreIndex })],
    ["focal", (ignoreIndex) => focal({ ignoreIndex })],
    ["Dice", (ignoreIndex) => dice({ ignoreIndex })],
  ])("%s does not change when the logit of an ignored pixel does", (_, make) => {
    const { logits, target } = denseProblem(2, [1, 1, 67], "mild", { ignored: [255] });
    const moved = logits.data.map((x, i) => (target.data[i] === 255 ? -3 * x : x));
    const loss = make(255);
    expectSameBits(
      loss.valueAndGrad(logits, target),
      loss.valueAndGrad({ data: moved, dims: logits.dims }, target),
    );
  });

  test("a list ignores what its parts ignore", () => {
    const { logits, target } = labelProblem(3, [1, 4, 97], "mild", [255, -7]);
    const merged = {
      ...target,
      data: Int32Array.from(target.data as Int32Array, (y) => (y === -7 ? 255 : y)),
    };
    expectSameBits(
      crossEntropy({ ignoreIndex: [255, -7] }).valueAndGrad(logits, target),
      crossEntropy({ ignoreIndex: 255 }).valueAndGrad(logits, merged),
    );
  });

  test("an ignored label of 64 bits never becomes a class: 2^32 does not ignore class 0", () => {
    const logits = { data: Float32Array.of(1, 2, 3, 4), dims: [1, 2, 2] };
    const labels = { data: BigInt64Array.of(0n, 4_294_967_296n), dims: [1, 2] };
    const { counted, value } = crossEntropy({ ignoreIndex: 2 ** 32 }).evaluate(logits, labels);
    expect(counted).toBe(1);
    // Pixel 0: logits 1 and 3, label 0: log(1 + e^2)
    expect(relativeError([value], [Math.log1p(Math.exp(2))])).toBeLessThan(1e-6);
  });
});

describe("a batch in which nothing counts", () => {
  const logits = { data: Float32Array.of(1, -2, 3, 0.5), dims: [1, 2, 2] };
  const labels = { data: Uint8Array.of(255, 255), dims: [1, 2] };
  const dense = { data: Uint8Array.of(255, 255, 255, 255), dims: [1, 2, 2] };

  const losses = (allIgnored?: "zero" | "nan" | "throw"): [Loss, Tensor][] => {
    const options = { ignoreIndex: 255, ...(allIgnored && { allIgnored }) };
    return [
      [crossEntropy(options), labels],
      [crossEntropy({ ...options, labelSmoothing: 0.1, reduction: "sum" }), labels],
      [dice(options), labels],
      [binaryCrossEntropy(options), dense],
      [focal({ ...options, reduction: "none" }), dense],
      [dice({ ...options, activation: "sigmoid" }), dense],
    ];
  };

  test("has value 0 and gradient 0 by default, and under zero", () => {
    for (const [loss, target] of [...losses(), ...losses("zero")]) {
      const { value, grad, counted } = loss.valueAndGrad(logits, target);
      expect([value, counted], loss.id).toEqual([0, 0]);
      expect(relativeError(grad.data, [0, 0, 0, 0]), loss.id).toBe(0);
    }
  });

  test("has mean NaN under nan; its sum and its elements are 0, as in PyTorch", () => {
    for (const [loss, target] of losses("nan")) {
      const { reduction = "mean" } = loss.options;
      expect(loss.value(logits, target), loss.id).toEqual(reduction === "mean" ? Number.NaN : 0);
    }
  });

  test("throws ALL_IGNORED under throw", () => {
    for (const [loss, target] of losses("throw")) {
      expect(() => loss.value(logits, target), loss.id).toThrow(
        expect.objectContaining({ code: "ALL_IGNORED", context: { loss: loss.id } }),
      );
    }
  });

  test("is what weights of 0 make of it, too: 0 and not 0 / 0", () => {
    const target = { data: Uint8Array.of(1, 1), dims: [1, 2] };
    const { value, grad } = crossEntropy({ classWeights: [1, 0] }).valueAndGrad(logits, target);
    expect(value).toBe(0);
    expect(relativeError(grad.data, [0, 0, 0, 0])).toBe(0);
    expect(crossEntropy({ classWeights: [1, 0], allIgnored: "nan" }).value(logits, target)).toBeNaN();
  });

  test.each([[[0, 3, 4]], [[2, 3, 0]], [[0, 3]]])(
    "is also one of dims %j, with a gradient of those dims",
    (dims) => {
      const empty = { data: new Float32Array(0), dims };
      const target = { data: new Uint8Array(0), dims: dims.filter((_, axis) => axis !== 1) };
      for (const loss of [crossEntropy(), dice()]) {
        const { value, grad } = loss.valueAndGrad(empty, target);
        expect(value).toBe(0);
        expect(grad.dims).toEqual(dims);
      }
      for (const loss of [binaryCrossEntropy(), focal(), sigmoidDice]) {
        expect(loss.valueAndGrad(empty, { ...empty }).value).toBe(0);
      }
    },
  );
});

describe("targets", () => {
  const integerTypes = [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
  ] as const;

  test("labels of every array type give the same bits", () => {
    const { logits, target } = labelProblem(4, [2, 5, 41], "mild", [99]);
    const loss = weightedSum([
      [1, crossEntropy({ ignoreIndex: 99 })],
      [1, dice({ ignoreIndex: 99 })],
    ]);
    const expected = loss.valueAndGrad(logits, target);
    const labels = Array.from(target.data as Int32Array);
    for (const type of integerTypes) {
      const data: TypedArray = type.from(labels);
      expectSameBits(loss.valueAndGrad(logits, { data, dims: target.dims }), expected);
    }
    for (const type of [BigInt64Array, BigUint64Array]) {
      const data: TypedArray = type.from(labels.map(BigInt));
      expectSameBits(loss.valueAndGrad(logits, { data, dims: target.dims }), expected);
    }
  });

  test("masks of every array type give the same bits, with and without the channel in their dims", () => {
    const { logits, target } = denseProblem(5, [2, 1, 41], "mild", { ignored: [99] });
    const loss = weightedSum([
      [1, binaryCrossEntropy({ ignoreIndex: 99 })],
      [1, focal({ ignoreIndex: 99 })],
      [1, dice({ ignoreIndex: 99 })],
    ]);
    const expected = loss.valueAndGrad(logits, target);
    const mask = Array.from(target.data as Float32Array);
    const arrays: TypedArray[] = [
      ...integerTypes.map((type) => type.from(mask)),
      BigInt64Array.from(mask.map(BigInt)),
      BigUint64Array.from(mask.map(BigInt)),
    ];
    for (const data of arrays) {
      expectSameBits(loss.valueAndGrad(logits, { data, dims: [2, 1, 41] }), expected);
      expectSameBits(loss.valueAndGrad(logits, { data, dims: [2, 41] }), expected);
    }
  });
});

describe("identities", () => {
  test.each(["mild", "confident", "right"] as const)(
    "focal with gamma 0 is alpha times BCE within 1e-6, on %s logits",
    (temper) => {
      const { logits, target } = denseProblem(6, [2, 3, 29], temper, { soft: temper === "mild" });
      const a = focal({ gamma: 0, alpha: 0.25 }).valueAndGrad(logits, target);
      const b = binaryCrossEntropy().valueAndGrad(logits, target);
      expect(relativeError([a.value], [0.25 * b.value])).toBeLessThan(1e-6);
      expect(
        relativeError(
          a.grad.data,
          b.grad.data.map((g) => 0.25 * g),
        ),
      ).toBeLessThan(1e-6);
    },
  );

  test("CE of two classes is BCE of the difference of their logits, within 1e-6", () => {
    const { logits, target } = labelProblem(7, [1, 2, 53], "mild");
    const difference = logits.data.slice(53).map((x, i) => x - logits.data[i]);
    const bce = binaryCrossEntropy().valueAndGrad({ data: difference, dims: [1, 1, 53] }, target);
    const ce = crossEntropy().valueAndGrad(logits, target);
    expect(relativeError([ce.value], [bce.value])).toBeLessThan(1e-6);
    expect(relativeError(ce.grad.data.slice(53), bce.grad.data)).toBeLessThan(1e-6);
  });

  test("sigmoid losses of probabilities are those of the logits within 1e-5", () => {
    const { logits, target } = denseProblem(8, [2, 3, 29], "mild");
    const p = { data: logits.data.map((x) => 1 / (1 + Math.exp(-x))), dims: logits.dims };
    for (const make of [binaryCrossEntropy, focal]) {
      const expected = make().value(logits, target);
      expect(relativeError([make({ input: "probabilities" }).value(p, target)], [expected])).toBeLessThan(
        1e-5,
      );
    }
  });

  test("reduction none has the mean as value, and its elements add up to the sum, within 1e-6", () => {
    const { logits, target } = labelProblem(9, [2, 3, 5, 7], "mild");
    const none = crossEntropy({ reduction: "none" }).valueAndGrad(logits, target);
    const mean = crossEntropy().valueAndGrad(logits, target);
    expect(none.elements?.dims).toEqual([2, 5, 7]);
    const sum = none.elements!.data.reduce((a, b) => a + b, 0);
    expect(relativeError([sum], [crossEntropy({ reduction: "sum" }).value(logits, target)])).toBeLessThan(
      1e-6,
    );
    expectSameBits({ ...none }, mean);
  });

  test("elements are 0 where ignored, and divide the mean all the same", () => {
    const logits = { data: Float32Array.of(0, 0, 0, 0), dims: [1, 1, 4] };
    const target = { data: Uint8Array.of(0, 255, 1, 255), dims: [1, 4] };
    const { elements, value } = binaryCrossEntropy({ reduction: "none", ignoreIndex: 255 }).evaluate(
      logits,
      target,
    );
    const ln2 = Math.LN2;
    expect(relativeError(elements!.data, [ln2, 0, ln2, 0])).toBeLessThan(1e-7);
    expect(relativeError([value], [ln2 / 2])).toBeLessThan(1e-7);
  });

  test("elements are 0 in a long run of ignored pixels, whatever the tile held before", () => {
    const { logits, target } = labelProblem(24, [1, 3, 40], "mild");
    const loss = crossEntropy({ reduction: "none", ignoreIndex: 255 });
    expect(loss.evaluate(logits, target).elements!.data.every((l) => l > 0)).toBe(true);
    const labels = (target.data as Int32Array).map((y, i) => (i < 4 ? y : 255));
    const { elements } = loss.evaluate(logits, { data: labels, dims: target.dims });
    expect(elements!.data.findLastIndex((l) => l !== 0)).toBe(3);
  });

  test("CE and Dice do not change within 1e-6 when all channels of a pixel move by the same amount", () => {
    const { logits, target } = labelProblem(10, [1, 5, 31], "confident");
    // Powers of two keep float32 sums of these logits exact.
    const shifted = logits.data.map((x, at) => x + (at % 31 < 15 ? 16 : -32));
    for (const loss of [crossEntropy({ labelSmoothing: 0.1 }), dice()]) {
      const a = loss.valueAndGrad(logits, target);
      const b = loss.valueAndGrad({ data: shifted, dims: logits.dims }, target);
      expect(relativeError([b.value], [a.value])).toBeLessThan(1e-6);
      expect(relativeError(b.grad.data, a.grad.data)).toBeLessThan(1e-6);
    }
  });

  test("the gradient of a softmax loss sums to 0 over the channels of each pixel, within 1e-6 of its largest", () => {
    const { logits, target } = labelProblem(11, [1, 6, 37], "mild");
    for (const loss of [crossEntropy({ labelSmoothing: 0.2 }), dice()]) {
      const { data } = loss.valueAndGrad(logits, target).grad;
      const largest = data.reduce((a, g) => Math.max(a, Math.abs(g)), 0);
      for (let i = 0; i < 37; i++) {
        let sum = 0;
        for (let c = 0; c < 6; c++) sum += data[c * 37 + i];
        expect(Math.abs(sum) / largest).toBeLessThan(1e-6);
      }
    }
  });

  test("a relabelling of the classes relabels the gradient of CE, within 1e-6", () => {
    const { logits, target } = labelProblem(12, [1, 3, 23], "mild");
    const moved = new Float32Array(69);
    for (let c = 0; c < 3; c++) moved.set(logits.data.subarray(c * 23, c * 23 + 23), ((c + 1) % 3) * 23);
    const labels = Int32Array.from(target.data as Int32Array, (y) => (y + 1) % 3);
    const a = crossEntropy({ classWeights: [1, 2, 3] }).valueAndGrad(logits, target);
    const b = crossEntropy({ classWeights: [3, 1, 2] }).valueAndGrad(
      { data: moved, dims: logits.dims },
      { data: labels, dims: target.dims },
    );
    expect(relativeError([b.value], [a.value])).toBeLessThan(1e-6);
    expect(relativeError(b.grad.data.subarray(23, 46), a.grad.data.subarray(0, 23))).toBeLessThan(1e-6);
  });

  test("a sum loss over a batch is the sum over its images, within 1e-7 and bit for bit in the gradient", () => {
    const { logits, target } = labelProblem(13, [3, 4, 5, 5], "mild");
    const loss = crossEntropy({ reduction: "sum" });
    const all = loss.valueAndGrad(logits, target);
    let value = 0;
    for (let n = 0; n < 3; n++) {
      const part = loss.valueAndGrad(
        { data: logits.data.slice(n * 100, n * 100 + 100), dims: [1, 4, 5, 5] },
        { data: target.data.slice(n * 25, n * 25 + 25) as Int32Array, dims: [1, 5, 5] },
      );
      value += part.value;
      expect(bitsOf(part.grad.data)).toBe(bitsOf(all.grad.data.slice(n * 100, n * 100 + 100)));
    }
    expect(relativeError([all.value], [value])).toBeLessThan(1e-7);
  });

  test.each([[[6, 4]], [[3, 4, 2]], [[1, 4, 2, 3]], [[1, 4, 1, 2, 3]], [[1, 4, 2, 1, 3, 1]]])(
    "any number of spatial dims is as good: %j",
    (dims) => {
      const loss = weightedSum([
        [1, crossEntropy()],
        [1, dice()],
      ]);
      const { logits, target } = labelProblem(14, dims, "mild");
      const { value, grad } = loss.valueAndGrad(logits, target);
      const expected = referenceValueAndGrad(loss, logits, target);
      expect(grad.dims).toEqual(dims);
      expect(relativeError([value], [expected.value])).toBeLessThan(1e-6);
      expect(relativeError(grad.data, expected.grad)).toBeLessThan(2e-6);
    },
  );
});

describe("a perfect prediction", () => {
  test("costs at most 1e-6, for every loss", () => {
    const labels = { data: Uint8Array.of(0, 1, 2, 1), dims: [1, 2, 2] };
    const hot = { data: Float32Array.of(1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0), dims: [1, 3, 2, 2] };
    const logits = { data: hot.data.map((t) => (t === 1 ? 30 : -30)), dims: hot.dims };
    for (const loss of [crossEntropy(), dice(), dice({ smooth: 0 })]) {
      const { value, grad } = loss.valueAndGrad(logits, labels);
      expect(Math.abs(value), formatLoss(loss)).toBeLessThan(1e-6);
      expect(Math.max(...grad.data.map(Math.abs)), formatLoss(loss)).toBeLessThan(1e-6);
    }
    for (const loss of [binaryCrossEntropy(), focal(), sigmoidDice]) {
      expect(Math.abs(loss.value(logits, hot)), formatLoss(loss)).toBeLessThan(1e-6);
    }
    expect(binaryCrossEntropy({ input: "probabilities" }).value(hot, hot)).toBe(0);
    expect(focal({ input: "probabilities" }).value(hot, hot)).toBe(0);
  });
});

describe("extreme logits", () => {
  test.each([1e2, 1e4, 1e9])("of size %d leave value and gradient finite", (size) => {
    const random = seededRandom(15);
    const data = Float32Array.from({ length: 3 * 40 }, () => (random() < 0.5 ? -size : size * random()));
    const logits = { data, dims: [1, 3, 40] };
    const labels = { data: Uint8Array.from({ length: 40 }, (_, i) => i % 3), dims: [1, 40] };
    const hot = { data: Uint8Array.from({ length: 120 }, (_, i) => i % 2), dims: [1, 3, 40] };
    const problems: [Loss, Tensor][] = [
      [crossEntropy({ labelSmoothing: 0.1, classWeights: [1, 0, 3] }), labels],
      [dice(), labels],
      [dice({ smooth: 0 }), labels],
      [binaryCrossEntropy({ posWeight: 5 }), hot],
      [focal(), hot],
      [focal({ gamma: 0 }), hot],
      [focal({ gamma: 0.5, alpha: 0.25 }), hot],
      [sigmoidDice, hot],
    ];
    for (const [loss, target] of problems) {
      const { value, grad } = loss.valueAndGrad(logits, target);
      const name = formatLoss(loss);
      expect(Number.isFinite(value), name).toBe(true);
      expect(grad.data.every(Number.isFinite), name).toBe(true);
      const expected = referenceValueAndGrad(loss, logits, target);
      expect(Math.abs(value - expected.value), name).toBeLessThan(1e-6 * Math.max(1, expected.value));
    }
  });

  test("probabilities of exactly 0 and 1 cost 100 where they are wrong, as PyTorch's clamp", () => {
    const p = { data: Float32Array.of(0, 1, 0, 1), dims: [1, 1, 4] };
    const mask = { data: Uint8Array.of(0, 1, 1, 0), dims: [1, 4] };
    const { elements } = binaryCrossEntropy({ input: "probabilities", reduction: "none" }).evaluate(p, mask);
    expect(relativeError(elements!.data, [0, 0, 100, 100])).toBeLessThan(1e-6);
  });
});

describe("where arrays lie", () => {
  const problems: [string, Loss, { logits: Tensor<Float32Array>; target: Tensor }][] = [
    ["CE + Dice", parseLoss("cross-entropy + dice"), labelProblem(16, [2, 21, 1700], "mild")],
    ["BCE + focal", parseLoss("binary-cross-entropy + focal"), denseProblem(17, [2, 3, 1700], "mild")],
    ["Dice", sigmoidDice, denseProblem(18, [1, 1, 40000], "mild")],
  ];

  test.each(problems)("%s: the gradient may take the place of the logits", (_, loss, { logits, target }) => {
    const expected = loss.valueAndGrad(logits, target);
    const own = logits.data.slice();
    const inPlace = loss.valueAndGrad({ data: own, dims: logits.dims }, target, { out: own });
    expect(inPlace.grad.data).toBe(own);
    expectSameBits(inPlace, expected);
  });

  test.each(problems)("%s: `out` is where the gradient goes", (_, loss, { logits, target }) => {
    const before = logits.data.slice();
    const out = new Float32Array(logits.data.length).fill(Number.NaN);
    const result = loss.valueAndGrad(logits, target, { out });
    expect(result.grad.data).toBe(out);
    expectSameBits(result, loss.valueAndGrad(logits, target));
    expect(bitsOf(logits.data) === bitsOf(before), "the logits are as they were").toBe(true);
  });

  test.each(problems)(
    "%s: the same bits on a SharedArrayBuffer and at any offset of a buffer",
    (_, loss, problem) => {
      const { logits, target } = problem;
      const expected = loss.valueAndGrad(logits, target);
      const shared = new Float32Array(new SharedArrayBuffer(logits.data.length * 4));
      shared.set(logits.data);
      expectSameBits(loss.valueAndGrad({ data: shared as TypedArray, dims: logits.dims }, target), expected);
      const offset = new Float32Array(logits.data.length + 7).subarray(7);
      offset.set(logits.data);
      expectSameBits(loss.valueAndGrad({ data: offset, dims: logits.dims }, target), expected);
    },
  );

  test("a loss is the same twice, whatever ran between", () => {
    const [, loss, { logits, target }] = problems[0];
    const before = loss.valueAndGrad(logits, target);
    for (const [, other, problem] of problems) other.valueAndGrad(problem.logits, problem.target);
    expectSameBits(loss.valueAndGrad(logits, target), before);
  });
});

describe("a weighted sum", () => {
  const terms = (activation: "softmax" | "sigmoid"): [number, Loss][] =>
    activation === "softmax"
      ? [
          [1, crossEntropy({ ignoreIndex: 255, labelSmoothing: 0.1 })],
          [0.5, dice({ ignoreIndex: [255, 0] })],
          [-0.25, crossEntropy({ ignoreIndex: 255, reduction: "sum" })],
        ]
      : [
          [2, binaryCrossEntropy({ posWeight: 2 })],
          [0.5, sigmoidDice],
          [1, focal({ gamma: 1.5 })],
        ];

  test.each(["softmax", "sigmoid"] as const)(
    "of %s losses adds values within 1e-12 and gradients within 1e-6",
    (a) => {
      const { logits, target } =
        a === "softmax"
          ? labelProblem(19, [2, 3, 101], "mild", [255])
          : denseProblem(20, [2, 3, 101], "mild");
      const sum = weightedSum(terms(a)).valueAndGrad(logits, target);
      let value = 0;
      const grad = new Float64Array(logits.data.length);
      terms(a).forEach(([weight, loss], i) => {
        const part = loss.valueAndGrad(logits, target);
        value += weight * part.value;
        part.grad.data.forEach((g, at) => {
          grad[at] += weight * g;
        });
        expect(sum.terms[i]).toEqual({ id: loss.id, weight, value: part.value });
      });
      expect(relativeError([sum.value], [value])).toBeLessThan(1e-12);
      expect(relativeError(sum.grad.data, grad)).toBeLessThan(1e-6);
    },
  );

  test("counts the pixels of the term that counts most", () => {
    const logits = { data: new Float32Array(6), dims: [1, 2, 3] };
    const target = { data: Uint8Array.of(0, 1, 1), dims: [1, 3] };
    const loss = weightedSum([
      [1, crossEntropy({ ignoreIndex: 1 })],
      [1, dice()],
    ]);
    expect(loss.evaluate(logits, target).counted).toBe(3);
  });

  test("of sums is one flat sum, as data and as text", () => {
    const inner = parseLoss("cross-entropy + 0.5*dice");
    const outer = weightedSum([
      [2, inner],
      [-1, dice({ smooth: 0 })],
    ]);
    expect(formatLoss(outer)).toBe("2*cross-entropy + dice - dice(smooth=0)");
    const { logits, target } = labelProblem(21, [1, 3, 11], "mild");
    expectSameBits(
      parseLoss(formatLoss(outer)).valueAndGrad(logits, target),
      outer.valueAndGrad(logits, target),
    );
    expect(outer.evaluate(logits, target).terms.map(({ weight }) => weight)).toEqual([2, 1, -1]);
  });

  test("couples as its most demanding term", () => {
    expect(parseLoss("cross-entropy + cross-entropy").coupling).toBe("labels");
    expect(parseLoss("cross-entropy + dice").coupling).toBe("sums");
  });
});

describe("losses as data", () => {
  const expressions = [
    "binary-cross-entropy(posWeight=[1, 2, 3])",
    "cross-entropy(ignoreIndex=255, classWeights=[1, 0.5, 2], labelSmoothing=0.1, divisor=valid)",
    "focal(alpha=0.25, gamma=3, input=probabilities)",
    "dice(activation=softmax, smooth=0.5, allIgnored=nan)",
    "cross-entropy + 0.5*dice - 2*dice(smooth=0)",
  ];

  test.each(expressions)("%s survives JSON, and text", (expression) => {
    const loss = parseLoss(expression);
    const { id, options } = loss;
    const again = lossFrom(JSON.parse(JSON.stringify({ id, options })));
    expect({ id: again.id, options: again.options }).toEqual({ id, options });
    expect(formatLoss(again)).toBe(expression);
    const softmax = expression.includes("cross-entropy(i") || expression.includes("dice");
    const { logits, target } = softmax
      ? labelProblem(22, [1, 3, 19], "mild")
      : denseProblem(23, [1, 3, 19], "mild");
    const inside = { ...logits, data: logits.data.map((x) => (softmax ? x : 1 / (1 + Math.exp(-x)))) };
    expectSameBits(again.valueAndGrad(inside, target), loss.valueAndGrad(inside, target));
  });

  test("every loss of the catalogue is made from its id alone", () => {
    for (const { id, coupling } of catalogue) {
      const loss = lossFrom({ id, options: {} });
      expect(loss).toMatchObject({ id, options: {}, coupling });
    }
  });

  test("options left undefined are left out", () => {
    expect(lossFrom({ id: "focal", options: { gamma: 1, alpha: undefined! } }).options).toEqual({ gamma: 1 });
  });
});
