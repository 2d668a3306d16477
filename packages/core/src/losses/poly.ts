/** Poly-1 loss. @module */

import type { LossDefinition } from "../definition.ts";
import { formKernel } from "../families/binary-form.ts";
import { classFormKernel } from "../families/class-form.ts";
import {
  type InputOptions,
  inputField,
  LOGARITHMS_FLOORED,
  type OneVsRestOptions,
  oneVsRestField,
} from "../families/input-options.ts";
import { type PixelOptions, pixelFields } from "../families/reduction.ts";
import { sigmoidPixelTerm } from "../families/sigmoid-pixel.ts";
import { softmaxPixelTerm } from "../families/softmax-pixel.ts";
import type { Loss } from "../loss.ts";
import { optionConflict } from "../options.ts";
import { logsOfLogit, logsOfProbability, times, weighedLogs } from "../reference/binary-logs.ts";
import { PYTORCH_CLAMPING } from "../reference/clamped-log.ts";
import { ClassLogs } from "../reference/class-logs.ts";
import type { Pixel } from "../reference/pixel.ts";
import { defineLoss } from "../single-loss.ts";
import type { Term } from "../term.ts";

export interface PolyOptions extends PixelOptions, InputOptions, OneVsRestOptions {
  /** What is corrected: `cross-entropy`, of a softmax (default), or `binary-cross-entropy`, of a sigmoid. */
  readonly base?: "cross-entropy" | "binary-cross-entropy";
  /** Weight of the correction, negative allowed; 1 by default. */
  readonly epsilon?: number;
}

export const polyDefinition: LossDefinition = {
  id: "poly",
  formula: "l = CE + epsilon (1 - sum_c t_c p_c), or BCE + epsilon (1 - t p - (1 - t)(1 - p)) per channel",
  source:
    "Leng et al., PolyLoss, ICLR 2022, eq. 6 (Poly-1); optax poly_loss_cross_entropy, whose default epsilon is 2.",
  coupling: "labels",
  kernel: "simd",
  fields: {
    base: {
      kind: "choice",
      values: ["cross-entropy", "binary-cross-entropy"],
      default: "cross-entropy",
      doc: "What is corrected: a softmax's cross-entropy, or that of each sigmoid.",
    },
    epsilon: { kind: "number", default: 1, doc: "Weight of the correction." },
    ...inputField(LOGARITHMS_FLOORED),
    ...oneVsRestField,
    ...pixelFields("valid"),
  },
  resolve(checked, classes) {
    const options = checked as PolyOptions;
    return options.base === "binary-cross-entropy"
      ? sigmoidTerm(this.id, options, classes)
      : softmaxTerm(this.id, options, classes);
  },
};

/**
 * Poly-1 loss: a cross-entropy plus a multiple of the probability that is missing. `[N, C, ...spatial]` logits against
 * labels `[N, ...spatial]` or dense probabilities, or with the base `binary-cross-entropy` dense targets in [0, 1].
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`, `OPTION_CONFLICT`.
 */
export function poly(options: PolyOptions = {}): Loss {
  return defineLoss(polyDefinition, options);
}

/** Of the kernels: near -1 a confident pixel's loss is what two float32 numbers nearly cancel to. */
const LEAST_EPSILON = -0.5;

/** dl / d log p_c = -t_c (1 + e p_c). */
function softmaxTerm(id: string, options: PolyOptions, classes: number): Term {
  const { epsilon = 1, input = "logits" } = options;
  if (options.oneVsRest === true) {
    throw optionConflict(
      id,
      ["oneVsRest", "base"],
      "a softmax takes labels as they are; set base to binary-cross-entropy for a sigmoid per class",
    );
  }
  const logs = new ClassLogs(classes, { input, clamping: PYTORCH_CLAMPING, normalization: "none" });
  const slopes = new Float64Array(classes);
  return softmaxPixelTerm({
    id,
    options,
    slope: "input",
    targets: "either",
    divisor: "valid",
    ...(epsilon >= LEAST_EPSILON && {
      kernel: classFormKernel(
        { form: "poly", input, clamping: PYTORCH_CLAMPING, ofLabels: "polyOfLabels", numbers: [1, epsilon] },
        classes,
      ),
    }),
    lossOf(pixel: Pixel, scale) {
      const { t, open } = pixel;
      logs.read(pixel);
      let cost = 0;
      let missing = 0;
      let lacking = 1;
      slopes.fill(0);
      for (let c = 0; c < classes; c++) {
        if (open[c] === 0) continue;
        cost -= times(t[c], logs.logp[c]);
        // 1 - sum t p = (1 - sum t) + sum t u: a confident pixel keeps its digits.
        missing += times(t[c], logs.u[c]);
        lacking -= t[c];
        slopes[c] = -scale * t[c] * (1 + epsilon * logs.p[c]);
      }
      logs.chain(pixel, slopes);
      return cost + epsilon * (lacking + missing);
    },
  });
}

function sigmoidTerm(id: string, options: PolyOptions, classes: number): Term {
  const { epsilon = 1, input = "logits" } = options;
  const logsOf = input === "logits" ? logsOfLogit : logsOfProbability(PYTORCH_CLAMPING);
  return sigmoidPixelTerm({
    id,
    options,
    element(x, t) {
      const logs = logsOf(x);
      const { value, slope } = weighedLogs(logs, t, 1 - t);
      return {
        value: value + epsilon * (t * logs.q + (1 - t) * logs.p),
        slope: slope + epsilon * (1 - 2 * t) * logs.dp,
      };
    },
    ...(epsilon >= LEAST_EPSILON && {
      kernel: formKernel(
        {
          form: "poly",
          clamping: input === "logits" ? undefined : PYTORCH_CLAMPING,
          numbers: () => [epsilon],
        },
        classes,
      ),
    }),
  });
}
