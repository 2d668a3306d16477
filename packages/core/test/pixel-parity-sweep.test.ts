/** The SIMD kernels of losses that are sums over pixels, against the float64 reference: classes, sizes and huge logits. */
import { inlineEngine, parseLoss } from "@pixelgrad/core";
import { seededRandom, tempers, uniformArray } from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";
import { tilePixels } from "../src/engine/scratch.ts";
import { expectParity } from "./parity-bounds.ts";
import { type Kind, problemFor } from "./pixel-problems.ts";

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
