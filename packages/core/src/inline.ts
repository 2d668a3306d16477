/**
 * Runs a loss on the calling thread: the same pieces, in the same order, as any pool.
 *
 * @module
 */
import { LossEngine } from "./engine/loss-engine.ts";
import { type PieceOutputs, type PieceView, viewPiece } from "./engine/piece-view.ts";
import type { UnitRoom } from "./engine/unit-room.ts";
import { PixelgradError } from "./errors.ts";
import { fillingPlaces, fillUnit, makeFields, measureUnit, measuringPlaces, unitAt } from "./field-units.ts";
import type { LossExtra, LossGradient, LossValue } from "./loss.ts";
import { cutPieces } from "./pieces.ts";
import { addSums, type LossPlan } from "./plan.ts";
import { layOut, type Problem } from "./problem.ts";
import { checkTarget, checkUpstream } from "./target-kind.ts";
import { elementCount, type Tensor } from "./tensor.ts";

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

/** Sums of both maps, image by image. */
export interface ImageSums {
  readonly first: readonly Float64Array[];
  readonly second: readonly Float64Array[];
}

/** Checks shapes and makes room for what is asked. */
export function openCall(
  planFor: (classes: number) => LossPlan,
  logits: Tensor,
  target: Tensor,
  wantsGrad: boolean,
  extra: LossExtra = {},
): LossCall {
  const problem = layOut(logits, target, extra);
  const plan = planFor(problem.classes);
  for (const { term } of plan.terms) checkTarget(term, problem);
  if (extra.upstream !== undefined) {
    checkUpstream(plan.terms[0].term.id, elementDims(plan, problem), extra.upstream);
  }
  return { plan, problem, outputs: outputsOf(plan, problem, wantsGrad, extra.out) };
}

function outputsOf(plan: LossPlan, problem: Problem, wantsGrad: boolean, out?: Float32Array): PieceOutputs {
  const rows = plan.elementRows;
  return {
    ...(wantsGrad && { grad: gradientArray(problem, out) }),
    ...(rows > 0 && { elements: new Float32Array(problem.images * rows * problem.pixels) }),
  };
}

/** One Float64Array of zeros per image. */
export function zeroSums({ images }: Problem, length: number): Float64Array[] {
  return Array.from({ length: images }, () => new Float64Array(length));
}

/** All maps over all pieces, on this thread. */
export function runInline(call: LossCall): LossValue {
  return closeCall(call, mapsOf(call, inlineEngine()));
}

/** What the maps of a loss run on: a {@link LossEngine}, or the reference. */
export interface MapEngine {
  /** Where packed units run; absent in the reference. */
  readonly units?: UnitRoom;
  first(plan: LossPlan, view: PieceView): Float64Array;
  second(plan: LossPlan, view: PieceView, coefficients: Float64Array): Float64Array;
}

/** The sums of all maps; gradient and elements are written where the call has room for them. */
export function mapsOf({ plan, problem, outputs }: LossCall, engine: MapEngine): ImageSums {
  const pieces = cutPieces(problem.images, problem.classes, problem.pixels);
  const first = zeroSums(problem, plan.firstLength);
  const second = zeroSums(problem, plan.secondLength);
  const { units } = engine;
  const fields = makeFields(
    plan,
    problem,
    (length, term) => units?.field(term, length) ?? new Float64Array(length),
  );
  const kernels = units !== undefined;
  const kept = { fields, ...roomForSoftmax(problem, outputs) };
  for (const piece of pieces) {
    addSums(first[piece.image], engine.first(plan, viewPiece(plan, problem, piece, kept)));
  }
  for (const place of measuringPlaces(plan, problem)) {
    const { term, image } = place;
    const unit = unitAt(plan, problem, fields, place, kernels);
    const sums = measureUnit(plan.terms[term].term, unit, units);
    addSums(plan.firstOf(first[image], term), sums);
  }
  const coefficients = plan.finish(first, problem.upstream);
  const runsSecond = needsSecond({ plan, problem, outputs });
  for (const place of fillingPlaces(plan, problem, runsSecond)) {
    const { term, image } = place;
    const unit = unitAt(plan, problem, fields, place, kernels);
    const own = plan.coefficientsOf(coefficients[image], term);
    addSums(plan.secondOf(second[image], term), fillUnit(plan.terms[term].term, unit, own, units));
  }
  if (runsSecond) {
    for (const piece of pieces) {
      const view = viewPiece(plan, problem, piece, { ...outputs, ...kept });
      addSums(second[piece.image], engine.second(plan, view, coefficients[piece.image]));
    }
  }
  return { first, second };
}

/** The gradient's array, for the softmax to wait in between the maps, unless it holds logits. */
export function roomForSoftmax({ logits }: Problem, { grad }: PieceOutputs): Pick<PieceOutputs, "softmax"> {
  if (grad === undefined) return {};
  const { buffer, byteOffset, byteLength } = grad;
  const overlaps =
    buffer === logits.buffer &&
    byteOffset < logits.byteOffset + logits.byteLength &&
    logits.byteOffset < byteOffset + byteLength;
  return overlaps ? {} : { softmax: grad };
}

/** Whether the second map has to run: for the gradient, the elements, or the value itself. */
export function needsSecond({ plan, outputs }: LossCall): boolean {
  return outputs.grad !== undefined || outputs.elements !== undefined || plan.valueNeedsSecond;
}

/** The result of a call from its merged sums. */
export function closeCall({ plan, problem, outputs }: LossCall, { first, second }: ImageSums): LossValue {
  const result = plan.result(first, second);
  const dims = elementDims(plan, problem);
  if (dims === undefined) return result;
  const data = outputs.elements ?? plan.terms[0].term.classElements?.(first);
  return { ...result, elements: { data: data as Float32Array, dims } };
}

/** A result with its gradient. */
export function withGrad(result: LossValue, { problem, outputs }: LossCall): LossGradient {
  return { ...result, grad: { data: outputs.grad as Float32Array, dims: problem.logitsDims } };
}

/** The dims of the elements; undefined when the loss returns none. */
function elementDims(
  plan: LossPlan,
  { images, spatial, classes, logitsDims }: Problem,
): readonly number[] | undefined {
  switch (plan.elementKind) {
    case "none":
      return undefined;
    case "pixels":
      return [images, ...spatial];
    case "logits":
      return logitsDims;
    case "classes":
      return plan.terms[0].term.classElementDims?.(images) ?? [images, classes];
  }
}

function gradientArray({ logits, logitsDims }: Problem, out: Float32Array | undefined): Float32Array {
  if (out === undefined) return new Float32Array(elementCount(logitsDims));
  if (out instanceof Float32Array && out.length === logits.length) return out;
  const got = ArrayBuffer.isView(out)
    ? `${out.constructor.name} of ${out.length}`
    : out === null
      ? "null"
      : typeof out;
  throw new PixelgradError(
    "SHAPE_MISMATCH",
    `extra.out must be a Float32Array of ${logits.length} elements, as many as the logits, got ${got}.`,
    { expected: logitsDims, got: ArrayBuffer.isView(out) ? [out.length] : [] },
  );
}
