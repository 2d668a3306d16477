/** Calls with a class mask on the SIMD kernels of losses that are sums over pixels, against the float64 reference. */
import { inlineEngine, parseLoss, type Tensor } from "@pixelgrad/core";
import { tempers } from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";
import { expectParity } from "./parity-bounds.ts";
import { type Kind, problemFor, weightsOf } from "./pixel-problems.ts";
import type { Problem } from "./problems.ts";

const DIMS = [2, 4, 37];
const PIXELS = 37;

/** The first image without class 1, the second without 0 and 3. */
const classMask = { data: Uint8Array.of(1, 0, 1, 1, 0, 1, 1, 0), dims: [2, 4] };

/** Labels of closed classes become that of class 2; the logits of closed classes, which nothing reads, are NaN. */
function masked({ logits, target }: Problem): Problem {
  const isOpen = (image: number, c: number) => classMask.data[4 * image + c] === 1;
  const data = logits.data.map((x, i) =>
    isOpen(Math.floor(i / (4 * PIXELS)), Math.floor(i / PIXELS) % 4) ? x : Number.NaN,
  );
  if (target.dims.length === 3) return { logits: { data, dims: DIMS }, target };
  const labels = Int32Array.from(target.data as Int32Array, (y, i) =>
    isOpen(Math.floor(i / PIXELS), y) ? y : 2,
  );
  return { logits: { data, dims: DIMS }, target: { data: labels, dims: target.dims } };
}

const cases: readonly (readonly [loss: string, kind: Kind])[] = [
  ["cross-entropy", "labels"],
  ["cross-entropy(classWeights=[1, 2, 0.5, 3])", "labels"],
  ["cross-entropy(zLoss=0.1)", "labels"],
  ["cross-entropy", "soft targets"],
  ["poly", "labels"],
  ["generalized-cross-entropy", "labels"],
  ["symmetric-cross-entropy", "soft targets"],
  ["focal(activation=softmax)", "labels"],
  ["focal(activation=softmax)", "one-hot targets"],
  ["nll", "labels"],
  ["binary-cross-entropy", "channels"],
  ["binary-cross-entropy(oneVsRest=true)", "labels"],
  ["binary-cross-entropy(posWeight=dynamic)", "soft channels"],
  ["focal", "channels"],
  ["quality-focal", "soft channels"],
  ["penalty-reduced-focal", "channels"],
  ["cross-entropy + binary-cross-entropy(oneVsRest=true)", "labels"],
];

describe.each(cases)("%s of %s without some classes", (text, kind) => {
  test.each(tempers)("keeps the bounds on %s logits, weighted or not, on the kernels", (temper) => {
    const before = inlineEngine().tiles;
    const problem = masked(problemFor(kind, DIMS, temper, 21));
    for (const extra of [{ classMask }, { classMask, pixelWeights: weightsOf([2, PIXELS]) }]) {
      expectParity(parseLoss(text), { ...problem, extra }, Object.keys(extra).join());
    }
    expect(inlineEngine().tiles, "tiles the SIMD kernels ran on").toBeGreaterThan(before);
  });

  test("leaves the gradient of what is left out at 0", () => {
    const { logits, target } = masked(problemFor(kind, DIMS, "mild", 22));
    const { grad } = parseLoss(text).valueAndGrad(logits, target, { classMask });
    expect(grad.data.every((g, i) => !Number.isNaN(logits.data[i]) || g === 0)).toBe(true);
  });
});

test.each(["cross-entropy", "poly", "focal(activation=softmax)"])(
  "%s names a label whose class is left out",
  (text) => {
    const { logits, target } = masked(problemFor("labels", DIMS, "mild", 23));
    const wrong: Tensor = { data: (target.data as Int32Array).with(PIXELS + 5, 3), dims: target.dims };
    const before = inlineEngine().tiles;
    expect(() => parseLoss(text).valueAndGrad(logits, wrong, { classMask })).toThrow(
      expect.objectContaining({
        code: "LABEL_MASKED",
        context: expect.objectContaining({ position: [1, 5] }),
      }),
    );
    expect(inlineEngine().tiles).toBeGreaterThan(before);
  },
);
