/** Problems that tell something about a gradient. @module */
import { type ReferenceResult, referenceValueAndGrad } from "../reference-value.ts";
import type { LossCase } from "./cases/index.ts";
import { centralDifferences } from "./central-differences.ts";
import { type LossProblem, type ProblemSize, problemOf } from "./loss-problem.ts";

export interface TellingProblem {
  readonly problem: LossProblem;
  readonly reference: ReferenceResult;
  /** The gradient by differences. */
  readonly differences: Float64Array;
}

/** Seeds that are tried, with mild logits and then with confident ones. */
const SEEDS = 50;

export interface TellingOptions {
  readonly size?: ProblemSize;
  /** Adds what else the problem brings, such as weights. */
  readonly complete?: (problem: LossProblem, seed: number) => LossProblem;
}

/** The first problem of a case, from `seed` on, in which the loss has a gradient and no kink beside a logit. */
export function tellingProblem(
  lossCase: LossCase,
  seed: number,
  { size = {}, complete = (problem) => problem }: TellingOptions = {},
): TellingProblem {
  for (const temper of ["mild", "confident"] as const) {
    for (let i = seed; i < seed + SEEDS; i++) {
      const problem = complete(problemOf(lossCase, i, temper, size), i);
      const { loss, logits, target, extra } = problem;
      const reference = referenceValueAndGrad(loss, logits, target, extra);
      if (reference.grad.every((slope) => slope === 0)) continue;
      const { grad, kinks } = centralDifferences(loss, problem);
      if (kinks.length === 0) return { problem, reference, differences: grad };
    }
  }
  throw new Error(`${lossCase.loss}: of ${SEEDS} problems each has a kink beside a logit, or no gradient.`);
}
