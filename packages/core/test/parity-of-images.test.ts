/** The SIMD kernels of losses that rank, measure or score whole images, against the float64 reference. */
import { cutPieces, inlineEngine, parseLoss } from "@pixelgrad/core";
import { type Temper, tempers } from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";
import { tilePixels } from "../src/engine/scratch.ts";
import { expectParity } from "./parity-bounds.ts";
import { denseProblem, labelProblem, type Problem } from "./problems.ts";

type Make = (seed: number, dims: readonly number[], temper: Temper) => Problem;

const labels: Make = labelProblem;
const labelsIgnoring: Make = (...problem) => labelProblem(...problem, [255]);
const hard: Make = denseProblem;
const soft: Make = (...problem) => denseProblem(...problem, { soft: true });
const hardIgnoring: Make = (...problem) => denseProblem(...problem, { ignored: [255] });

const WEIGHTS = "classWeights=[0.3, 2.5, 1]";

const FAMILIES: readonly (readonly [loss: string, make: Make, classes: readonly number[]])[] = [
  ["lovasz-softmax", labels, [2, 3, 21, 150]],
  ["lovasz-softmax(ignoreIndex=255, accumulate=image)", labelsIgnoring, [2, 21]],
  ["lovasz-softmax(ignoreIndex=[255, 1], classes=all)", labelsIgnoring, [3, 21]],
  [`lovasz-softmax(classes=[0, 2], ${WEIGHTS}, weighting=normalized)`, labels, [3]],
  ["lovasz-softmax", hard, [1]],
  ["lovasz-softmax(classes=all, ignoreIndex=255)", hardIgnoring, [1]],
  ["lovasz-softmax", soft, [1]],
  ["lovasz-hinge", hard, [1, 3]],
  ["lovasz-hinge(ignoreIndex=255, accumulate=image)", hardIgnoring, [1, 3]],
  ["lovasz-hinge", soft, [1, 3]],
  ["top-k(percent=30)", labels, [2, 3, 21, 150]],
  [`top-k(percent=30, ${WEIGHTS}, ignoreIndex=255, counts=all)`, labelsIgnoring, [3]],
  ["top-k(percent=30)", hard, [1]],
  ["top-k(percent=30, base=binary-cross-entropy, ignoreIndex=255, accumulate=image)", hardIgnoring, [1, 3]],
  [`top-k(base=binary-cross-entropy, ${WEIGHTS})`, soft, [3]],
  ["ohem(minKept=4)", labels, [2, 21]],
  [`ohem(minKept=2, ${WEIGHTS}, ignoreIndex=255)`, labelsIgnoring, [3]],
  ["ohem(variant=stdc, threshold=0.3)", labels, [3]],
  [`ohem(variant=stdc, ${WEIGHTS}, accumulate=image)`, labels, [3]],
  ["ohem(variant=paddle, minKept=3)", labels, [3, 21]],
  ["bootstrapped(ignoreIndex=255)", labelsIgnoring, [2, 21]],
  [`bootstrapped(minKept=2, lossThreshold=1, ${WEIGHTS})`, labels, [3]],
  ["boundary", labels, [2, 3, 21]],
  ["boundary(classes=all, ignoreIndex=255, activation=sigmoid, reduction=sum)", hardIgnoring, [1, 3]],
  ["hausdorff-dt", labels, [2, 21]],
  ["hausdorff-dt(alpha=1, transform=log, ignoreIndex=255)", labelsIgnoring, [3]],
  ["hausdorff-dt(activation=sigmoid)", soft, [1, 3]],
  ["hausdorff-erosion(erosions=3)", labels, [2, 3]],
  ["hausdorff-erosion(erosions=3)", hard, [1]],
  ["cl-dice(ignoreIndex=255)", labelsIgnoring, [2, 21]],
  ["dice-cl-dice", hard, [1]],
  ["focal-tversky", labels, [2, 3, 21]],
  ["focal-tversky(gamma=2, focus=mean, ignoreIndex=255)", labelsIgnoring, [3]],
  ["focal-tversky(activation=sigmoid)", soft, [1, 3]],
  ["log-cosh-dice", labels, [2, 21]],
  ["log-cosh-dice(activation=sigmoid, ignoreIndex=255)", hardIgnoring, [1, 3]],
  ["mcc", labels, [2, 21, 150]],
  ["mcc(smooth=0.01, average=micro, ignoreIndex=255)", labelsIgnoring, [3]],
  ["mcc(activation=sigmoid)", soft, [1, 3]],
  ["sensitivity-specificity", labels, [2, 21]],
  ["sensitivity-specificity(accumulate=image, ignoreIndex=255)", labelsIgnoring, [3]],
  ["sensitivity-specificity(activation=sigmoid)", soft, [1, 3]],
  ["sensitivity-specificity(activation=sigmoid, ignoreIndex=255)", hardIgnoring, [1, 3]],
  ["combo(beta=0.3)", labels, [2, 3, 21, 150]],
  ["combo(alpha=0.9, beta=0.8, ignoreIndex=255)", labelsIgnoring, [3]],
  ["combo(alpha=1, beta=0)", labels, [3]],
  ["combo(beta=0.2)", soft, [1]],
  ["combo(activation=sigmoid, beta=1, ignoreIndex=255)", hardIgnoring, [1, 3]],
  ["exponential-logarithmic", labels, [2, 21]],
  [`exponential-logarithmic(gammaCrossEntropy=1.5, ${WEIGHTS}, ignoreIndex=255)`, labelsIgnoring, [3]],
  ["exponential-logarithmic(ignoreIndex=255)", hardIgnoring, [1]],
  ["exponential-logarithmic", soft, [1]],
  ["unified-focal", labels, [2, 21]],
  ["unified-focal(variant=symmetric, ignoreIndex=255, accumulate=batch)", labelsIgnoring, [3]],
  ["unified-focal", hard, [1]],
  ["unified-focal(variant=symmetric)", soft, [1]],
  ["generalized-wasserstein-dice(distances=[[0, 1, 2], [1, 0, 0.5], [2, 0.5, 0]])", labels, [3]],
  [
    "generalized-wasserstein-dice(distances=[[0, 1], [1, 0]], variant=generalized, ignoreIndex=255)",
    labelsIgnoring,
    [2],
  ],
  ["nacl", labels, [2, 21]],
  ["nacl(distance=l2, kernel=gaussian, ignoreIndex=255)", labelsIgnoring, [3]],
  ["cross-entropy + 0.5 * lovasz-softmax", labels, [3, 21]],
  ["lovasz-softmax + top-k + dice", labels, [3]],
];

