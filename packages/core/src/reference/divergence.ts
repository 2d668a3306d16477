/**
 * Divergences of two distributions at one pixel, float64. A class adds d(t, p) and has two slopes: by log p, which is
 * what a softmax chains, and by p.
 *
 *   forward   t log(t / p)                                  by log p: -t            by p: -t / p
 *   reverse   p log(p / t)                                  by log p: p (u + 1)     by p: u + 1,   u = log(p / t)
 *   Jensen-Shannon   (t log(t / m) + p log(p / m)) / 2      by log p: p v / 2       by p: v / 2,   v = log(p / m)
 *
 * with m = (p + t) / 2. 0 log 0 is 0, and t on p = 0 is infinitely far.
 *
 * The forward and reverse terms of near-equal distributions are of both signs and nearly cancel. a log(a / b) - a + b
 * is at least 0 for each class, and where both distributions add up to 1 its sum is the same.
 */

/** What one class adds, and its slopes. */
export interface ClassDivergence {
  readonly value: number;
  readonly byLog: number;
  readonly byProbability: number;
}

/** A divergence of one class, from the probabilities of both and their logarithms. */
export type Divergence = (p: number, logp: number, t: number, logt: number) => ClassDivergence;

/** KL(t | p); `counted` adds p - t, the mass that a distribution has over the other. */
export function forwardKl(counted: boolean): Divergence {
  return (p, logp, t, logt) => ({
    value: counted ? excess(t, logt, p, logp) : logRatioTimes(t, logt, logp),
    byLog: counted ? p - t : -t,
    byProbability: (t === 0 ? 0 : -t / p) + (counted ? 1 : 0),
  });
}

/** KL(p | t); `counted` adds t - p. */
export function reverseKl(counted: boolean): Divergence {
  return (p, logp, t, logt) => {
    const u = p === 0 && t === 0 ? 0 : logp - logt;
    const slope = counted ? u : u + 1;
    return {
      value: counted ? excess(p, logp, t, logt) : logRatioTimes(p, logp, logt),
      byLog: p === 0 ? 0 : p * slope,
      byProbability: slope,
    };
  };
}

export const jensenShannon: Divergence = (p, logp, t, logt) => {
  const half = (p - t) / 2;
  const m = (p + t) / 2;
  // Near each other log1p of their difference keeps what the difference of two logarithms loses.
  const near = Math.abs(half) < 0.25 * m;
  const v = near ? -Math.log1p(-half / p) : p === 0 && t === 0 ? 0 : logp - Math.log(m);
  const w = near ? -Math.log1p(half / t) : logt - Math.log(m);
  return {
    value: ((p === 0 ? 0 : p * v) + (t === 0 ? 0 : t * w)) / 2,
    byLog: p === 0 ? 0 : (p * v) / 2,
    byProbability: v / 2,
  };
};

/** a log(a / b). */
function logRatioTimes(a: number, loga: number, logb: number): number {
  return a === 0 ? 0 : a * (loga - logb);
}

/** a log(a / b) - a + b, at least 0. */
function excess(a: number, loga: number, b: number, logb: number): number {
  if (a === 0) return b;
  const u = loga - logb;
  return Math.abs(u) < 1 ? a * (u + Math.expm1(-u)) : a * u - a + b;
}
