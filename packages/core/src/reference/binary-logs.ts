/**
 * What losses of one sigmoid channel are made of: both probabilities, their logarithms and all slopes with respect to
 * the input, float64.
 *
 *   of a logit        p = s(x), q = s(-x), log p = -softplus(-x), log q = -softplus(x); slopes q, -p, p q
 *   of a probability  p, q = 1 - p, with logarithms kept finite as `Clamp` says
 */
import { sigmoid, softplus } from "./activations.ts";

/**
 * How the logarithm of a probability of 0 stays finite: bounded at -100 (`log`, PyTorch), the probability clipped to
 * [epsilon, 1 - epsilon] in float32 (`probability`, Keras), epsilon added `inside` the logarithm, or not at all.
 */
export type Clamp = "log" | "probability" | "inside" | "none";

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

/** What makes logarithms of probabilities. */
export function logsOfProbability(clamp: Clamp, epsilon: number): (p: number) => BinaryLogs {
  switch (clamp) {
    case "log":
      return boundedLogs;
    case "probability":
      return clippedLogs(Math.fround(epsilon), Math.fround(1 - epsilon));
    case "inside":
      return (p) => {
        const q = 1 - p;
        const dlogp = 1 / (p + epsilon);
        const dlogq = -1 / (q + epsilon);
        return { p, q, logp: Math.log(p + epsilon), logq: Math.log(q + epsilon), dlogp, dlogq, dp: 1 };
      };
    case "none":
      return (p) => {
        const q = 1 - p;
        return { p, q, logp: Math.log(p), logq: Math.log1p(-p), dlogp: 1 / p, dlogq: -1 / q, dp: 1 };
      };
  }
}

/** As PyTorch's BCELoss: logarithms bounded at -100, the divisor of the slopes at 1e-12. */
function boundedLogs(p: number): BinaryLogs {
  const q = 1 - p;
  const divisor = Math.max(p * q, 1e-12);
  return {
    p,
    q,
    logp: Math.max(Math.log(p), -100),
    logq: Math.max(Math.log1p(-p), -100),
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

/** -t log p - (1 - t) log q, and its slope. */
export function crossEntropyOfLogs(
  { logp, logq, dlogp, dlogq }: BinaryLogs,
  t: number,
): { readonly value: number; readonly slope: number } {
  return {
    value: -times(t, logp) - times(1 - t, logq),
    slope: -times(t, dlogp) - times(1 - t, dlogq),
  };
}
