/** The SIMD kernels of losses that are sums over pixels, against the float64 reference. */
import { inlineEngine, type Loss, type LossExtra, type PixelgradError, parseLoss, referenceValueAndGrad, type Tensor } from "@pixelgrad/core";
import {
  lossCases,
  problemOf,
  relativeError,
  seededRandom,
  type Temper,
  tempers,
  uniformArray,
} from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";
import { tilePixels } from "../src/engine/scratch.ts";
import { expectParity } from "./parity-bounds.ts";
import { denseProblem, labelProblem, type Problem } from "./problems.ts";
import { withoutPixelKernel } from "./without-kernel.ts";

const PIXEL_LOSSES = new Set([
  "cross-entropy",
  "nll",
  "poly",
  "generalized-cross-entropy",
  "symmetric-cross-entropy",
  "focal",
  "focal-cosine",
  "bi-tempered",
  "kl-divergence",
  "js-divergence",
  "binary-cross-entropy",
  "balanced-binary-cross-entropy",
  "quality-focal",
  "penalty-reduced-focal",
]);

/** Pixel weights, one in eight of them 0, so that what they multiply is not forgotten. */
function weightsOf(dims: readonly number[]): Tensor<Float32Array> {
  const random = seededRandom(5);
  const length = dims.reduce((a, b) => a * b, 1);
  return { data: Float32Array.from({ length }, () => (random() < 0.125 ? 0 : 3 * random())), dims };
}

const cases = lossCases.filter((lossCase) => PIXEL_LOSSES.has(problemOf(lossCase, 1).loss.id));

describe.each(cases.map((lossCase) => [lossCase.loss, lossCase.target, lossCase] as const))(
  "%s of %s, %#: value within 1e-6, gradient within 2e-6 of float64",
  (_loss, _target, lossCase) => {
    test.each(tempers)(
      "on %s input, with and without pixel weights, at sizes 1, 3, 4, 5 and 31",
      (temper) => {
        const before = inlineEngine().tiles;
        for (const size of [1, 3, 4, 5, 31]) {
          const { loss, logits, target, extra } = problemOf(lossCase, 3 + size, temper, { spatial: [size] 
  test("says of nothing what float64 says", () => {
    const { loss, logits, target, extra } = problemOf(lossCase, 2, "mild", { spatial: [0] });
    const outcome = (run: () => { readonly value: number }): unknown => {
      try {
        return run().value;
      } catch (error) {
        return (error as PixelgradError).code;
      }
    };
    const expected = outcome(() => referenceValueAndGrad(loss, logits, target, extra));
    expect(outcome(() => loss.valueAndGrad(logits, target, extra))).toBe(expected);
  });
});
          const pixelWeights = weightsOf([logits.dims[0], size]);
          expectParity(loss, { logits, target, extra }, `${temper} ${size}`);
          expectParity(
            loss,
            { logits, target, extra: { ...extra, pixelWeights } },
            `${temper} ${size} weighted`,
          );
        }
        const ran = inlineEngine().tiles > before;
        const { loss, target } = lossCase;
        const why = withoutPixelKernel[loss] ?? withoutPixelKernel[`${loss} of ${target}`];
        expect(ran, "whether the SIMD kernels ran").toBe(why === undefined);
      },
    );
  },
);

/** A dense target whose channels add up to 1, or of one class each. */
function classTarget({ logits }: Problem, seed: number, hard: boolean): Tensor<Float32Array> {
  const random = seededRandom(seed);
  const { dims } = logits;
  const [images, classes, pixels] = dims as [number, number, number];
  const data = new Float32Array(images * classes * pixels);
  for (let pixel = 0; pixel < images * pixels; pixel++) {
    const at = (c: number) => (Math.floor(pixel / pixels) * classes + c) * pixels + (pixel % pixels);
    const parts = Array.from({ length: classes }, () => random());
    const total = parts.reduce((a, b) => a + b, 0);
    const label = Math.floor(random() * classes);
    for (let c = 0; c < classes; c++) data[at(c)] = hard ? Number(c === label) : parts[c] / total;
  }
  return { data, dims };
}

type Kind =
  | "labels"
  | "one-hot targets"
  | "soft targets"
  | "labels and a teacher"
  | "channels"
  | "soft channels";

