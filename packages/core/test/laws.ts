/**
 * Identities that relate a loss to itself on a changed batch, in float64, within 1e-12. Each is a function that throws
 * where a loss breaks it, so that exceptions can be held to being needed.
 *
 * @module
 */
import {
  elementCount,
  type Loss,
  type LossOptions,
  type LossSpec,
  type OptionValue,
  type ReferenceResult,
  referenceValueAndGrad,
  type Tensor,
  type TypedArray,
} from "@pixelgrad/core";
import { type LossCase, type LossProblem, problemOf, relativeError } from "@pixelgrad/core/testing";
import { expect } from "vitest";
import {
  definitionOf,
  effectiveOptions,
  indices,
  isDense,
  partsOf,
  take,
  takeOfProblem,
  withOptions,
} from "./derived-losses.ts";

const BOUND = 1e-12;
/** A label and a target that no case knows. */
const IGNORED = -7;

function answer({ loss, logits, target, extra }: LossProblem): ReferenceResult {
  return referenceValueAndGrad(loss, logits, target, extra);
}

function gradOf({ grad }: ReferenceResult, { logits }: LossProblem): Tensor<Float64Array> {
  return { data: grad, dims: logits.dims };
}

function expectSame(got: number, wanted: number, gotGrad: Float64Array, wantedGrad: Float64Array): void {
  expect(relativeError([got], [wanted]), "value").toBeLessThanOrEqual(BOUND);
  expect(relativeError(gotGrad, wantedGrad), "gradient").toBeLessThanOrEqual(BOUND);
}

function expectZeros({ data }: Tensor<Float64Array>): void {
  expect(data.filter((slope) => slope !== 0)).toHaveLength(0);
}

/** Whether the loss has this option of its own. */
function has({ id }: LossSpec, option: string): boolean {
  return definitionOf(id)?.fields[option] !== undefined;
}

/** Pixel weights of 1 change nothing. */
function weightsOfOne(lossCase: LossCase): void {
  const problem = problemOf(lossCase, 11);
  const extra = { ...problem.extra, pixelWeights: weightsOf(problem, () => 1) };
  const plain = answer(problem);
  const weighted = answer({ ...problem, extra });
  expectSame(weighted.value, plain.value, weighted.grad, plain.grad);
}

/** A pixel of weight 0 is an ignored pixel, where the divisor is the weights. */
function weightsOfZero(lossCase: LossCase): void {
  const problem = problemOf(lossCase, 12);
  const byWeights = (part: LossSpec): LossOptions => ({
    ...part.options,
    ...(has(part, "divisor") && { divisor: "weights" }),
  });
  const left = (pixel: number) => pixel % 4 === 1;
  const weighted = answer({
    ...problem,
    loss: withOptions(problem.loss, byWeights),
    extra: { ...problem.extra, pixelWeights: weightsOf(problem, (pixel) => (left(pixel) ? 0 : 1)) },
  });
  const loss = ignoringToo(problem.loss, byWeights);
  const ignoring = answer({ ...problem, loss, target: ignore(problem, left) });
  expectSame(weighted.value, ignoring.value, weighted.grad, ignoring.grad);
}

/** Ignored pixels are as good as absent, and have no gradient. */
function droppedPixels(lossCase: LossCase): void {
  const problem = problemOf(lossCase, 13);
  const rows = problem.logits.dims[2];
  const rowLength = elementCount(problem.logits.dims.slice(3));
  const kept = indices(rows).filter((row) => row % 3 !== 1);
  const ignored = indices(rows).filter((row) => row % 3 === 1);
  const target = ignore(problem, (pixel) => ignored.includes(Math.floor(pixel / rowLength) % rows));
  const all = answer({ ...problem, loss: ignoringToo(problem.loss), target });
  const grad = gradOf(all, problem);
  const few = answer(takeOfProblem(problem, 2, kept));
  expect(all.counted).toBe(few.counted);
  expectSame(all.value, few.value, take(grad, 2, kept).data, few.grad);
  expectZeros(take(grad, 2, ignored));
}

/** A class that the mask leaves out is as good as absent, and has no gradient. */
function maskedClass(lossCase: LossCase): void {
  const last = lossCase.classes - 1;
  const full = withoutLastClass(problemOf(lossCase, 14));
  const mask = Uint8Array.from({ length: last + 1 }, (_, c) => (c === last ? 0 : 1));
  const extra = { ...full.extra, classMask: { data: mask, dims: [last + 1] } };
  const masked = answer({ ...full, extra });
  const grad = gradOf(masked, full);
  const others = answer({
    ...takeOfProblem(full, 1, indices(last)),
    loss: withOptions(full.loss, (part) => optionsOfOthers(part, last)),
  });
  expectSame(masked.value, others.value, take(grad, 1, indices(last)).data, others.grad);
  expectZeros(take(grad, 1, [last]));
}

/** In another order along one axis, a batch has the same loss, and its gradient in that order. */
function anyOrderAlong(axis: number): (lossCase: LossCase) => void {
  return (lossCase) => {
    const problem = problemOf(lossCase, 15);
    const all = indices(problem.logits.dims[axis]);
    // Not the mirror image, in which neighbours would stay neighbours.
    const moved = [...all.filter((i) => i % 2 === 1), ...all.filter((i) => i % 2 === 0)];
    const plain = answer(problem);
    const other = answer(takeOfProblem(problem, axis, moved));
    expectSame(other.value, plain.value, other.grad, take(gradOf(plain, problem), axis, moved).data);
  };
}

