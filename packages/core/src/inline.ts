/**
 * Runs a loss on the calling thread: the same pieces, in the same order, as any pool.
 *
 * @module
 */
import { LossEngine } from "./engine/loss-engine.ts";
import { type PieceOutputs, viewPiece } from "./engine/piece-view.ts";
import { checkTargetKind } from "./engine/target-tile.ts";
import { PixelgradError } from "./errors.ts";
import type { LossExtra, LossGradient, LossValue } from "./loss.ts";
import { cutPieces } from "./pieces.ts";
import { addSums, type LossPlan } from "./plan.ts";
import { layOut, type Problem } from "./problem.ts";
import type { Tensor } from "./tensor.ts";

let engine: LossEngine | undefined;

/** The engine of the calling thread, made at first use. */
export function inlineEngine(): LossEngine {
  engine ??= new LossEngine();
  return engine;
}

/** A call, checked at the door and ready to be cut in pieces. */
export interface LossCall {
  readonly plan: LossPlan;
  readonly problem: Problem;
  readonly outputs: PieceOutputs;
}

/** Checks shapes and makes room for what is asked. */
export function openCall(
  planFor: (classes: number) => LossPlan,
  logits: Tensor,
  target: Tensor,
  wantsGrad: boolean,
  extra: LossExtra = {},
): LossCall {
  const problem = layOut(logits, target);
  const plan = planFor(problem.classes);
  for (const { term } of plan.terms) {
    checkTargetKind(term, { ...problem, origin: { image: 0, begin: 0, ...problem } });
  }
  const rows = plan.elementRows;
  return {
    plan,
    problem,
    outputs: {
      ...(wantsGrad && { grad: gradientArray(problem, extra.out) }),
      ...(rows > 0 && {
        elements: new Float32Array(problem.images * rows * problem.pixels),
        elementRows: rows,
      }),
    },
  };
}

/** Both maps over all pieces, on this thread. */
export function runInline({ plan, problem, outputs }: LossCall): LossValue {
  const engine = inlineEngine();
  const pieces = cutPieces(problem.images, problem.classes, problem.pixels);
  const views = pieces.map((piece) => viewPiece(problem, piece, outputs));
  const first = new Float64Array(plan.firstLength);
  for (const view of views) addSums(first, engine.first(plan, view));
  const second = new Float64Array(plan.secondLength);
  if (outputs.grad !== undefined || plan.valueNeedsSecond) {
    const coefficients = plan.finish(first);
    for (const view of views) addSums(second, engine.second(plan, view, coefficients));
  }
  return closeCall({ plan, problem, outputs }, first, second);
}

/** The result of a call from its merged sums. */
export function closeCall(call: LossCall, first: Float64Array, second: Float64Array): LossValue {
  const { plan, problem, outputs } = call;
  const result = plan.result(first, second);
  if (outputs.elements === undefined) return result;
  const [images, , ...spatial] = problem.logitsDims as [number, number, ...number[]];
  const dims = plan.elementRows === 1 && problem.classes > 1 ? [images, ...spatial] : problem.logitsDims;
  return { ...result, elements: { data: outputs.elements, dims } };
}

/** A result with its gradient. */
export function withGrad(result: LossValue, { problem, outputs }: LossCall): LossGradient {
  return { ...result, grad: { data: outputs.grad as Float32Array, dims: problem.logitsDims } };
}

function gradientArray({ logits, logitsDims }: Problem, out: Float32Array | undefined): Float32Array {
  if (out === undefined) return new Float32Array(logits.length);
  if (out instanceof Float32Array && out.length === logits.length) return out;
  throw new PixelgradError(
    "SHAPE_MISMATCH",
    `extra.out must be a Float32Array of ${logits.length} elements, as many as the logits, got ${out.constructor.name} of ` +
      `${out.length}.`,
    { expected: logitsDims, got: [out.length] },
  );
}
