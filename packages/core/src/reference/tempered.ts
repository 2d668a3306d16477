/**
 * Tempered logarithm, exponential and softmax of one pixel, float64.
 *
 *   log_t u = (u^(1 - t) - 1) / (1 - t)          exp_t z = max(0, 1 + (1 - t) z)^(1 / (1 - t))
 *   p_k = exp_t(x_k - n), with the n for which they add up to 1
 *
 * n lies above the largest x by d >= 0, and f(d) = sum_k exp_t(x_k - max - d) - 1 falls and is convex: Newton's steps from
 * 0 climb to its root and never overshoot. f is taken as (p_top - 1) + the others, so that d stays relative when small.
 */
import { indexOfLargest } from "./activations.ts";

/** log exp_t z for z <= 0; -Infinity where exp_t is 0. */
export function logOfTemperedExp(z: number, t: number): number {
  return t === 1 ? z : Math.log1p(Math.max((1 - t) * z, -1)) / (1 - t);
}

/** log_t of a number, from its natural logarithm. */
export function temperedLogOfLog(log: number, t: number): number {
  return t === 1 ? log : Math.expm1((1 - t) * log) / (1 - t);
}

/** Enough for any float32 logits: 12 do for 1000 equal ones. */
const MOST_STEPS = 200;

/** Fills `logp` with log p_k over the open classes; -Infinity for the others. */
export function temperedLogSoftmax(x: Float64Array, open: Uint8Array, t: number, logp: Float64Array): void {
  const top = indexOfLargest(x, open);
  let d = 0;
  for (let step = 0; step < MOST_STEPS; step++) {
    let excess = 0;
    let steepness = 0;
    for (let k = 0; k < x.length; k++) {
      logp[k] = open[k] === 1 ? logOfTemperedExp(x[k] - x[top] - d, t) : Number.NEGATIVE_INFINITY;
      excess += k === top ? Math.expm1(logp[k]) : Math.exp(logp[k]);
      // d exp_t z / dz = (exp_t z)^t
      if (logp[k] > Number.NEGATIVE_INFINITY) steepness += Math.exp(t * logp[k]);
    }
    const next = d + excess / steepness;
    if (!(next > d * (1 + Number.EPSILON))) return;
    d = next;
  }
}
