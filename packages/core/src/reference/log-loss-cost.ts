/**
 * Functions f_c of l = -log p, summed over the classes of one pixel, float64.
 *
 *   L = sum_c t_c f_c(l_c)
 *   softmax:        dL/dx_j = sum_c t_c f_c'(l_c) (p_j - [j = c])
 *   one channel:    L = t f_1(softplus(-x)) + (1 - t) f_0(softplus(x))
 *   probabilities:  dl/dp = -1 / p, p at least 1e-7; f' of an l of at least 1e-7
 */
import { chainLogSoftmax, sigmoid, softplus } from "./activations.ts";
import { flooredLog } from "./clamped-log.ts";
import type { Pixel } from "./pixel.ts";
import type { ValueAndSlope } from "./value-and-slope.ts";

/** f_c and its slope; the background is class 0, also where it has no channel. */
export type LogLossCost = (logLoss: number, c: number) => ValueAndSlope;

/** At p = 1 the slope of a root has no bound. */
const LEAST_LOG_LOSS = 1e-7;

/** The loss; adds `scale` times its gradient to `pixel.grad`. */
export function costOfPixel(
  { t, p, logp, open, grad, classes }: Pixel,
  cost: LogLossCost,
  scale: number,
): number {
  const slopes = new Float64Array(classes);
  let loss = 0;
  for (let c = 0; c < classes; c++) {
    if (open[c] === 0 || t[c] === 0) continue;
    const { value, slope } = cost(-logp[c], c);
    loss += t[c] * value;
    slopes[c] = -t[c] * slope;
  }
  chainLogSoftmax(p, open, (c) => slopes[c], scale, grad);
  return loss;
}

/** The same of probabilities; adds to `pixel.slope`. */
export function costOfProbabilities(
  { t, p, open, slope, classes }: Pixel,
  cost: LogLossCost,
  scale: number,
): number {
  let loss = 0;
  for (let c = 0; c < classes; c++) {
    if (open[c] === 0 || t[c] === 0) continue;
    const of = costOfProbability(p[c], c, cost);
    loss += t[c] * of.value;
    slope[c] += scale * t[c] * of.slope;
  }
  return loss;
}

/** One channel: x is the logit of the foreground. */
export function costOfLogit(x: number, t: number, cost: LogLossCost): ValueAndSlope {
  const foreground = cost(softplus(-x), 1);
  const background = cost(softplus(x), 0);
  return {
    value: t * foreground.value + (1 - t) * background.value,
    slope: (1 - t) * background.slope * sigmoid(x) - t * foreground.slope * sigmoid(-x),
  };
}

/** One channel: p is the probability of the foreground. */
export function costOfForeground(p: number, t: number, cost: LogLossCost): ValueAndSlope {
  const foreground = costOfProbability(p, 1, cost);
  const background = costOfProbability(1 - p, 0, cost);
  return {
    value: t * foreground.value + (1 - t) * background.value,
    slope: t * foreground.slope - (1 - t) * background.slope,
  };
}

function costOfProbability(p: number, c: number, cost: LogLossCost): ValueAndSlope {
  const log = flooredLog(p);
  const { slope } = cost(Math.max(-log.value, LEAST_LOG_LOSS), c);
  return { value: cost(-log.value, c).value, slope: -slope * log.slope };
}

/** w (1 - p)^gamma l, 1 - p = 1 - exp(-l). */
export function focalCost(logLoss: number, weight: number, gamma: number): ValueAndSlope {
  const q = -Math.expm1(-logLoss);
  const modulator = weight * q ** gamma;
  const ratio = q > 0 ? logLoss / q : 1;
  return { value: modulator * logLoss, slope: modulator * (1 + gamma * (1 - q) * ratio) };
}

/** w l^gamma; its slope, which has no bound at 0, is multiplied by numbers that fall faster. */
export function powerCost(logLoss: number, weight: number, gamma: number): ValueAndSlope {
  return {
    value: weight * logLoss ** gamma,
    slope: weight * gamma * Math.max(logLoss, Number.MIN_VALUE) ** (gamma - 1),
  };
}
