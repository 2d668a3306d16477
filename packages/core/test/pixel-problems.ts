/** Problems of losses that are sums over pixels, for every kind of target. */
import type { LossExtra, Tensor } from "@pixelgrad/core";
import { seededRandom, type Temper } from "@pixelgrad/core/testing";
import { denseProblem, labelProblem, type Problem } from "./problems.ts";

/** Pixel weights, one in eight of them 0, so that what they multiply is not forgotten. */
export function weightsOf(dims: readonly number[]): Tensor<Float32Array> {
  const random = seededRandom(5);
  const length = dims.reduce((a, b) => a * b, 1);
  return { data: Float32Array.from({ length }, () => (random() < 0.125 ? 0 : 3 * random())), dims };
}

/** A dense target whose channels add up to 1, or of one class each. */
function classTarget({ logits }: Problem, seed: number, hard: boolean): Tensor<Float32Array> {
  const random = seededRandom(seed);
  const { dims } = logits;
  const [images, classes, pixels] = dims as [number, number, number];
  const data = new Float32Array(images * classes * pixels);
  for (let pixel = 0; pixel < images * pixels; pixel++) {
    const at = (c: number) => (Math.floor(pixel / pixels) * classes + c) * pixels + (pixel % pixels);
    const parts = Array.from({ length: classes }, () => random());
    const total = parts.reduce((a, b) => a + b, 0);
    const label = Math.floor(random() * classes);
    for (let c = 0; c < classes; c++) data[at(c)] = hard ? Number(c === label) : parts[c] / total;
  }
  return { data, dims };
}

export type Kind =
  | "labels"
  | "one-hot targets"
  | "soft targets"
  | "labels and a teacher"
  | "channels"
  | "soft channels";

export function problemFor(
  kind: Kind,
  dims: readonly number[],
  temper: Temper,
  seed: number,
): Problem & { extra: LossExtra } {
  if (kind === "channels" || kind === "soft channels") {
    return { ...denseProblem(seed, dims, temper, { soft: kind === "soft channels" }), extra: {} };
  }
  const problem = labelProblem(seed, dims, temper);
  if (kind === "labels") return { ...problem, extra: {} };
  if (kind === "labels and a teacher") {
    return { ...problem, extra: { teacher: labelProblem(seed + 1, dims, temper).logits } };
  }
  return {
    logits: problem.logits,
    target: classTarget(problem, seed, kind === "one-hot targets"),
    extra: {},
  };
}