/** A sum over the batch is the sum over its images. */
function sumOfImages(lossCase: LossCase): void {
  const problem = problemOf(lossCase, 16);
  // A sum has no divisor.
  const loss = withOptions(problem.loss, (part) => {
    const { divisor: _, ...options } = part.options;
    return {
      ...options,
      reduction: "sum",
      ...(has(part, "accumulate") && { accumulate: "image" }),
      ...(has(part, "scope") && { scope: "image" }),
    };
  });
  const summed = { ...problem, loss };
  const all = answer(summed);
  const each = indices(2).map((image) => answer(takeOfProblem(summed, 0, [image])));
  const sum = each.reduce((total, { value }) => total + value, 0);
  expectSame(all.value, sum, all.grad, Float64Array.from(each.flatMap(({ grad }) => [...grad])));
}

/** Value and gradient are finite at logits of 1e9, wrong and right. */
function farLogits(lossCase: LossCase): void {
  for (const temper of ["confident", "right"] as const) {
    const { loss, logits, target, extra } = problemOf(lossCase, 17, temper);
    const far = { data: logits.data.map((x) => 1e9 * Math.sign(x)), dims: logits.dims };
    const { value, grad } = loss.valueAndGrad(far, target, extra);
    expect(value, temper).toSatisfy(Number.isFinite);
    expect(grad.data.every(Number.isFinite), `gradient, ${temper}`).toBe(true);
  }
}

export interface Law {
  /** What a loss that keeps it does. */
  readonly title: string;
  /** Throws where the loss of the case breaks it. */
  readonly hold: (lossCase: LossCase) => void;
  /** Whether it means anything for a case; it does, if absent. */
  readonly concerns?: (lossCase: LossCase) => boolean;
}

export const laws = {
  weightsOfOne: { title: "does not change by pixel weights of 1", hold: weightsOfOne },
  weightsOfZero: { title: "ignores pixels of weight 0, where it divides by weights", hold: weightsOfZero },
  droppedPixels: {
    title: "with ignored pixels is the loss without them, and gives them no gradient",
    hold: droppedPixels,
  },
  maskedClass: {
    title: "with its last class masked is the loss of the others, and gives it no gradient",
    hold: maskedClass,
    concerns: ({ classes }) => classes > 2,
  },
  anyOrderOfImages: { title: "does not depend on the order of the images", hold: anyOrderAlong(0) },
  anyOrderOfPixels: { title: "does not depend on the order of the pixels", hold: anyOrderAlong(2) },
  sumOfImages: {
    title: "summed over the batch is the sum over its images",
    hold: sumOfImages,
    concerns: (lossCase) => partsOf(problemOf(lossCase, 0).loss).every((part) => has(part, "reduction")),
  },
  farLogits: {
    title: "is finite, and so is its gradient, at logits of 1e9",
    hold: farLogits,
    concerns: ({ input = "logits" }) => input === "logits",
  },
} satisfies { readonly [name: string]: Law };
export type LawName = keyof typeof laws;

/** The loss, ignoring one value more; as `change` would have it otherwise. */
function ignoringToo(loss: Loss, change: (part: LossSpec) => LossOptions = ({ options }) => options): Loss {
  return withOptions(loss, (part) => {
    const { ignoreIndex = [] } = effectiveOptions(part);
    return { ...change(part), ignoreIndex: [ignoreIndex, IGNORED].flat() as OptionValue };
  });
}

/** A target that ignores pixels, given by image and pixel as one running number. */
function ignore({ logits, target }: LossProblem, ignored: (pixel: number) => boolean): Tensor {
  const [images, classes, ...spatial] = logits.dims as [number, number, ...number[]];
  const pixels = spatial.reduce((product, d) => product * d, 1);
  const channels = target.data.length / (images * pixels);
  expect([1, classes]).toContain(channels);
  const pixelOf = (at: number) => Math.floor(at / (channels * pixels)) * pixels + (at % pixels);
  const data = target.data.slice() as TypedArray;
  for (let at = 0; at < data.length; at++) if (ignored(pixelOf(at))) data[at] = IGNORED;
  return { data, dims: target.dims };
}

function weightsOf({ logits }: LossProblem, weight: (pixel: number) => number): Tensor {
  const dims = [logits.dims[0], ...logits.dims.slice(2)];
  const count = dims.reduce((product, d) => product * d, 1);
  return { data: Float64Array.from({ length: count }, (_, i) => weight(i)), dims };
}

/** A problem in which nothing is of the last class: what is becomes class 0. */
function withoutLastClass(problem: LossProblem): LossProblem {
  const { logits, target } = problem;
  const classes = logits.dims[1];
  const data = target.data.slice() as TypedArray;
  if (!isDense(problem)) {
    for (let i = 0; i < data.length; i++) if (data[i] === classes - 1) data[i] = 0;
    return { ...problem, target: { ...target, data } };
  }
  const pixels = data.length / logits.dims[0] / classes;
  for (let i = 0; i < data.length; i++) {
    const c = Math.floor(i / pixels) % classes;
    if (c !== classes - 1 || !(data[i] >= 0 && data[i] <= 1)) continue;
    // Shares of a soft target still add up to what they did, and targets of single channels stay in [0, 1].
    const first = i - c * pixels;
    if (Number(data[first]) + Number(data[i]) <= 1) data[first] = Number(data[first]) + Number(data[i]);
    data[i] = 0;
  }
  return { ...problem, target: { ...target, data } };
}

/** The options of a loss for one class less. */
function optionsOfOthers({ options }: LossSpec, last: number): LossOptions {
  const others = (name: string, value: OptionValue): OptionValue => {
    if (!Array.isArray(value) || name === "ignoreIndex") return value;
    if (name === "classes") return value.filter((c) => c !== last);
    if (value.length !== last + 1) return value;
    return value.slice(0, last).map((row: OptionValue) => (Array.isArray(row) ? row.slice(0, last) : row));
  };
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, others(name, value)]));
}
