/**
 * Focal loss of one sigmoid channel, float64.
 *
 *   l = a m b,  m = u^g,  u = 1 - p_t,  b = -t log p - (1 - t) log q
 *   dl = a (m db + dm b),  dm = g m du / u
 *
 * For targets of 0 and 1, p_t is the probability of the target and u = q or p. Soft targets are read in one of four ways:
 *
 *   linear  u = t q + (1 - t) p                   du = (1 - 2t) dp
 *   exp     u = 1 - exp(-b)                       du = exp(-b) db
 *   logit   u = s(-z), z = (2t - 1) log(p / q)    du = -s(z) s(-z) dz
 *   split   l = t l(1) + (1 - t) l(0), each with its own modulator
 *
 * u appears as a divisor only in du / u, which is bounded; where u underflows, m is 0 and its slope with it.
 */
import { sigmoid, softplus } from "./activations.ts";
import { type BinaryLogs, times, weighedLogs } from "./binary-logs.ts";

export type SoftTargets = "exp" | "linear" | "split" | "logit";

export interface FocalShape {
  readonly softTargets: SoftTargets;
  /** Where p_t is less, m is 1; elsewhere (u / threshold)^g. */
  readonly reducedThreshold?: number | undefined;
  /** The modulator as a constant of the gradient. */
  readonly detached: boolean;
}

/** What one element adds to the loss and to the sum of modulators, with slopes. */
export interface FocalElement {
  readonly value: number;
  readonly slope: number;
  readonly modulator: number;
  readonly modulatorSlope: number;
}

/** The factors of an element: the exponent, and what its positive and its negative part are weighed by. */
export interface FocalFactors {
  readonly gamma: number;
  readonly positive: number;
  readonly negative: number;
}

export function focalOfElement(
  logs: BinaryLogs,
  t: number,
  { gamma, positive, negative }: FocalFactors,
  shape: FocalShape,
): FocalElement {
  const hard = t === 0 || t === 1;
  if (shape.softTargets === "split" && !hard) {
    const one = modulated(logs, 1, gamma, shape);
    const zero = modulated(logs, 0, gamma, shape);
    const mix = (part: keyof FocalElement, a: number, b: number) =>
      t * a * one[part] + (1 - t) * b * zero[part];
    return {
      value: mix("value", positive, negative),
      slope: mix("slope", positive, negative),
      modulator: mix("modulator", 1, 1),
      modulatorSlope: mix("modulatorSlope", 1, 1),
    };
  }
  const element = modulated(logs, t, gamma, shape);
  const factor = t * positive + (1 - t) * negative;
  return { ...element, value: times(factor, element.value), slope: times(factor, element.slope) };
}

function modulated(logs: BinaryLogs, t: number, gamma: number, shape: FocalShape): FocalElement {
  const { value: b, slope: db } = weighedLogs(logs, t, 1 - t);
  const { u, du } = missOf(logs, t, b, db, shape.softTargets);
  const modulator = modulatorOf(u, gamma, shape.reducedThreshold);
  const flat = shape.detached || isReduced(u, shape.reducedThreshold) || u === 0;
  const modulatorSlope = flat ? 0 : times(gamma * modulator, du / u);
  return {
    value: times(modulator, b),
    slope: times(modulator, db) + times(modulatorSlope, b),
    modulator,
    modulatorSlope,
  };
}

/** u^g, or of the reduced focal loss. */
export function modulatorOf(u: number, gamma: number, reducedThreshold?: number): number {
  if (reducedThreshold === undefined) return u ** gamma;
  return isReduced(u, reducedThreshold) ? 1 : (u / reducedThreshold) ** gamma;
}

/** Whether the reduced focal loss leaves an element of this u as it is. */
export function isReduced(u: number, reducedThreshold?: number): boolean {
  return reducedThreshold !== undefined && 1 - u < reducedThreshold;
}

/** u = 1 - p_t and its slope. For hard targets all readings are the same, and the linear one loses no digits. */
function missOf(
  { p, q, logp, logq, dlogp, dlogq, dp }: BinaryLogs,
  t: number,
  b: number,
  db: number,
  softTargets: SoftTargets,
): { readonly u: number; readonly du: number } {
  if (t !== 0 && t !== 1) {
    if (softTargets === "exp") return { u: -Math.expm1(-b), du: times(Math.exp(-b), db) };
    if (softTargets === "logit") {
      const side = 2 * t - 1;
      const z = times(side, logp - logq);
      const u = sigmoid(-z);
      return { u, du: times(-side * u * sigmoid(z), dlogp - dlogq) };
    }
  }
  return { u: t * q + (1 - t) * p, du: (1 - 2 * t) * dp };
}

/** Focal star: -log s(g z + shift) / g, z = (2t - 1) x. */
export function focalStarOfLogit(
  x: number,
  t: number,
  { gamma, positive, negative }: FocalFactors,
  shift: number,
): FocalElement {
  const side = 2 * t - 1;
  const z = gamma * side * x + shift;
  const factor = t * positive + (1 - t) * negative;
  return {
    value: (factor * softplus(-z)) / gamma,
    slope: -factor * side * sigmoid(-z),
    modulator: 1,
    modulatorSlope: 0,
  };
}
