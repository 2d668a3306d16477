/**
 * Problems small enough to work by hand, in float64, and what they are held to.
 *
 * @module
 */
import type { Loss, LossExtra } from "../loss.ts";
import { type ReferenceResult, referenceValueAndGrad } from "../reference-value.ts";
import type { Tensor } from "../tensor.ts";
import { seededRandom, uniformArray } from "./random.ts";
import { relativeError } from "./relative-error.ts";

/** One channel of pixels against targets, `[1, 1, P]`. */
export function channelProblem(
  x: readonly number[],
  t: readonly number[],
): readonly [logits: Tensor<Float64Array>, target: Tensor<Float32Array>] {
  const dims = [1, 1, x.length];
  return [
    { data: Float64Array.from(x), dims },
    { data: Float32Array.from(t), dims },
  ];
}

/** A loss of {@link channelProblem}. */
export function ofChannel(
  loss: Loss,
  x: readonly number[],
  t: readonly number[],
  extra: LossExtra = {},
): ReferenceResult {
  return referenceValueAndGrad(loss, ...channelProblem(x, t), extra);
}

/** A loss of one pixel, `[1, C]`, against its label, or against a dense target. */
export function ofPixel(
  loss: Loss,
  x: readonly number[],
  target: number | readonly number[],
  extra: LossExtra = {},
): ReferenceResult {
  const dims = [1, x.length];
  return referenceValueAndGrad(
    loss,
    { data: Float64Array.from(x), dims },
    typeof target === "number"
      ? { data: Int32Array.of(target), dims: [1] }
      : { data: Float32Array.from(target), dims },
    extra,
  );
}

/** A loss of a line of pixels, rows of channels `[1, C, P]`, against labels `[1, P]`. */
export function ofRows(
  loss: Loss,
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  extra: LossExtra = {},
): ReferenceResult {
  return referenceValueAndGrad(
    loss,
    { data: Float64Array.from(rows.flat()), dims: [1, rows.length, labels.length] },
    { data: Int32Array.from(labels), dims: [1, labels.length] },
    extra,
  );
}

/** Random rows for {@link ofRows}, within `scale` of 0. */
export function randomRows(seed: number, classes: number, pixels: number, scale = 3): number[][] {
  const random = seededRandom(seed);
  return Array.from({ length: classes }, () => [...uniformArray(random, pixels, scale)]);
}

/** What hand-worked numbers are held to: rounding of float64. */
const ROUNDING = 1e-14;

/** Throws unless value and gradient are those worked by hand, each within 1e-14 of its largest entry. */
export function expectWorked(
  { value, grad }: Pick<ReferenceResult, "value" | "grad">,
  expected: number,
  expectedGrad: readonly number[],
): void {
  const error = Math.max(relativeError([value], [expected]), relativeError(grad, expectedGrad));
  if (error < ROUNDING) return;
  throw new Error(
    `Worked by hand: ${expected}, gradient [${expectedGrad}]. Got ${value}, gradient [${grad}], off by ${error}.`,
  );
}
