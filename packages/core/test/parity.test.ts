/** The SIMD kernels against the float64 reference, for every option. */
import {
  binaryCrossEntropy,
  crossEntropy,
  cutPieces,
  dice,
  focal,
  inlineEngine,
  type Loss,
  parseLoss,
  weightedSum,
} from "@pixelgrad/core";
import { type Temper, tempers } from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";
import { tilePixels } from "../src/engine/scratch.ts";
import { expectParity, type ParityBounds } from "./parity-bounds.ts";
import { denseProblem, labelProblem, type Problem, probabilityProblem } from "./problems.ts";

interface Family extends ParityBounds {
  readonly name: string;
  readonly loss: Loss;
  readonly make: (seed: number, dims: readonly number[], temper: Temper) => Problem;
  readonly classes: readonly number[];
  /**
   * Factor on the bounds. q^3.7 is exp(3.7 log q): on a pixel that is confidently right that exponent reaches -80, and
   * its rounding is a relative error of 4e-6 in a loss below 1e-17.
   */
  readonly slack?: number;
}

type Make = Family["make"];
const labels: Make = labelProblem;
const labelsIgnoring =
  (...ignored: number[]): Make =>
  (...problem) =>
    labelProblem(...problem, ignored);
const hard: Make = denseProblem;
const soft: Make = (...problem) => denseProblem(...problem, { soft: true });
const hardIgnoring =
  (...ignored: number[]): Make =>
  (...problem) =>
    denseProblem(...problem, { ignored });
const probabilities: Make = probabilityProblem;
const softProbabilities: Make = (...problem) => probabilityProblem(...problem, { soft: true });

const SOFTMAX = [2, 3, 21];
const SIGMOID = [1, 3];
const WEIGHTS_OF_3 = [0.3, 2.5, 1];

