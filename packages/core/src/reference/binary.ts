/**
 * Binary cross-entropy and focal loss of one logit or probability, float64.
 *
 *   b(x) = (1 - t) softplus(x) + w t softplus(-x)          db/dx = (1 - t) s(x) - w t s(-x)
 *   b(p) = -w t max(log p, -100) - (1 - t) max(log(1 - p), -100)
 *   focal = a (1 - exp(-b))^g b                            dfocal/db = a q^g (1 + g (1 - q) b / q), q = 1 - exp(-b)
 *
 * The focal loss takes p_t = exp(-b), which for a hard target is the usual p_t.
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

/** The focal loss of a binary cross-entropy. */
export function focalOf({ value: b, slope }: ValueAndSlope, alpha: number, gamma: number): ValueAndSlope {
  const q = -Math.expm1(-b);
  const modulator = alpha * q ** gamma;
  const ratio = q > 0 ? b / q : 1;
  return { value: modulator * b, slope: modulator * (1 + gamma * (1 - q) * ratio) * slope };
}
