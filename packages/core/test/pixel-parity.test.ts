/** The SIMD kernels of losses that are sums over pixels, against the float64 reference, for every option and weights. */
import {
  inlineEngine,
  type Loss,
  type LossExtra,
  type PixelgradError,
  parseLoss,
  referenceValueAndGrad,
  type Tensor,
} from "@pixelgrad/core";
import {
  lossCases,
  problemOf,
  relativeError,
  seededRandom,
  tempers,
  uniformArray,
} from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";
import { expectParity } from "./parity-bounds.ts";
import { problemFor, weightsOf } from "./pixel-problems.ts";
import type { Problem } from "./problems.ts";
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

const cases = lossCases.filter((lossCase) => PIXEL_LOSSES.has(problemOf(lossCase, 1).loss.id));

describe.each(cases.map((lossCase) => [lossCase.loss, lossCase.target, lossCase] as const))(
  "%s of %s, %#: value within 1e-6, gradient within 2e-6 of float64",
  (_loss, _target, lossCase) => {
    test.each(tempers)(
      "on %s input, with and without pixel weights, at sizes 1, 3, 4, 5 and 31",
      (temper) => {
        const before = inlineEngine().tiles;
        for (const size of [1, 3, 4, 5, 31]) {
          const { loss, logits, target, extra } = problemOf(lossCase, 3 + size, temper, { spatial: [size] });
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
