/** Whatever is wrong with a call, every loss answers with one PixelgradError that has the right code. */
import {
  catalogue,
  crossEntropy,
  type ErrorCode,
  isPixelgradError,
  type Loss,
  type LossExtra,
  lossFrom,
  type Tensor,
} from "@pixelgrad/core";
import { type LossProblem, lossCases, problemOf } from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";

/** What a caller without types may do. */
type Spoiled = { readonly [K in keyof Pick<LossProblem, "logits" | "target" | "extra">]?: unknown };

const floats = (data: readonly number[], dims: readonly number[]) => ({
  data: Float32Array.from(data),
  dims,
});

function filled(dims: readonly number[], value: number): Tensor<Float32Array> {
  return { data: new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(value), dims };
}

const spatialOf = ({ dims }: Tensor) => [dims[0], ...dims.slice(2)];

const refusals: readonly (readonly [string, ErrorCode, (problem: LossProblem) => Spoiled])[] = [
  ["no logits", "TYPE_MISMATCH", () => ({ logits: null })],
  ["no target", "TYPE_MISMATCH", () => ({ target: undefined })],
  [
    "logits in a plain array",
    "TYPE_MISMATCH",
    ({ logits }) => ({ logits: { ...logits, data: [...logits.data] } }),
  ],
  [
    "logits in a DataView",
    "TYPE_MISMATCH",
    ({ logits }) => ({ logits: { ...logits, data: new DataView(logits.data.buffer) } }),
  ],
  [
    "float64 logits",
    "TYPE_MISMATCH",
    ({ logits }) => ({ logits: { ...logits, data: Float64Array.from(logits.data) } }),
  ],
  [
    "a logit missing",
    "SHAPE_MISMATCH",
    ({ logits }) => ({ logits: { ...logits, data: logits.data.slice(1) } }),
  ],
  [
    "a label missing",
    "SHAPE_MISMATCH",
    ({ target }) => ({ target: { ...target, data: target.data.slice(1) } }),
  ],
  [
    "negative dims",
    "SHAPE_MISMATCH",
    ({ logits }) => ({ logits: { ...logits, dims: logits.dims.map((d, axis) => (axis < 2 ? -d : d)) } }),
  ],
  [
    "dims that are no whole numbers",
    "SHAPE_MISMATCH",
    ({ logits: { data, dims } }) => ({
      logits: { data, dims: [dims[0] * 4, dims[1] / 4, ...dims.slice(2)] },
    }),
  ],
  ["no channel axis", "SHAPE_MISMATCH", () => ({ logits: floats([1, 2], [2]), target: floats([0, 1], [2]) })],
  [
    "no channel",
    "SHAPE_MISMATCH",
    ({ logits }) => ({ logits: floats([], [1, 0, 2]), target: floats([], [logits.dims[0], 0, 2]) }),
  ],
  ["an extra that is null", "TYPE_MISMATCH", () => ({ extra: null })],
  ["an extra that does not exist", "OPTION_UNKNOWN", () => ({ extra: { pixelWeight: 1 } })],
  ["a layout that is none", "TYPE_MISMATCH", () => ({ extra: { layout: "nchw" } })],
  ["pixel weights in a plain array", "TYPE_MISMATCH", () => ({ extra: { pixelWeights: [1] } })],
  [
    "pixel weights that are not one per pixel",
    "SHAPE_MISMATCH",
    ({ logits }) => ({ extra: { pixelWeights: filled([...spatialOf(logits), 2], 1) } }),
  ],
  ...[Number.NaN, Number.POSITIVE_INFINITY, -1].map(
    (value) =>
      [
        `a pixel weight of ${value}`,
        "WEIGHT_INVALID",
        ({ logits }: LossProblem) => ({ extra: { pixelWeights: filled(spatialOf(logits), value) } }),
      ] as const,
  ),
  [
    "a class mask of too many classes",
    "SHAPE_MISMATCH",
    ({ logits }) => ({ extra: { classMask: filled([logits.dims[1] + 1], 1) } }),
  ],
  ["a teacher of other dims", "SHAPE_MISMATCH", () => ({ extra: { teacher: floats([1], [1]) } })],
  ["distance maps of other dims", "SHAPE_MISMATCH", () => ({ extra: { distanceMaps: floats([1], [1]) } })],
  [
    "distance maps with NaN",
    "VALUE_NOT_FINITE",
    ({ logits }) => ({ extra: { distanceMaps: filled(logits.dims, Number.NaN) } }),
  ],
  ["an out that is too short", "SHAPE_MISMATCH", () => ({ extra: { out: new Float32Array(1) } })],
  ["an out that is no array", "SHAPE_MISMATCH", ({ logits }) => ({ extra: { out: logits } })],
  ["an out that is null", "SHAPE_MISMATCH", () => ({ extra: { out: null } })],
  [
    "a label of 1.5",
    "LABEL_OUT_OF_RANGE",
    ({ target }) => ({
      target: { ...target, data: Float32Array.from(target.data as Float32Array).fill(1.5, 0, 1) },
    }),
  ],
];

