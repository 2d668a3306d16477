/** Quality focal loss. @module */

import type { LossDefinition } from "../definition.ts";
import { formKernel } from "../families/binary-form.ts";
import { inputField, LOGARITHMS_FLOORED, oneVsRestField } from "../families/input-options.ts";
import { pixelFields } from "../families/reduction.ts";
import { type SigmoidPixelOptions, sigmoidPixelTerm } from "../families/sigmoid-pixel.ts";
import type { Loss } from "../loss.ts";
import {
  type BinaryLogs,
  logsOfLogit,
  logsOfProbability,
  times,
  weighedLogs,
} from "../reference/binary-logs.ts";
import { PYTORCH_CLAMPING } from "../reference/clamped-log.ts";
import { defineLoss } from "../single-loss.ts";

export interface QualityFocalOptions extends SigmoidPixelOptions {
  /** How strongly what is nearly right is played down, at least 0; 2 by default. */
  readonly beta?: number;
}

export const qualityFocalDefinition: LossDefinition = {
  id: "quality-focal",
  formula: "l = |t - p|^beta b, p = sigmoid(x), b = binary cross-entropy; mean over counted elements",
  source:
    "Li et al., Generalized Focal Loss, NeurIPS 2020, eq. 2; pytorch-toolbelt QualityFocalLoss. Its gradient at t = p, where " +
    "it has a cusp for beta below 1, is taken as 0.",
  coupling: "labels",
  kernel: "simd",
  fields: {
    ...inputField(LOGARITHMS_FLOORED),
    ...oneVsRestField,
    beta: { kind: "number", min: 0, default: 2, doc: "How strongly what is nearly right is played down." },
    ...pixelFields("valid"),
  },
  resolve(checked, classes) {
    const options = checked as QualityFocalOptions;
    const { beta = 2, input = "logits" } = options;
    const logsOf = input === "logits" ? logsOfLogit : logsOfProbability(PYTORCH_CLAMPING);
    return sigmoidPixelTerm({
      id: this.id,
      options,
      element: (x, t) => qualityFocalOf(logsOf(x), t, beta),
      kernel: formKernel(
        {
          form: "quality",
          clamping: input === "logits" ? undefined : PYTORCH_CLAMPING,
          ...(beta !== 0 && beta < 2 && { targets: ["labels"] }),
          numbers: () => [beta],
        },
        classes,
      ),
    });
  },
};

/**
 * Quality focal loss of sigmoid outputs, for targets that are a quality in [0, 1]: `[N, C, ...spatial]` logits against
 * dense targets.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function qualityFocal(options: QualityFocalOptions = {}): Loss {
  return defineLoss(qualityFocalDefinition, options);
}

/** With d = p - t, for a target of 1 from q: m = |d|^beta, dm = beta m dp / d. */
function qualityFocalOf(logs: BinaryLogs, t: number, beta: number) {
  const { value: b, slope: db } = weighedLogs(logs, t, 1 - t);
  const distance = t === 1 ? -logs.q : logs.p - t;
  const m = Math.abs(distance) ** beta;
  const dm = distance === 0 ? 0 : times(beta * m, logs.dp / distance);
  return { value: times(m, b), slope: times(m, db) + times(dm, b) };
}
