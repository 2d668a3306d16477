/** What float32 production is held to, against float64. */
import { type Loss, type LossExtra, referenceValueAndGrad, type Tensor } from "@pixelgrad/core";
import { expect } from "vitest";

/** Below this float32 runs out of exponents: what is smaller is 0 for a kernel. */
const UNDERFLOW = 1e-30;

export interface ParityBounds {
  /** What a value is made of when it is small beside its parts: 1 for an overlap, which is 1 - N / D. */
  readonly naturalScale?: number;
  /** Factor on the bounds. */
  readonly slack?: number;
}

/**
 * Holds the value to 1e-6 of itself and 1e-7 of the natural scale, the gradient to 2e-6 of its largest entry.
 * @param where - for the message of a failure.
 */
export function expectParity(
  loss: Loss,
  { logits, target, extra }: { readonly logits: Tensor; readonly target: Tensor; readonly extra?: LossExtra },
  where: string,
  { naturalScale = 0, slack = 1 }: ParityBounds = {},
): void {
  const expected = referenceValueAndGrad(loss, logits, target, extra);
  const got = loss.valueAndGrad(logits, target, extra);

  const allowed = slack * 1e-6 * Math.abs(expected.value) + 1e-7 * naturalScale + UNDERFLOW;
  const difference = Math.abs(got.value - expected.value);
  expect(difference / allowed, `value ${expected.value} of ${where}, error over bound`).toBeLessThanOrEqual(
    1,
  );
  expect(got.counted, where).toBe(expected.counted);
  expect(loss.value(logits, target, extra), where).toBe(got.value);

  let largest = 0;
  let wrong = 0;
  for (let i = 0; i < expected.grad.length; i++) {
    largest = Math.max(largest, Math.abs(expected.grad[i]));
    const error = Math.abs(got.grad.data[i] - expected.grad[i]);
    // NaN is the largest error there is.
    if (!(error <= wrong)) wrong = error;
  }
  expect(
    wrong / (slack * 2e-6 * largest + UNDERFLOW),
    `gradient of ${where}, error over bound`,
  ).toBeLessThanOrEqual(1);
}

/** A ratio of sums is 1 - N / D: its value is as exact as 1 is. */
export function naturalScale({ coupling }: Loss): number {
  return coupling === "labels" ? 0 : 1;
}