function problemFor(
  kind: Kind,
  dims: readonly number[],
  temper: Temper,
  seed: number,
): Problem & { extra: LossExtra } {
  if (kind === "channels" || kind === "soft channels") {
    return { ...denseProblem(seed, dims, temper, { soft: kind === "soft channels" }), extra: {} };
  }
  const problem = labelProblem(seed, dims, temper);
  if (kind === "labels") return { ...problem, extra: {} };
  if (kind === "labels and a teacher") {
    return { ...problem, extra: { teacher: labelProblem(seed + 1, dims, temper).logits } };
  }
  return {
    logits: problem.logits,
    target: classTarget(problem, seed, kind === "one-hot targets"),
    extra: {},
  };
}

const SOFTMAX: readonly Kind[] = ["labels", "one-hot targets", "soft targets"];
const DIVERGENCE: readonly Kind[] = ["labels and a teacher", "soft targets"];
const SIGMOID: readonly Kind[] = ["channels", "soft channels"];

interface Sweep {
  readonly loss: string;
  readonly kinds: readonly Kind[];
  readonly classes: readonly number[];
  /** See parity.test.ts: u^3.7 has 3.7 times the relative error of u. */
  readonly slack?: number;
}

const sweeps: readonly Sweep[] = [
  ...[
    "cross-entropy",
    "cross-entropy(zLoss=0.01, labelSmoothing=0.2)",
    "poly(epsilon=5)",
    "poly(epsilon=-0.5)",
    "generalized-cross-entropy(q=0)",
    "generalized-cross-entropy(q=0.05)",
    "generalized-cross-entropy",
    "symmetric-cross-entropy",
    "focal(activation=softmax)",
    "focal(activation=softmax, gamma=0.5)",
  ].map((loss) => ({ loss, kinds: SOFTMAX, classes: [2, 3, 8, 21, 150] })),
  { loss: "focal(activation=softmax, gamma=3.7)", kinds: SOFTMAX, classes: [2, 21], slack: 4 },
  ...[
    "generalized-cross-entropy(q=1)",
    "symmetric-cross-entropy(alpha=0)",
    "focal-cosine",
    "focal-cosine(gamma=0.3, focalWeight=3)",
    "bi-tempered",
    "bi-tempered(t1=0, t2=4)",
    "bi-tempered(t1=0.5, t2=2)",
  ].map((loss) => ({ loss, kinds: ["labels"] as const, classes: [2, 3, 21, 150] })),
  ...[
    "kl-divergence",
    "kl-divergence(direction=reverse)",
    "kl-divergence(temperature=3)",
    "js-divergence",
    "js-divergence(temperature=0.7)",
  ].map((loss) => ({ loss, kinds: DIVERGENCE, classes: [2, 3, 21, 150] })),
  ...[
    "binary-cross-entropy(labelSmoothing=0.1)",
    "binary-cross-entropy(posWeight=dynamic)",
    "balanced-binary-cross-entropy",
    "poly(base=binary-cross-entropy)",
    "quality-focal",
    "quality-focal(beta=3.3)",
    "penalty-reduced-focal",
    "penalty-reduced-focal(positiveThreshold=0.7, alpha=1.5)",
    "focal(softTargets=linear, alpha=0.25, alphaMode=balanced)",
    "focal(softTargets=linear, gamma=0.5)",
    "focal(softTargets=logit, gamma=1.3)",
    "focal(softTargets=split, gamma=3.7)",
  ].map((loss) => ({ loss, kinds: SIGMOID, classes: [1, 3] })),
];

