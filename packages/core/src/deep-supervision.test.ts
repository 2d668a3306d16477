import { describe, expect, test } from "vitest";
import { type DeepSupervisionOptions, deepSupervision, joinLevelGradients } from "./deep-supervision.ts";
import { lossFrom } from "./loss-from.ts";
import { boundary } from "./losses/boundary.ts";
import { crossEntropy } from "./losses/cross-entropy.ts";
import { dice } from "./losses/dice.ts";
import { nearestTarget } from "./nearest-target.ts";
import { seededRandom, uniformArray } from "./testing/random.ts";
import { relativeError } from "./testing/relative-error.ts";
import { weightedSum } from "./weighted-sum.ts";

const random = seededRandom(1);
const tensorOf = (...dims: number[]) => ({
  data: uniformArray(
    random,
    dims.reduce((a, b) => a * b),
  ),
  dims,
});
const levels = [tensorOf(2, 3, 8, 6), tensorOf(2, 3, 4, 3), tensorOf(2, 3, 2, 1), tensorOf(2, 3, 1, 1)];
const labels = { data: Uint8Array.from({ length: 96 }, () => Math.floor(3 * random())), dims: [2, 8, 6] };
const inner = weightedSum([
  [1, crossEntropy()],
  [0.5, dice()],
]);

describe("deep supervision", () => {
  test.each<[string, DeepSupervisionOptions, readonly number[]]>([
    ["exponential by default", {}, [1, 0.5, 0.25, 0.125]],
    ["as MONAI", { preset: "monai" }, [1, 0.5, 0.25, 0.125]],
    ["the same", { weights: "same" }, [1, 1, 1, 1]],
    ["one and halves", { weights: "two" }, [1, 0.5, 0.5, 0.5]],
    ["as nnU-Net", { weights: "nnunet" }, [4 / 7, 2 / 7, 1 / 7, 0]],
    ["as nnU-Net by preset", { preset: "nnunet" }, [4 / 7, 2 / 7, 1 / 7, 0]],
    ["a list", { weights: [0.1, 0, 3, 1] }, [0.1, 0, 3, 1]],
  ])("weighs levels %s, value and gradient", (_, options, weights) => {
    const { value, grad, terms, counted } = deepSupervision(inner, options).valueAndGrad(levels, labels);
    const alone = levels.map((logits) => inner.valueAndGrad(logits, nearestTarget("t", labels, logits.dims)));
    const expected = alone.reduce((sum, level, l) => sum + weights[l] * level.value, 0);
    expect(relativeError([value], [expected])).toBeLessThan(1e-14);
    grad.forEach((got, l) => {
      expect(got.dims).toEqual(levels[l].dims);
      expect(
        relativeError(
          got.data,
          alone[l].grad.data.map((g) => weights[l] * g),
        ),
      ).toBeLessThan(1e-6);
    });
    expect(terms.map(({ id }) => id)).toEqual(new Array(4).fill(["cross-entropy", "dice"]).flat());
    expect(relativeError([value], [terms.reduce((sum, t) => sum + t.weight * t.value, 0)])).toBeLessThan(
      1e-14,
    );
    expect(counted).toBe(96);
  });

  test("has weights of at least 1/16 if exponential", () => {
    const many = Array.from({ length: 7 }, () => tensorOf(1, 2, 1));
    const { terms } = deepSupervision(dice()).evaluate(many, { data: Uint8Array.of(1), dims: [1, 1] });
    expect(terms.map(({ weight }) => weight)).toEqual([1, 0.5, 0.25, 0.125, 0.0625, 0.0625, 0.0625]);
  });

  test("of one tensor is the loss itself, and of a list of one as well", () => {
    const alone = inner.valueAndGrad(levels[0], labels);
    for (const weights of ["exponential", "same", "two", "nnunet"] as const) {
      const deep = deepSupervision(inner, { weights });
      expect(deep.valueAndGrad(levels[0], labels)).toEqual(alone);
      const { grad, ...rest } = alone;
      expect(deep.valueAndGrad([levels[0]], labels)).toEqual({ ...rest, grad: [grad] });
      expect(deep.value(levels[0], labels)).toBe(alone.value);
    }
  });

  test("is the sum of its levels as calls of their own", () => {
    const deep = deepSupervision(inner);
    const calls = deep.levels?.(levels, labels) ?? [];
    const results = calls.map(({ loss, logits, target, extra }) =>
      lossFrom(loss).valueAndGrad(logits, target, extra),
    );
    expect(joinLevelGradients(results)).toEqual(deep.valueAndGrad(levels, labels));
  });

  test("is rebuilt from its data", () => {
    const deep = deepSupervision(inner, { weights: [1, 2, 3, 4] });
    const again = lossFrom(JSON.parse(JSON.stringify({ id: deep.id, options: deep.options })));
    expect(again.options).toEqual(deep.options);
    expect(again.value(levels, labels)).toBe(deep.value(levels, labels));
  });
});

