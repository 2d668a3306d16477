/** Bi-tempered logistic loss. @module */

import type { LossDefinition } from "../definition.ts";
import { biTemperedKernel } from "../families/label-kernels.ts";
import { type PixelOptions, pixelFields } from "../families/reduction.ts";
import { softmaxPixelTerm } from "../families/softmax-pixel.ts";
import { labelSmoothingField } from "../families/target-smoothing.ts";
import type { Loss } from "../loss.ts";
import { optionConflict } from "../options.ts";
import { times } from "../reference/binary-logs.ts";
import { openCount, type Pixel } from "../reference/pixel.ts";
import { targetSmoothing } from "../reference/target-smoothing.ts";
import { temperedLogOfLog, temperedLogSoftmax } from "../reference/tempered.ts";
import { defineLoss } from "../single-loss.ts";

export interface BiTemperedOptions extends PixelOptions {
  /** Temperature of the logarithm, 0 to 1: below 1 no pixel costs more than 1 / (1 - t1); 0.8 by default. */
  readonly t1?: number;
  /** Temperature of the softmax, at least `t1`: above 1 its tails are heavy; 1.4 by default. */
  readonly t2?: number;
  /** s, 0 to 1: targets become t (1 - s) + s / C; 0 by default. */
  readonly labelSmoothing?: number;
}

export const biTemperedDefinition: LossDefinition = {
  id: "bi-tempered",
  formula:
    "l = sum_c t_c (log_t1 t_c - log_t1 p_c) - (t_c^(2 - t1) - p_c^(2 - t1)) / (2 - t1), p_c = exp_t2(x_c - n), sum p = 1",
  source:
    "Amid et al., Robust Bi-Tempered Logistic Loss, NeurIPS 2019, eq. 6; t1 = t2 = 1 is cross-entropy. n is solved for, where " +
    "the authors' code (and pytorch-toolbelt) stops after five steps; their label smoothing is s (C - 1) / C of ours.",
  coupling: "labels",
  kernel: "simd",
  fields: {
    t1: { kind: "number", min: 0, max: 1, default: 0.8, doc: "Temperature of the logarithm." },
    t2: { kind: "number", min: 0, max: 10, default: 1.4, doc: "Temperature of the softmax, at least t1." },
    ...labelSmoothingField("t (1 - s) + s / C"),
    ...pixelFields("valid"),
  },
  resolve(checked, classes) {
    const options = checked as BiTemperedOptions;
    const { t1 = 0.8, t2 = 1.4, labelSmoothing = 0 } = options;
    if (t1 > t2) {
      throw optionConflict(this.id, ["t1", "t2"], "a gradient that is bounded needs t1 of at most t2");
    }
    const soften = targetSmoothing(labelSmoothing, "uniform");
    const logp = new Float64Array(classes);
    return softmaxPixelTerm({
      id: this.id,
      options,
      slope: "input",
      targets: "either",
      divisor: "valid",
      ...(t2 > 1 && labelSmoothing === 0 && { kernel: biTemperedKernel(t1, t2) }),
      lossOf(pixel: Pixel, scale) {
        const { x, t, open, grad } = pixel;
        temperedLogSoftmax(x, open, t2, logp);
        const openClasses = openCount(open);
        const target = (c: number) => soften(t[c], openClasses);
        let loss = 0;
        let escorts = 0;
        let pull = 0;
        for (let c = 0; c < classes; c++) {
          if (open[c] === 0) continue;
          loss += divergence(target(c), logp[c], t1);
          escorts += power(logp[c], t2);
          pull += pullOf(target(c), logp[c], t2 - t1);
        }
        for (let c = 0; c < classes; c++) {
          if (open[c] === 0) continue;
          const share = power(logp[c], t2) / escorts;
          grad[c] += scale * (pullOf(target(c), logp[c], t2 - t1) - share * pull);
        }
        return loss;
      },
    });
  },
};

/**
 * Bi-tempered logistic loss, bounded and heavy-tailed, for noisy labels: `[N, C, ...spatial]` logits against labels
 * `[N, ...spatial]` or dense probabilities, C at least 2.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`, `OPTION_CONFLICT`.
 */
export function biTempered(options: BiTemperedOptions = {}): Loss {
  return defineLoss(biTemperedDefinition, options);
}

/** p^e from log p; 0^0 is 0 here, what is not there has no part. */
function power(log: number, e: number): number {
  return log === Number.NEGATIVE_INFINITY ? 0 : Math.exp(e * log);
}

/** dl/dp p^t2 = (p - t) p^(t2 - t1); by the escort distribution, p^t2 normalised, n carries it to the other classes. */
function pullOf(t: number, log: number, e: number): number {
  return (t === 1 ? Math.expm1(log) : Math.exp(log) - t) * power(log, e);
}

/** The part of one class, both powers taken less 1, whose difference they cancel in. */
function divergence(t: number, log: number, t1: number): number {
  const e = 2 - t1;
  const logt = Math.log(t);
  const own = times(t, temperedLogOfLog(logt, t1) - temperedLogOfLog(log, t1));
  return own - (Math.expm1(e * logt) - Math.expm1(e * log)) / e;
}