describe.each(sweeps.flatMap(({ kinds, ...sweep }) => kinds.map((kind) => ({ ...sweep, kind }))))(
  "$loss of $kind: value within 1e-6, gradient within 2e-6 of float64",
  ({ loss: text, kind, classes, slack = 1 }) => {
    const loss = parseLoss(text);

    test.each(tempers)("on %s logits, whatever the number of classes", (temper) => {
      const before = inlineEngine().tiles;
      for (const count of classes) {
        // One pixel may nearly hit a soft target: float32 has no digits then that its gradient could be relative to.
        for (const pixels of kind.startsWith("soft") ? [5, 31] : [1, 5, 31]) {
          expectParity(
            loss,
            problemFor(kind, [1, count, pixels], temper, 977 + pixels + count),
            `${count}x${pixels}`,
            {
              slack,
            },
          );
        }
      }
      expect(inlineEngine().tiles, "tiles the SIMD kernels ran on").toBeGreaterThan(before);
    });

    test("around the edges of a tile", () => {
      const count = classes[1];
      for (const pixels of [tilePixels(count) - 1, tilePixels(count) + 1]) {
        expectParity(loss, problemFor(kind, [1, count, pixels], "mild", 5), `${count}x${pixels}`, { slack });
      }
    });

    test("logits of up to 1e9 make finite values and gradients", () => {
      const count = classes[0];
      const problem = problemFor(kind, [1, count, 31], "mild", 6);
      const random = seededRandom(8);
      const huge = uniformArray(random, problem.logits.data.length, 1e9);
      const { value, grad } = loss.valueAndGrad(
        { ...problem.logits, data: huge },
        problem.target,
        problem.extra,
      );
      expect(Number.isFinite(value)).toBe(true);
      expect(grad.data.every(Number.isFinite)).toBe(true);
    });
  },
);

function expectOnKernels(loss: Loss, problem: Problem & { extra: LossExtra }, where: string): void {
  const before = inlineEngine().tiles;
  expectParity(loss, problem, where);
  expect(inlineEngine().tiles, `tiles of ${where}`).toBeGreaterThan(before);
}

describe("weights and upstream gradients on the kernels", () => {
  const dims = [2, 3, 37];
  const pixelWeights = weightsOf([2, 37]);
  const upstreamOf = (shape: readonly number[]): Tensor<Float32Array> => ({
    data: uniformArray(
      seededRandom(12),
      shape.reduce((a, b) => a * b, 1),
    ),
    dims: shape,
  });

  test.each([
    ["cross-entropy(reduction=none)", "labels", [2, 37]],
    ["focal(activation=softmax, reduction=none)", "soft targets", [2, 37]],
    ["binary-cross-entropy(reduction=none)", "channels", dims],
    ["focal(reduction=none, alpha=0.25, alphaMode=balanced)", "soft channels", dims],
  ] as const)("%s of %s keeps the bounds", (text, kind, elementDims) => {
    const loss = parseLoss(text);
    for (const extra of [
      { upstream: upstreamOf(elementDims) },
      { upstream: upstreamOf(elementDims), pixelWeights },
    ]) {
      const problem = { ...problemFor(kind, dims, "mild", 9), extra };
      expectOnKernels(loss, problem, Object.keys(extra).join());
      const got = loss.evaluate(problem.logits, problem.target, extra).elements!;
      const plain = loss.evaluate(problem.logits, problem.target).elements!;
      const rows = elementDims.length === 3 ? 3 : 1;
      const expected = plain.data.map((element, i) => {
        const pixel = Math.floor(i / (37 * rows)) * 37 + (i % 37);
        return "pixelWeights" in extra ? Math.fround(pixelWeights.data[pixel] * element) : element;
      });
      expect(relativeError(got.data, expected)).toBeLessThan(1e-6);
    }
  });

  test.each([
    ["cross-entropy + 0.5*poly + 2*binary-cross-entropy(oneVsRest=true)", "labels"],
    ["nll - 0.25*bi-tempered + focal-cosine + generalized-cross-entropy", "labels"],
    ["cross-entropy + binary-cross-entropy + quality-focal", "soft targets"],
    ["kl-divergence(temperature=2) + 0.5*cross-entropy", "labels and a teacher"],
  ] as const)("the sum %s of %s keeps the bounds, weighted or not", (text, kind) => {
    const problem = problemFor(kind, dims, "mild", 10);
    expectOnKernels(parseLoss(text), problem, "plain");
    expectOnKernels(parseLoss(text), { ...problem, extra: { ...problem.extra, pixelWeights } }, "weighted");
  });

  test("weights of another type are read as numbers", () => {
    const { logits, target } = problemFor("labels", dims, "mild", 11);
    const loss = parseLoss("cross-entropy");
    const bytes = { data: Uint8Array.from({ length: 74 }, (_, i) => i % 3), dims: [2, 37] };
    expectOnKernels(loss, { logits, target, extra: { pixelWeights: bytes } }, "uint8");
  });
});