describe("the extras of deep supervision", () => {
  test("pixel weights are resized with the target, layout and class mask are those of all levels", () => {
    const pixelWeights = { data: uniformArray(random, 96).map(Math.abs), dims: [2, 8, 6] };
    const zeros = { data: labels.data.map((y) => (y === 2 ? 0 : y)), dims: labels.dims };
    const classMask = { data: Uint8Array.of(1, 1, 0), dims: [3] };
    const last = levels.map(({ data, dims: [n, c, h, w] }) => ({ data, dims: [n, h, w, c] }));
    const layout = "channels-last" as const;
    const deep = deepSupervision(crossEntropy(), { weights: "same" });
    const got = deep.value(last, zeros, { pixelWeights, classMask, layout });
    const expected = last.reduce((sum, logits) => {
      const resized = nearestTarget("t", pixelWeights, logits.dims, layout);
      const extra = { pixelWeights: resized, classMask, layout };
      return sum + crossEntropy().value(logits, nearestTarget("t", zeros, logits.dims, layout), extra);
    }, 0);
    expect(relativeError([got], [expected])).toBeLessThan(1e-14);
  });

  test("distance maps and out come one per level", () => {
    const two = levels.slice(0, 2);
    const distanceMaps = two.map(({ dims }) => tensorOf(...dims));
    const out = two.map(({ data }) => new Float32Array(data.length));
    const { value, grad } = deepSupervision(boundary(), { weights: [1, 2] }).valueAndGrad(two, labels, {
      distanceMaps,
      out,
    });
    const expected = two.map((logits, l) => {
      const target = nearestTarget("t", labels, logits.dims);
      return boundary().value(logits, target, { distanceMaps: distanceMaps[l] });
    });
    expect(relativeError([value], [expected[0] + 2 * expected[1]])).toBeLessThan(1e-14);
    expect(grad.map(({ data }) => data)).toEqual(out);
    expect(grad[1].data).toBe(out[1]);
  });

  test("a tensor where a list is due is refused", () => {
    const distanceMaps = tensorOf(2, 3, 8, 6);
    expect(() => deepSupervision(boundary()).value(levels, labels, { distanceMaps } as never)).toThrow(
      expect.objectContaining({
        code: "TYPE_MISMATCH",
        message: "extra.distanceMaps must be a list of 4, one per level, got no list.",
      }),
    );
  });
});

describe("deep supervision refuses", () => {
  const code = (code: string) => expect.objectContaining({ code });

  test("a loss that has no place in it, and a place in a sum", () => {
    expect(() => deepSupervision(crossEntropy({ reduction: "none" }))).toThrow(code("OPTION_INVALID"));
    expect(() => deepSupervision(deepSupervision(dice()))).toThrow(code("OPTION_INVALID"));
    expect(() => weightedSum([[0.5, deepSupervision(dice())]])).toThrow(code("OPTION_INVALID"));
    expect(() => lossFrom({ id: "deep-supervision", options: {} })).toThrow(code("OPTION_INVALID"));
  });

  test("weights of another number than levels, an empty list, and what is no tensor", () => {
    expect(() => deepSupervision(dice(), { weights: [1, 2] }).value(levels, labels)).toThrow(
      code("OPTION_INVALID"),
    );
    expect(() => deepSupervision(dice()).value([], labels)).toThrow(code("TYPE_MISMATCH"));
    expect(() => deepSupervision(dice()).value([{} as never], labels)).toThrow(code("TYPE_MISMATCH"));
  });

  test.each([
    ["images", tensorOf(1, 3, 4, 3)],
    ["channels", tensorOf(2, 4, 4, 3)],
    ["dims", tensorOf(2, 3, 4)],
  ])("levels of different %s", (_, level) => {
    const [first] = levels;
    expect(() => deepSupervision(dice()).valueAndGrad([first, level], labels)).toThrow(
      code("SHAPE_MISMATCH"),
    );
  });

  test("what is no loss, and an extra that is null", () => {
    for (const loss of [undefined, null, "dice", {}, { id: "dice", options: {} }]) {
      expect(() => deepSupervision(loss as never)).toThrow(code("OPTION_INVALID"));
      expect(() => weightedSum([[1, loss as never]])).toThrow(code("OPTION_INVALID"));
    }
    expect(() => deepSupervision(dice()).value(levels, labels, null as never)).toThrow(code("TYPE_MISMATCH"));
  });

  test("options of another kind", () => {
    expect(() => deepSupervision(dice(), { weights: "equal" as never })).toThrow(code("OPTION_INVALID"));
    expect(() => deepSupervision(dice(), { scheme: "monai" } as never)).toThrow(code("OPTION_UNKNOWN"));
  });
});

test("a loss of one tensor refuses a list of logits and says what takes one", () => {
  expect(() => dice().valueAndGrad(levels, labels)).toThrowErrorMatchingInlineSnapshot(
    `[PixelgradError: dice takes one tensor of logits, got a list of 4: a list is for deep-supervision(loss=dice).]`,
  );
});
