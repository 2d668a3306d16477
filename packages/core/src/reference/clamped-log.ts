/**
 * Logarithms of probabilities that may be 0: what a library puts in the place of log p, and the slope it gives that.
 *
 *   none          log p                                       1 / p
 *   log           max(log p, floor)                           1 / max(p, 1e-12), as PyTorch's BCELoss
 *   probability   log of p kept in [eps, 1 - eps]             1 / p within, 0 outside
 *   inside        log(p + eps)                                1 / (p + eps)
 *
 * The bounds of `probability` are rounded to float32, as where they come from: with eps = 1e-7, 1 - p is at least 2^-23.
 */
import type { ValueAndSlope } from "./binary.ts";

export type Clamp = "log" | "probability" | "inside" | "none";

export interface Clamping {
  readonly clamp: Clamp;
  readonly epsilon: number;
  readonly logFloor: number;
}

const SLOPE_FLOOR = 1e-12;

/** The logarithm that stands for log p, as a function of p. */
export function clampedLog({ clamp, epsilon, logFloor }: Clamping): (p: number) => ValueAndSlope {
  switch (clamp) {
    case "none":
      return (p) => ({ value: Math.log(p), slope: 1 / p });
    case "log":
      return (p) => ({ value: Math.max(Math.log(p), logFloor), slope: 1 / Math.max(p, SLOPE_FLOOR) });
    case "inside":
      return (p) => ({ value: Math.log(p + epsilon), slope: 1 / (p + epsilon) });
    case "probability": {
      const least = Math.fround(epsilon);
      const most = Math.fround(1 - epsilon);
      return (p) => ({
        value: Math.log(Math.max(least, Math.min(most, p))),
        slope: p < least || p > most ? 0 : 1 / p,
      });
    }
  }
}

/**
 * Binary cross-entropy of one probability p, both its logarithms clamped alike:
 *
 *   b(p) = -w t log p - (1 - t) log(1 - p)                    db/dp = -w t / p + (1 - t) / (1 - p)
 *
 * Under `log` the slope is PyTorch's, ((1 - t) p - w t (1 - p)) / max(p (1 - p), 1e-12): below the floor it still pulls.
 */
export function clampedBinaryCrossEntropy(
  clamping: Clamping,
): (p: number, t: number, posWeight: number) => ValueAndSlope {
  const logOf = clampedLog(clamping);
  const logOfRest = clampedLogOfRest(clamping);
  return (p, t, posWeight) => {
    const yes = logOf(p);
    const no = logOfRest(p);
    return {
      value: -share(posWeight * t, yes.value) - share(1 - t, no.value),
      slope:
        clamping.clamp === "log"
          ? ((1 - t) * p - posWeight * t * (1 - p)) / Math.max(p * (1 - p), SLOPE_FLOOR)
          : share(1 - t, no.slope) - share(posWeight * t, yes.slope),
    };
  };
}

/** The logarithm that stands for log(1 - p), with its slope by 1 - p; log1p keeps what 1 - p rounds away. */
function clampedLogOfRest({ clamp, epsilon, logFloor }: Clamping): (p: number) => ValueAndSlope {
  switch (clamp) {
    case "none":
      return (p) => ({ value: Math.log1p(-p), slope: 1 / (1 - p) });
    case "log":
      return (p) => ({
        value: Math.max(Math.log1p(-p), logFloor),
        slope: 1 / Math.max(1 - p, SLOPE_FLOOR),
      });
    case "inside":
      return (p) => ({ value: Math.log1p(epsilon - p), slope: 1 / (1 - p + epsilon) });
    case "probability": {
      const least = Math.fround(epsilon);
      const most = Math.fround(1 - epsilon);
      return (p) => ({
        value: Math.log1p(-Math.max(least, Math.min(most, p))),
        slope: p < least || p > most ? 0 : 1 / (1 - p),
      });
    }
  }
}

/** 0 log 0 is 0: what the target does not ask for costs nothing. */
function share(t: number, value: number): number {
  return t === 0 ? 0 : t * value;
}
