/** Balanced binary cross-entropy. @module */

import type { LossDefinition } from "../definition.ts";
import { commonTerm } from "../families/common-options.ts";
import { countElement, PixelSum, pixelFields, pixelReduction } from "../families/reduction.ts";
import { type SigmoidPixelOptions, sigmoidInputFields } from "../families/sigmoid-pixel.ts";
import type { Loss } from "../loss.ts";
import { logsOfLogit, logsOfProbability, times } from "../reference/binary-logs.ts";
import { PYTORCH_CLAMPING } from "../reference/clamped-log.ts";
import { defineLoss } from "../single-loss.ts";
import { type Term, totalOf } from "../term.ts";

export interface BalancedBinaryCrossEntropyOptions extends SigmoidPixelOptions {
  /** How far the rarer side is weighed up, at least 0; 1, in full, by default. */
  readonly gamma?: number;
}

export const balancedBinaryCrossEntropyDefinition: LossDefinition = {
  id: "balanced-binary-cross-entropy",
  formula:
    "l = -f^gamma t log p - (1 - f)^gamma (1 - t) log(1 - p), f = share of negatives in the batch; mean over counted elements",
  source:
    "Xie, Tu, Holistically-Nested Edge Detection, ICCV 2015, eq. 2, over the batch; with gamma as in pytorch-toolbelt " +
    "BalancedBCEWithLogitsLoss, which however applies any gamma but 1 twice, f^(gamma^2).",
  coupling: "labels",
  kernel: "scalar",
  fields: {
    ...sigmoidInputFields,
    gamma: { kind: "number", min: 0, default: 1, doc: "How far the rarer side is weighed up." },
    ...pixelFields("valid"),
  },
  resolve: (checked) => balancedTerm("balanced-binary-cross-entropy", checked),
};

/**
 * Balanced binary cross-entropy of sigmoid outputs, positives weighed by the share of negatives and the other way
 * round: `[N, C, ...spatial]` logits against dense targets in [0, 1].
 *
 * Soft targets and pixel weights count in the shares by what they are.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function balancedBinaryCrossEntropy(options: BalancedBinaryCrossEntropyOptions = {}): Loss {
  return defineLoss(balancedBinaryCrossEntropyDefinition, options);
}

/** Sums of the first map beside those of every pixel loss: of targets, and of what they lack to 1. */
const POSITIVE = PixelSum.length;
const NEGATIVE = POSITIVE + 1;

function balancedTerm(id: string, options: BalancedBinaryCrossEntropyOptions): Term {
  const { reduction = "mean", divisor = "valid", allIgnored = "zero", oneVsRest = false } = options;
  const { gamma = 1, input = "logits" } = options;
  const logsOf = input === "logits" ? logsOfLogit : logsOfProbability(PYTORCH_CLAMPING);
  const base = pixelReduction(id, { reduction, divisor, allIgnored });
  return {
    id,
    coupling: "labels",
    activation: "sigmoid",
    input,
    targets: oneVsRest ? "either" : "dense",
    slope: "input",
    ...commonTerm(options),
    elements: reduction === "none" ? "logits" : "none",
    ...base,
    firstLength: NEGATIVE + 1,
    coefficientLength: 3,
    finish(images, scale, upstream) {
      const sums = totalOf(images, NEGATIVE + 1);
      const all = sums[POSITIVE] + sums[NEGATIVE];
      const share = all === 0 ? 0 : sums[NEGATIVE] / all;
      return base
        .finish(images, scale, upstream)
        .map(([factor]) => Float64Array.of(factor, share ** gamma, (1 - share) ** gamma));
    },
    pixel: {
      first({ t, open, counted, weight, classes }, sums) {
        sums[PixelSum.pixels] += counted ? 1 : 0;
        sums[PixelSum.all] += classes;
        for (let c = 0; c < classes; c++) {
          if (open[c] === 0) continue;
          countElement(sums, weight);
          sums[POSITIVE] += weight * t[c];
          sums[NEGATIVE] += weight * (1 - t[c]);
        }
      },
      second({ x, t, open, weight, upstream, grad, elements, classes }, coefficients, sums) {
        const [factor, ofPositive, ofNegative] = coefficients;
        for (let c = 0; c < classes; c++) {
          if (open[c] === 0) continue;
          const { logp, logq, dlogp, dlogq } = logsOf(x[c]);
          const up = ofPositive * t[c];
          const down = ofNegative * (1 - t[c]);
          elements[c] = weight * -(times(up, logp) + times(down, logq));
          sums[0] += elements[c];
          grad[c] -= factor * weight * upstream[c] * (times(up, dlogp) + times(down, dlogq));
        }
      },
    },
  };
}
