/**
 * What losses of one sigmoid channel are made of: both probabilities, their logarithms and all slopes with respect to
 * the input, float64.
 *
 *   of a logit        p = s(x), q = s(-x), log p = -softplus(-x), log q = -softplus(x); slopes q, -p, p q
 *   of a probability  p, q = 1 - p, with logarithms kept finite as the clamp says (clamped-log.ts)
 */
import { sigmoid, softplus } from "./activations.ts";
import { boundsOf, type Clamping, SLOPE_FLOOR } from "./clamped-log.ts";
import type { ValueAndSlope } from "./value-and-slope.ts";

export interface BinaryLogs {
  readonly p: number;
  readonly q: number;
  readonly logp: number;
  readonly logq: number;
  /** d log p, d log q and d p by the input. */
  readonly dlogp: number;
  readonly dlogq: number;
  readonly dp: number;
}

export function logsOfLogit(x: number): BinaryLogs {
  const p = sigmoid(x);
  const q = sigmoid(-x);
  return { p, q, logp: -softplus(-x), logq: -softplus(x), dlogp: q, dlogq: -p, dp: p * q };
}

/** What makes logarithms of probabilities; log1p keeps of log q what 1 - p rounds away. */
export function logsOfProbability(clamping: Clamping): (p: number) => BinaryLogs {
  const { clamp, epsilon, logFloor } = clamping;
  switch (clamp) {
    case "log":
      return (p) => boundedLogs(p, logFloor);
    case "probability":
      return clippedLogs(...boundsOf(clamping));
    case "inside":
      return (p) => {
        const q = 1 - p;
        const dlogp = 1 / (p + epsilon);
        const dlogq = -1 / (q + epsilon);
        return { p, q, logp: Math.log(p + epsilon), logq: Math.log1p(epsilon - p), dlogp, dlogq, dp: 1 };
      };
    case "none":
      return (p) => {
        const q = 1 - p;
        return { p, q, logp: Math.log(p), logq: Math.log1p(-p), dlogp: 1 / p, dlogq: -1 / q, dp: 1 };
      };
  }
}

/** As PyTorch's BCELoss: below the floor the cross-entropy still pulls, its slope (p - t) / max(p q, 1e-12). */
function boundedLogs(p: number, floor: number): BinaryLogs {
  const q = 1 - p;
  const divisor = Math.max(p * q, SLOPE_FLOOR);
  return {
    p,
    q,
    logp: Math.max(Math.log(p), floor),
    logq: Math.max(Math.log1p(-p), floor),
    dlogp: q / divisor,
    dlogq: -p / divisor,
    dp: 1,
  };
}

/** As Keras: clipped to float32 bounds, so that 1 - p is at least 2^-23 for 1e-7; what is clipped has no slope. */
function clippedLogs(low: number, high: number): (p: number) => BinaryLogs {
  return (given) => {
    const p = Math.min(Math.max(given, low), high);
    const q = 1 - p;
    const dp = given < low || given > high ? 0 : 1;
    return { p, q, logp: Math.log(p), logq: Math.log(q), dlogp: dp / p, dlogq: -dp / q, dp };
  };
}

/** a b, where a factor of 0 leaves nothing of infinity. */
export function times(a: number, b: number): number {
  return a === 0 ? 0 : a * b;
}

/** -a log p - b log q, and its slope: of a = t, b = 1 - t the binary cross-entropy. */
export function weighedLogs({ logp, logq, dlogp, dlogq }: BinaryLogs, a: number, b: number): ValueAndSlope {
  return {
    value: -times(a, logp) - times(b, logq),
    slope: -times(a, dlogp) - times(b, dlogq),
  };
}