function expectFamilyParity(loss: string, make: Make, dims: readonly number[], temper: Temper): void {
  const seed = dims.reduce((a, b) => 31 * a + b, 7);
  expectParity(parseLoss(loss), make(seed, dims, temper), `${temper} ${dims.join("x")}`, { naturalScale: 1 });
}

describe.each(FAMILIES)(
  "%s, %#: SIMD is within 1e-6 in value and 2e-6 in gradient of float64",
  (...family) => {
    const [loss, make, classCounts] = family;
    test.each(tempers)("on %s logits at sizes 0, 1, 3, 4, 5 and 31", (temper) => {
      const before = inlineEngine().tiles;
      for (const classes of classCounts) {
        for (const pixels of [0, 1, 3, 4, 5, 31])
          expectFamilyParity(loss, make, [1, classes, pixels], temper);
        expectFamilyParity(loss, make, [0, classes, 5], temper);
        expectFamilyParity(loss, make, [2, classes, 3, 5], temper);
      }
      expect(inlineEngine().tiles, "tiles the SIMD kernels ran on").toBeGreaterThan(before);
    });

    test("around the edges of a tile and of a piece", () => {
      const classes = classCounts.at(-1)!;
      const tile = tilePixels(classes);
      const piece = cutPieces(1, classes, Number.MAX_SAFE_INTEGER / 2 ** 30)[0]!.count;
      for (const pixels of [tile - 1, tile, tile + 1]) {
        expectFamilyParity(loss, make, [1, classes, pixels], "mild");
        if (classes > 3) expectFamilyParity(loss, make, [1, classes, pixels], "confident");
      }
      if (classes === 21) expectFamilyParity(loss, make, [1, classes, piece + 1], "mild");
    });
  },
);

describe("logits of 1e9", () => {
  test.each(["lovasz-softmax", "lovasz-hinge", "top-k", "ohem", "bootstrapped"])(
    "%s has a finite value and gradient",
    (loss) => {
      const isDense = loss === "lovasz-hinge";
      const make = isDense ? hard : labels;
      const { logits, target } = make(5, [1, 3, 67], "mild");
      for (const factor of [1e9, -1e9]) {
        const data = logits.data.map((x) => Math.sign(x) * factor);
        const { value, grad } = parseLoss(loss).valueAndGrad({ ...logits, data }, target);
        expect(Number.isFinite(value)).toBe(true);
        expect(grad.data.every(Number.isFinite)).toBe(true);
      }
    },
  );
});
