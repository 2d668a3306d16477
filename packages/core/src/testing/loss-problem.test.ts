import { describe, expect, test } from "vitest";
import { lossCases } from "./cases/index.ts";
import type { LossCase } from "./cases/loss-case.ts";
import { problemOf, tempers } from "./loss-problem.ts";

const labels: LossCase = {
  loss: "cross-entropy(ignoreIndex=255)",
  target: "labels",
  classes: 4,
  spatial: [5, 7],
};

describe("the problem of a case", () => {
  test("is the same for the same seed, and another for another", () => {
    for (const lossCase of lossCases) {
      expect(problemOf(lossCase, 1).logits).toEqual(problemOf(lossCase, 1).logits);
      expect(problemOf(lossCase, 1).logits).not.toEqual(problemOf(lossCase, 2).logits);
    }
  });

  test("has labels of every class, and ignored ones where the loss ignores a value", () => {
    const { target } = problemOf(labels, 1);
    expect(target.dims).toEqual([2, 5, 7]);
    expect([...new Set(target.data as Int32Array)].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 255]);
  });

  test("has shares that add up to exactly 1, or hard targets, as the case says", () => {
    const dense: LossCase = { loss: "cross-entropy", target: "dense", classes: 3, spatial: [6] };
    const sums = (lossCase: LossCase) => {
      const data = problemOf(lossCase, 3).target.data as Float32Array;
      return Array.from({ length: 6 }, (_, i) => data[i] + data[i + 6] + data[i + 12]);
    };
    expect(sums({ ...dense, simplex: true })).toEqual([1, 1, 1, 1, 1, 1]);
    const hard = problemOf({ ...dense, hard: true }, 3).target.data as Float32Array;
    expect([...new Set(hard)].sort()).toEqual([0, 1]);
  });

  test("has logits of its temper, and probabilities that keep 1/64 away from 0 and 1", () => {
    const sizes = (temper: (typeof tempers)[number]) =>
      [...problemOf(labels, 4, temper).logits.data].map(Math.abs);
    expect(Math.max(...sizes("mild"))).toBeLessThanOrEqual(4);
    for (const temper of ["confident", "right"] as const) {
      expect(Math.min(...sizes(temper))).toBeGreaterThanOrEqual(8);
      expect(Math.max(...sizes(temper))).toBeLessThanOrEqual(28);
    }
    for (const loss of ["binary-cross-entropy(input=probabilities)", "dice(input=probabilities)"]) {
      for (const temper of tempers) {
        const { logits } = problemOf(
          { loss, input: "probabilities", target: "dense", classes: 3, spatial: [50] },
          5,
          temper,
        );
        expect(Math.min(...logits.data)).toBeGreaterThanOrEqual(1 / 64);
        expect(Math.max(...logits.data)).toBeLessThanOrEqual(63 / 64);
      }
    }
  });

  test("right is never wrong", () => {
    const { logits, target } = problemOf({ ...labels, loss: "cross-entropy" }, 6, "right");
    for (let i = 0; i < 35; i++) {
      const column = [0, 1, 2, 3].map((c) => logits.data[c * 35 + i]);
      expect(column.indexOf(Math.max(...column))).toBe(target.data[i]);
    }
  });

  test("brings the teacher and the distance maps a loss cannot do without", () => {
    const { extra, logits } = problemOf({ ...labels, needs: ["teacher", "distanceMaps"] }, 7);
    expect(extra.teacher?.dims).toEqual(logits.dims);
    expect(extra.teacher?.data).not.toEqual(logits.data);
    expect(extra.distanceMaps?.dims).toEqual(logits.dims);
  });
});
