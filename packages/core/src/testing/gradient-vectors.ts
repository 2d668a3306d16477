/**
 * Gradients as data, for other implementations to be held to: what `vectors/*.json` is made of.
 *
 * @module
 */
import { parseLoss } from "../expression.ts";
import type { LossExtra } from "../loss.ts";
import type { Tensor } from "../tensor.ts";
import { caseFamilies, type LossCase } from "./cases/index.ts";
import type { LossProblem } from "./loss-problem.ts";
import { seededRandom } from "./random.ts";
import { relativeError } from "./relative-error.ts";
import { type TellingOptions, tellingProblem } from "./telling-problem.ts";

/** A tensor in JSON, row-major. */
export interface TensorVector {
  readonly dims: readonly number[];
  readonly data: readonly number[];
}

export interface VectorExtra {
  readonly teacher?: TensorVector;
  readonly distanceMaps?: TensorVector;
  readonly pixelWeights?: TensorVector;
}

/** One problem and its answer, in float64. */
export interface GradientVector {
  /** As `parseLoss` reads it. */
  readonly loss: string;
  /** `[N, C, ...spatial]`; every number is a float32. */
  readonly logits: TensorVector;
  /** `[N, ...spatial]` labels, or dense with the dims of the logits. */
  readonly target: TensorVector;
  /** Further tensors of the call: teacher and distance maps like the logits, pixel weights `[N, ...spatial]`. */
  readonly extra?: VectorExtra;
  readonly value: number;
  /** d value / d logits, with their dims. */
  readonly grad: readonly number[];
  /** Why the gradient is not that of the value to 1e-6, where it is not. */
  readonly note?: string;
}

export interface VectorFile {
  readonly family: string;
  readonly licence: "CC0-1.0";
  readonly vectors: readonly GradientVector[];
}

const FIRST_SEED = 100;

/** The vectors of a family of cases, each checked by central differences. */
export function gradientVectors(family: string): VectorFile {
  const cases = caseFamilies[family];
  const ids = cases.map(({ loss }) => parseLoss(loss).id);
  const vectors = cases.flatMap((lossCase, i) => [
    vectorOf(lossCase),
    // The first case of each loss again, with pixel weights.
    ...(ids.indexOf(ids[i]) === i ? [vectorOf(lossCase, weighted)] : []),
  ]);
  return { family, licence: "CC0-1.0", vectors };
}

/** The text of a vector file: a line per vector, numbers in the shortest decimals that read back the same. */
export function vectorFileText({ vectors, ...head }: VectorFile): string {
  const lines = vectors.map((vector) => JSON.stringify(vector));
  return `${JSON.stringify(head).slice(0, -1)},"vectors":[\n${lines.join(",\n")}\n]}\n`;
}

function vectorOf(lossCase: LossCase, complete?: TellingOptions["complete"]): GradientVector {
  const { relative: bound, why } = lossCase.bound ?? { relative: 1e-6, why: undefined };
  const { problem, reference, differences } = tellingProblem(lossCase, FIRST_SEED, {
    size: { images: imagesOf(lossCase) },
    ...(complete && { complete }),
  });
  const { logits, target, extra } = problem;
  const { value, grad } = reference;
  const error = relativeError(grad, differences);
  if (!(error <= bound))
    throw new Error(`${lossCase.loss}: the gradient is off by ${error} from differences.`);
  return {
    loss: lossCase.loss,
    logits: tensorVector(logits),
    target: tensorVector(target),
    ...(Object.keys(extra).length > 0 && { extra: extraVectors(extra) }),
    value,
    grad: Array.from(grad),
    ...(why !== undefined && { note: why }),
  };
}

/** A loss of each pixel on its own says the same of one image as of two, unless it divides by them. */
function imagesOf(lossCase: LossCase): number {
  const { coupling, options } = parseLoss(lossCase.loss);
  return coupling === "labels" && options["reduction"] !== "batchmean" ? 1 : 2;
}

/** With pixel weights: quarters from 0 to 2. */
function weighted(problem: LossProblem, seed: number): LossProblem {
  const { logits, extra } = problem;
  const random = seededRandom(seed + FIRST_SEED);
  const dims = [logits.dims[0], ...logits.dims.slice(2)];
  const count = logits.data.length / logits.dims[1];
  const data = Float32Array.from({ length: count }, () => Math.floor(9 * random()) / 4);
  return { ...problem, extra: { ...extra, pixelWeights: { data, dims } } };
}

function tensorVector({ data, dims }: Tensor): TensorVector {
  return { dims, data: Array.from(data as Float32Array) };
}

function extraVectors({ teacher, distanceMaps, pixelWeights }: LossExtra): VectorExtra {
  return {
    ...(teacher && { teacher: tensorVector(teacher) }),
    ...(distanceMaps && { distanceMaps: tensorVector(distanceMaps) }),
    ...(pixelWeights && { pixelWeights: tensorVector(pixelWeights) }),
  };
}
