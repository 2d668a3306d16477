/**
 * What losses on the probabilities of exclusive classes are made of, for one pixel after the other, float64:
 * probabilities, what is missing to 1, logarithms, and the way back from slopes to the input.
 *
 *   of logits          u_k = 1 - p_k = -expm1(log p_k)
 *                      dl/dx_k = s_k - p_k sum_j s_j                                     s = dl / d log p
 *   of probabilities   dl/dp_k = g_k = s_k d log p_k;  divided by their sum S first: (g_k - sum_j g_j p_j / S) / S
 */
import { chainLogSoftmax, chainSoftmax } from "./activations.ts";
import { times } from "./binary-logs.ts";
import { boundsOf, type Clamping, clampedLog } from "./clamped-log.ts";
import type { Pixel } from "./pixel.ts";
import type { ValueAndSlope } from "./value-and-slope.ts";

export interface ClassInput {
  readonly input: "logits" | "probabilities";
  readonly clamping: Clamping;
  /** Whether probabilities are first divided by their sum, unless all are 0. */
  readonly normalization: "none" | "sum";
}

export class ClassLogs {
  /** `[C]`; meaningless where a class is not open. */
  readonly p: Float64Array;
  readonly u: Float64Array;
  readonly logp: Float64Array;
  /** d p / d log p: p, and with epsilon inside the logarithm p + epsilon. */
  readonly dp: Float64Array;
  readonly #dlogp: Float64Array;
  readonly #given: ClassInput;
  readonly #logOf: (p: number) => ValueAndSlope;
  readonly #bounds: readonly [least: number, most: number];
  /** What is added under the logarithm. */
  readonly #shift: number;
  #sum = 1;

  constructor(classes: number, given: ClassInput) {
    this.p = new Float64Array(classes);
    this.u = new Float64Array(classes);
    this.logp = new Float64Array(classes);
    this.dp = new Float64Array(classes);
    this.#dlogp = new Float64Array(classes);
    this.#given = given;
    const { clamping } = given;
    this.#logOf = clampedLog(clamping);
    this.#bounds =
      clamping.clamp === "probability"
        ? boundsOf(clamping)
        : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    this.#shift = clamping.clamp === "inside" ? clamping.epsilon : 0;
  }

  /** Turns to another pixel. */
  read({ p, logp, open, classes }: Pixel): void {
    const { input, normalization } = this.#given;
    if (input === "logits") {
      this.p.set(p);
      this.dp.set(p);
      this.logp.set(logp);
      for (let c = 0; c < classes; c++) this.u[c] = -Math.expm1(logp[c]);
      return;
    }
    this.#sum = 1;
    if (normalization === "sum") {
      this.#sum = 0;
      for (let c = 0; c < classes; c++) this.#sum += times(open[c], p[c]);
      if (this.#sum === 0) this.#sum = 1;
    }
    for (let c = 0; c < classes; c++) this.#clamp(c, p[c] / this.#sum);
  }

  #clamp(c: number, given: number): void {
    const [least, most] = this.#bounds;
    const { value, slope } = this.#logOf(given);
    const p = Math.min(Math.max(given, least), most);
    this.p[c] = p;
    this.u[c] = 1 - p;
    this.dp[c] = p + this.#shift;
    this.logp[c] = value;
    this.#dlogp[c] = slope;
  }

  /**
   * Adds to the pixel's gradient what the slopes `s` by log p, and `d` by p where given, come to; both are 0 where a
   * class is not open.
   */
  chain({ grad, open, classes }: Pixel, s: Float64Array, d?: Float64Array): void {
    if (this.#given.input === "logits") {
      chainLogSoftmax(this.p, open, (c) => s[c], 1, grad);
      if (d !== undefined) chainSoftmax(this.p, d, grad);
      return;
    }
    let inSum = 0;
    const slopeOf = (c: number) => times(s[c], this.#dlogp[c]) + (d?.[c] ?? 0);
    if (this.#given.normalization === "sum") {
      for (let c = 0; c < classes; c++) inSum += times(slopeOf(c), this.p[c]);
    }
    for (let c = 0; c < classes; c++) {
      if (open[c] !== 0) grad[c] += (slopeOf(c) - inSum) / this.#sum;
    }
  }
}
