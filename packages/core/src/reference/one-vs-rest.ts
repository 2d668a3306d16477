/**
 * Binary cross-entropies with a weight for each side, float64.
 *
 *   one channel:  L = b t softplus(-x) + (1 - b) (1 - t) softplus(x)
 *   softmax:      L = mean over classes of -b t_c log p_c - (1 - b) (1 - t_c) log(1 - p_c)
 *                 d(-log(1 - p_c))/dx_c = p_c,  d(-log(1 - p_c))/dx_j = -p_c p_j / (1 - p_c)
 *   probabilities: p and 1 - p are at least 1e-7
 */
import { logsOfLogit, weighedLogs } from "./binary-logs.ts";
import { flooredLog } from "./clamped-log.ts";
import { openCount, type Pixel } from "./pixel.ts";
import type { ValueAndSlope } from "./value-and-slope.ts";

export function sidedOfLogit(x: number, t: number, b: number): ValueAndSlope {
  return weighedLogs(logsOfLogit(x), b * t, (1 - b) * (1 - t));
}

export function sidedOfProbability(p: number, t: number, b: number): ValueAndSlope {
  const yes = flooredLog(p);
  const no = flooredLog(1 - p);
  return {
    value: -b * t * yes.value - (1 - b) * (1 - t) * no.value,
    slope: (1 - b) * (1 - t) * no.slope - b * t * yes.slope,
  };
}

/** The loss; adds `scale` times its gradient to `pixel.slope`. */
export function sidedOfProbabilities(
  { p, t, open, slope, classes }: Pixel,
  b: number,
  scale: number,
): number {
  const share = 1 / openCount(open);
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
  const share = 1 / openCount(open);
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
