/**
 * Logarithms of probabilities that may be 0: what a library puts in the place of log p, and the slope it gives that.
 *
 *   none          log p                                       1 / p
 *   log           max(log p, floor)                           1 / max(p, 1e-12), as PyTorch's BCELoss
 *   probability   log of p kept in [eps, 1 - eps]             1 / p within, 0 outside, as Keras
 *   inside        log(p + eps)                                1 / (p + eps)
 *
 * The bounds of `probability` are rounded to float32, as where they come from: with eps = 1e-7, 1 - p is at least 2^-23.
 */
import type { ValueAndSlope } from "./value-and-slope.ts";

export type Clamp = "log" | "probability" | "inside" | "none";

export interface Clamping {
  readonly clamp: Clamp;
  readonly epsilon: number;
  readonly logFloor: number;
}

/** What losses without such options do. */
export const PYTORCH_CLAMPING: Clamping = { clamp: "log", epsilon: 0, logFloor: -100 };

/** The least divisor of the slope under `log`. */
export const SLOPE_FLOOR = 1e-12;

/** What a probability is kept in under `probability`. */
export function boundsOf({ epsilon }: Clamping): readonly [least: number, most: number] {
  return [Math.fround(epsilon), Math.fround(1 - epsilon)];
}

/** The logarithm that stands for log p, as a function of p. */
export function clampedLog(clamping: Clamping): (p: number) => ValueAndSlope {
  const { clamp, epsilon, logFloor } = clamping;
  switch (clamp) {
    case "none":
      return (p) => ({ value: Math.log(p), slope: 1 / p });
    case "log":
      return (p) => ({ value: Math.max(Math.log(p), logFloor), slope: 1 / Math.max(p, SLOPE_FLOOR) });
    case "inside":
      return (p) => ({ value: Math.log(p + epsilon), slope: 1 / (p + epsilon) });
    case "probability": {
      const [least, most] = boundsOf(clamping);
      return (p) => ({
        value: Math.log(Math.max(least, Math.min(most, p))),
        slope: p < least || p > most ? 0 : 1 / p,
      });
    }
  }
}

const SMALLEST_PROBABILITY = 1e-7;

/** log p of a p of at least 1e-7, which goes on pulling below: the slope is 1 / max(p, 1e-7). */
export function flooredLog(p: number): ValueAndSlope {
  const floored = Math.max(p, SMALLEST_PROBABILITY);
  return { value: Math.log(floored), slope: 1 / floored };
}
