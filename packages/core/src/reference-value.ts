/**
 * Runs a loss on its float64 maps alone, from float64 logits to a float64 gradient. Slow and plain: the oracle of the
 * SIMD kernels, and what central differences are taken of.
 *
 * @module
 */
import type { PieceView } from "./engine/piece-view.ts";
import { firstOverPixels, secondOverPixels } from "./engine/pixel-loop.ts";
import { type MapEngine, mapsOf } from "./inline.ts";
import type { Loss, LossExtra, LossValue } from "./loss.ts";
import type { LossPlan } from "./plan.ts";
import { layOut, type Problem } from "./problem.ts";
import { checkTarget } from "./target-kind.ts";
import type { Tensor } from "./tensor.ts";

export interface ReferenceResult extends Omit<LossValue, "elements"> {
  /** d value / d logits, with the dims of the logits. */
  readonly grad: Float64Array;
}

/** The float64 maps, pixel by pixel, on whatever arrays a view has. */
export const referenceEngine: MapEngine = {
  first(plan, view) {
    const sums = new Float64Array(plan.firstLength);
    firstOverPixels({ plan, terms: allTerms(plan), view, begin: 0, count: view.count }, sums);
    return sums;
  },
  second(plan, view: PieceView, coefficients) {
    const sums = new Float64Array(plan.secondLength);
    const stretch = { plan, terms: allTerms(plan), view, begin: 0, count: view.count };
    secondOverPixels(stretch, coefficients, sums, view.rows.grad);
    return sums;
  },
};

/**
 * The loss and its gradient in float64.
 * @param logits - `[N, C, ...spatial]`, float32 or float64.
 * @param target - as for `loss.valueAndGrad`.
 */
export function referenceValueAndGrad(
  loss: Loss,
  logits: Tensor,
  target: Tensor,
  extra: LossExtra = {},
): ReferenceResult {
  const x = Float64Array.from(logits.data as Float64Array);
  const call = openReference(loss, x, logits.dims, target, extra);
  const grad = new Float64Array(x.length);
  const { first, second } = mapsOf({ ...call, outputs: { grad } }, referenceEngine);
  return { ...call.plan.result(first, second), grad };
}

/**
 * The value alone, of logits that may change from call to call: what differences are taken of.
 * @param x - the logits, read anew each time.
 */
export function referenceValueOf(
  loss: Loss,
  x: Float64Array,
  dims: readonly number[],
  target: Tensor,
  extra: LossExtra = {},
): () => number {
  const call = { ...openReference(loss, x, dims, target, extra), outputs: {} };
  return () => {
    const { first, second } = mapsOf(call, referenceEngine);
    return call.plan.result(first, second).value;
  };
}

function openReference(
  loss: Loss,
  x: Float64Array,
  dims: readonly number[],
  target: Tensor,
  extra: LossExtra,
): { readonly plan: LossPlan; readonly problem: Problem } {
  const problem = { ...layOut({ data: Float32Array.from(x), dims }, target, extra), logits: x };
  const plan = loss.plan(problem.classes);
  for (const { term } of plan.terms) checkTarget(term, problem);
  return { plan, problem };
}

function allTerms(plan: LossPlan): number[] {
  return plan.terms.map((_, i) => i);
}