/** A refusal about labels says so of dense targets with another code. */
function codeFor(code: ErrorCode, { target, logits }: LossProblem): ErrorCode {
  return code === "LABEL_OUT_OF_RANGE" && target.dims.length === logits.dims.length
    ? "TARGET_OUT_OF_RANGE"
    : code;
}

function call(loss: Loss, problem: LossProblem, spoiled: Spoiled): unknown {
  const { logits, target, extra } = {
    ...problem,
    ...spoiled,
    extra: spoiled.extra === null ? null : { ...problem.extra, ...(spoiled.extra as LossExtra) },
  };
  return loss.valueAndGrad(logits as Tensor, target as Tensor, extra as LossExtra);
}

function codeOf(run: () => unknown): ErrorCode | "none" {
  try {
    run();
  } catch (error) {
    if (isPixelgradError(error)) return error.code;
    throw error;
  }
  return "none";
}

const firstCases = catalogue.map(({ id }) => lossCases.find(({ loss }) => loss.replace(/\(.*/, "") === id)!);

describe.each(firstCases.map((lossCase) => [lossCase.loss, problemOf(lossCase, 1)] as const))(
  "%s",
  (_, problem) => {
    test.each(refusals)("refuses %s: %s", (_, code, spoil) => {
      expect(codeOf(() => call(problem.loss, problem, spoil(problem)))).toBe(codeFor(code, problem));
    });

    test("refuses what is no gradient of its elements", () => {
      const { loss, logits, target, extra } = problem;
      const { id, options } = loss;
      const run = (options: Loss["options"], upstream: unknown) => () =>
        lossFrom({ id, options }).valueAndGrad(logits, target, { ...extra, upstream: upstream as Tensor });
      const { reduction: _, ...reduced } = options;
      expect(codeOf(run(reduced, floats([1], [1])))).toBe("OPTION_CONFLICT");
      const none = { ...options, reduction: "none" };
      if (codeOf(() => lossFrom({ id, options: none })) !== "none") return;
      const { dims } = lossFrom({ id, options: none }).evaluate(logits, target, extra).elements!;
      const { data } = filled(dims, 1);
      expect(codeOf(run(none, { data, dims }))).toBe("none");
      expect(codeOf(run(none, { data, dims: [...dims, 3] }))).toBe("SHAPE_MISMATCH");
      expect(codeOf(run(none, filled([...dims, 3], 1)))).toBe("SHAPE_MISMATCH");
      expect(codeOf(run(none, filled(dims, Number.NaN)))).toBe("VALUE_NOT_FINITE");
      expect(codeOf(run(none, [...data]))).toBe("TYPE_MISMATCH");
      expect(codeOf(run(none, { data: new BigInt64Array(data.length), dims }))).toBe("TYPE_MISMATCH");
    });

    test("of images whose classes are all left out and whose pixels are ignored has a finite value and gradient", () => {
      const { id, options } = problem.loss;
      const { value, grad } = lossFrom({ id, options: { ...options, ignoreIndex: 255 } }).valueAndGrad(
        problem.logits,
        { data: new Uint8Array(problem.target.data.length).fill(255), dims: problem.target.dims },
        {
          ...problem.extra,
          classMask: { data: new Uint8Array(problem.logits.dims[1]), dims: [problem.logits.dims[1]] },
        },
      );
      expect(value).toBe(0);
      expect(grad.data.every((slope) => slope === 0)).toBe(true);
    });

    test("its plan is for a whole number of channels", () => {
      for (const channels of [0, -1, 1.5, Number.NaN]) {
        expect(codeOf(() => problem.loss.plan(channels))).toBe("OPTION_INVALID");
      }
    });
  },
);

test.each([
  undefined,
  null,
  5,
  "dice",
  {},
  { id: "dice" },
  { id: 5, options: {} },
  { id: "dice", options: null },
])("a loss is not made from %j", (spec) => {
  expect(codeOf(() => lossFrom(spec as never))).toBe("TYPE_MISMATCH");
});

test.each([null, 5, "gamma", []])("options are not %j", (options) => {
  expect(codeOf(() => crossEntropy(options as never))).toBe("TYPE_MISMATCH");
});
