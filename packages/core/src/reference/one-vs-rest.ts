/**
 * Binary cross-entropies with a weight for each side, float64.
 *
 *   one channel:  L = b t softplus(-x) + (1 - b) (1 - t) softplus(x)
 *   softmax:      L = mean over classes of -b t_c log p_c - (1 - b) (1 - t_c) log(1 - p_c)
 *                 d(-log(1 - p_c))/dx_c = p_c,  d(-log(1 - p_c))/dx_j = -p_c p_j / (1 - p_c)
 *   probabilities: p and 1 - p are at least 1e-7
 */
import { sigmoid, softplus } from "./activations.ts";
import type { ValueAndSlope } from "./binary.ts";
import type { Pixel } from "./pixel.ts";

const SMALLEST_PROBABILITY = 1e-7;

export function sidedOfLogit(x: number, t: number, b: number): ValueAndSlope {
  return {
    value: b * t * softplus(-x) + (1 - b) * (1 - t) * softplus(x),
    slope: (1 - b) * (1 - t) * sigmoid(x) - b * t * sigmoid(-x),
  };
}

export function sidedOfProbability(p: number, t: number, b: number): ValueAndSlope {
  const right = Math.max(p, SMALLEST_PROBABILITY);
  const wrong = Math.max(1 - p, SMALLEST_PROBABILITY);
  return {
    value: -b * t * Math.log(right) - (1 - b) * (1 - t) * Math.log(wrong),
    slope: ((1 - b) * (1 - t)) / wrong - (b * t) / right,
  };
}

/** The loss; adds `scale` times its gradient to `pixel.slope`. */
export function sidedOfProbabilities(
  { p, t, open, slope, classes }: Pixel,
  b: number,
  scale: number,
): number {
  const share = 1 / open.reduce((sum, c) => sum + c, 0);
  let loss = 0;
  for (let c = 0; c < classes; c++) {
    if (open[c] === 0) continue;
    const of = sidedOfProbability(p[c], t[c], b);
    loss += share * of.value;
    slope[c] += scale * share * of.slope;
  }
  return loss;
}

/** The loss; adds `scale` times its gradient to `pixel.grad`. */
export function sidedOfPixel({ p, logp, t, open, grad, classes }: Pixel, b: number, scale: number): number {
  const share = 1 / open.reduce((sum, c) => sum + c, 0);
  let loss = 0;
  let total = 0;
  for (let c = 0; c < classes; c++) {
    if (open[c] === 0) continue;
    const is = share * b * t[c];
    const not = share * (1 - b) * (1 - t[c]);
    const logOthers = p[c] < 0.5 ? Math.log1p(-p[c]) : logSumOfOthers(logp, open, c);
    // What is 0 times an infinite logarithm costs nothing.
    if (is !== 0) loss -= is * logp[c];
    if (not !== 0) loss -= not * logOthers;
    total += is;
    grad[c] += scale * (not * p[c] + is * Math.expm1(logp[c]));
    if (not === 0) continue;
    for (let j = 0; j < classes; j++) {
      if (j !== c && open[j] !== 0) grad[j] -= scale * not * p[c] * Math.exp(logp[j] - logOthers);
    }
  }
  for (let j = 0; j < classes; j++) {
    if (open[j] !== 0) grad[j] += scale * p[j] * (total - share * b * t[j]);
  }
  return loss;
}

/** log sum over all other open classes of p; -Infinity where there are none. */
function logSumOfOthers(logp: Float64Array, open: Uint8Array, c: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < logp.length; j++) if (j !== c && open[j] !== 0) largest = Math.max(largest, logp[j]);
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  let sum = 0;
  for (let j = 0; j < logp.length; j++) if (j !== c && open[j] !== 0) sum += Math.exp(logp[j] - largest);
  return largest + Math.log(sum);
}