const FAMILIES: readonly Family[] = [
  { name: "CE", loss: crossEntropy(), make: labels, classes: [2, 3, 21, 150] },
  {
    name: "CE ignoring 255",
    loss: crossEntropy({ ignoreIndex: 255 }),
    make: labelsIgnoring(255),
    classes: SOFTMAX,
  },
  {
    name: "CE ignoring -100, 7 and a class",
    loss: crossEntropy({ ignoreIndex: [-100, 70, 1] }),
    make: labelsIgnoring(-100, 70),
    classes: SOFTMAX,
  },
  { name: "CE weighted", loss: crossEntropy({ classWeights: WEIGHTS_OF_3 }), make: labels, classes: [3] },
  {
    name: "CE weighted, divided by the valid",
    loss: crossEntropy({ classWeights: WEIGHTS_OF_3, divisor: "valid", ignoreIndex: 9 }),
    make: labelsIgnoring(9),
    classes: [3],
  },
  {
    name: "CE divided by all",
    loss: crossEntropy({ divisor: "all", ignoreIndex: 255 }),
    make: labelsIgnoring(255),
    classes: SOFTMAX,
  },
  { name: "CE smoothed 0.1", loss: crossEntropy({ labelSmoothing: 0.1 }), make: labels, classes: [2, 21] },
  { name: "CE smoothed 1", loss: crossEntropy({ labelSmoothing: 1 }), make: labels, classes: SOFTMAX },
  {
    name: "CE smoothed, weighted and ignoring",
    loss: crossEntropy({ labelSmoothing: 0.3, classWeights: WEIGHTS_OF_3, ignoreIndex: 255 }),
    make: labelsIgnoring(255),
    classes: [3],
  },
  { name: "CE sum", loss: crossEntropy({ reduction: "sum" }), make: labels, classes: SOFTMAX },
  { name: "CE none", loss: crossEntropy({ reduction: "none" }), make: labels, classes: SOFTMAX },

  { name: "BCE", loss: binaryCrossEntropy(), make: hard, classes: [1, 2, 3, 21, 150] },
  { name: "BCE of soft targets", loss: binaryCrossEntropy(), make: soft, classes: SIGMOID },
  {
    name: "BCE ignoring 255",
    loss: binaryCrossEntropy({ ignoreIndex: 255 }),
    make: hardIgnoring(255),
    classes: SIGMOID,
  },
  {
    name: "BCE ignoring -1 and 255",
    loss: binaryCrossEntropy({ ignoreIndex: [-1, 255] }),
    make: hardIgnoring(-1, 255),
    classes: SIGMOID,
  },
  { name: "BCE posWeight 3.5", loss: binaryCrossEntropy({ posWeight: 3.5 }), make: soft, classes: SIGMOID },
  {
    name: "BCE posWeight list",
    loss: binaryCrossEntropy({ posWeight: [0.25, 2, 0] }),
    make: hard,
    classes: [3],
  },
  { name: "BCE sum", loss: binaryCrossEntropy({ reduction: "sum" }), make: hard, classes: SIGMOID },
  { name: "BCE none", loss: binaryCrossEntropy({ reduction: "none" }), make: hard, classes: SIGMOID },
  {
    name: "BCE of probabilities",
    loss: binaryCrossEntropy({ input: "probabilities" }),
    make: probabilities,
    classes: SIGMOID,
  },
  {
    name: "BCE of probabilities, soft targets and posWeight",
    loss: binaryCrossEntropy({ input: "probabilities", posWeight: 2 }),
    make: softProbabilities,
    classes: SIGMOID,
  },

  ...[0, 0.5, 1, 2, 3.7].flatMap((gamma): Family[] => [
    {
      name: `focal gamma ${gamma}`,
      loss: focal({ gamma }),
      make: hard,
      classes: SIGMOID,
      slack: gamma === 3.7 ? 4 : 1,
    },
    { name: `focal gamma ${gamma} of soft targets`, loss: focal({ gamma }), make: soft, classes: SIGMOID },
    {
      name: `focal gamma ${gamma} of probabilities`,
      loss: focal({ gamma, input: "probabilities" }),
      make: probabilities,
      classes: SIGMOID,
      slack: gamma === 3.7 ? 4 : 1,
    },
  ]),
  ...[0, 0.5, 1, 2, 3.7].map(
    (alpha): Family => ({
      name: `focal alpha ${alpha}`,
      loss: focal({ alpha }),
      make: hard,
      classes: SIGMOID,
    }),
  ),
  {
    name: "focal sum, ignoring 255",
    loss: focal({ reduction: "sum", ignoreIndex: 255 }),
    make: hardIgnoring(255),
    classes: [1, 21],
  },

  { name: "Dice softmax", loss: dice(), make: labels, classes: [2, 3, 21, 150], naturalScale: 1 },
  {
    name: "Dice softmax, smooth 0",
    loss: dice({ smooth: 0 }),
    make: labels,
    classes: SOFTMAX,
    naturalScale: 1,
  },
  {
    name: "Dice softmax, ignoring",
    loss: dice({ ignoreIndex: [255, 0] }),
    make: labelsIgnoring(255),
    classes: SOFTMAX,
    naturalScale: 1,
  },
  {
    name: "Dice sigmoid",
    loss: dice({ activation: "sigmoid" }),
    make: hard,
    classes: [1, 2, 3, 21],
    naturalScale: 1,
  },
  {
    name: "Dice sigmoid, soft targets, smooth 0",
    loss: dice({ activation: "sigmoid", smooth: 0 }),
    make: soft,
    classes: SIGMOID,
    naturalScale: 1,
  },
  {
    name: "Dice sigmoid, ignoring",
    loss: dice({ activation: "sigmoid", ignoreIndex: 255 }),
    make: hardIgnoring(255),
    classes: SIGMOID,
    naturalScale: 1,
  },
  ...[
    "dice(form=log, accumulate=image)",
    "dice(average=micro)",
    "dice(emptyClass=skip, classes=foreground, form=negative)",
    "smp:dice",
    "jaccard",
    "tversky(falsePositiveWeight=0.3, falseNegativeWeight=0.7)",
    "asymmetric-similarity",
    "soft-f1",
    "generalized-dice",
    "penalty-generalized-dice(volumeWeights=simple)",
  ].map(
    (loss): Family => ({
      name: loss,
      loss: parseLoss(loss),
      make: labels,
      classes: [2, 21],
      naturalScale: 1,
    }),
  ),
  {
    name: "Tversky sigmoid of soft targets",
    loss: parseLoss("tversky(activation=sigmoid, falsePositiveWeight=0.2, falseNegativeWeight=1)"),
    make: soft,
    classes: SIGMOID,
    naturalScale: 1,
  },

  {
    name: "CE + 0.5 Dice",
    loss: weightedSum([
      [1, crossEntropy({ ignoreIndex: 255 })],
      [0.5, dice({ ignoreIndex: 255 })],
    ]),
    make: labelsIgnoring(255),
    classes: SOFTMAX,
    naturalScale: 0.5,
  },
  {
    name: "BCE + 2 focal + 0.25 Dice",
    loss: weightedSum([
      [1, binaryCrossEntropy()],
      [2, focal()],
      [0.25, dice({ activation: "sigmoid" })],
    ]),
    make: soft,
    classes: SIGMOID,
    naturalScale: 0.25,
  },
];

