/**
 * Binary cross-entropy of one logit or probability, float64.
 *
 *   b(x) = (1 - t) softplus(x) + w t softplus(-x)          db/dx = (1 - t) s(x) - w t s(-x)
 *   b(p) = -w t max(log p, -100) - (1 - t) max(log(1 - p), -100)
 */
import { sigmoid, softplus } from "./activations.ts";

export interface ValueAndSlope {
  readonly value: number;
  readonly slope: number;
}

export function binaryCrossEntropyOfLogit(x: number, t: number, posWeight: number): ValueAndSlope {
  return {
    value: (1 - t) * softplus(x) + posWeight * t * softplus(-x),
    slope: (1 - t) * sigmoid(x) - posWeight * t * sigmoid(-x),
  };
}

/** As PyTorch's BCELoss: logarithms are clamped at -100, the divisor of the slope at 1e-12. */
export function binaryCrossEntropyOfProbability(p: number, t: number, posWeight: number): ValueAndSlope {
  return {
    value: -posWeight * t * Math.max(Math.log(p), -100) - (1 - t) * Math.max(Math.log1p(-p), -100),
    slope: ((1 - t) * p - posWeight * t * (1 - p)) / Math.max(p * (1 - p), 1e-12),
  };
}