function expectFamilyParity(
  { loss, make, ...bounds }: Family,
  dims: readonly number[],
  temper: Temper,
): void {
  const seed = dims.reduce((a, b) => 31 * a + b, 7);
  expectParity(loss, make(seed, dims, temper), `${temper} ${dims.join("x")}`, bounds);
}

describe.each(FAMILIES)("$name: SIMD is within 1e-6 in value and 2e-6 in gradient of float64", (family) => {
  test.each(tempers)("on %s logits at sizes 0, 1, 3, 4, 5 and 31", (temper) => {
    const before = inlineEngine().tiles;
    for (const classes of family.classes) {
      for (const pixels of [0, 1, 3, 4, 5, 31]) expectFamilyParity(family, [1, classes, pixels], temper);
      expectFamilyParity(family, [0, classes, 5], temper);
      expectFamilyParity(family, [2, classes, 3, 5], temper);
    }
    expect(inlineEngine().tiles, "tiles the SIMD kernels ran on").toBeGreaterThan(before);
  });
});

const named = (name: string): Family => FAMILIES.find((family) => family.name === name)!;

describe("around the edges of a tile", () => {
  test.each([
    ["BCE", 21],
    ["BCE posWeight 3.5", 3],
    ["focal gamma 2", 21],
    ["focal gamma 3.7", 3],
    ["Dice sigmoid", 21],
    ["CE", 21],
    ["CE smoothed, weighted and ignoring", 3],
    ["CE", 150],
    ["Dice softmax", 21],
    ["Dice softmax", 150],
    ["CE + 0.5 Dice", 21],
  ])("%s of %i classes holds the same bounds", (name, classes) => {
    const tile = tilePixels(classes);
    const edges = classes === 3 ? [tile + 1] : [tile - 1, tile, tile + 1];
    for (const pixels of edges) {
      const before = inlineEngine().tiles;
      for (const temper of ["mild", "confident"] as const)
        expectFamilyParity(named(name), [1, classes, pixels], temper);
      // Value, then value and gradient, of two problems; each has up to two maps over one or two tiles.
      const tiles = pixels > tile ? 2 : 1;
      expect((inlineEngine().tiles - before) % tiles).toBe(0);
      expect(inlineEngine().tiles - before).toBeGreaterThanOrEqual(4 * tiles);
    }
  });
});

describe("around the edges of a piece", () => {
  test.each([
    ["BCE", 1, 1],
    ["focal gamma 2", 3, 1],
    ["Dice sigmoid", 1, -1],
    ["CE ignoring 255", 21, 1],
    ["CE", 150, 1],
    ["Dice softmax", 150, 1],
  ])("%s of %i classes, %i pixel beyond the edge, holds the same bounds", (name, classes, beyond) => {
    const [{ count }] = cutPieces(1, classes, Number.MAX_SAFE_INTEGER / 2 ** 30);
    expect(cutPieces(1, classes, count + 1)).toHaveLength(2);
    expectFamilyParity(named(name), [1, classes, count + beyond], "mild");
  });
});
