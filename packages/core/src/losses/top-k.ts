/** Top-k cross-entropy. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import { type AccumulateOptions, accumulateField } from "../families/accumulate-option.ts";
import { type HardPixelOptions, hardPixelFields, hardPixelTerm, pixelsIn } from "../families/hard-pixels.ts";
import { type OneVsRestOptions, oneVsRestField } from "../families/input-options.ts";
import type { Loss } from "../loss.ts";
import { optionConflict, perClass } from "../options.ts";
import { defineLoss } from "../single-loss.ts";

export interface TopKOptions extends HardPixelOptions, AccumulateOptions, OneVsRestOptions {
  readonly preset?: Preset;
  /** How many of the pixels are kept, in percent, above 0; 10 by default. */
  readonly percent?: number;
  /** The loss of a pixel; by default binary cross-entropy for one channel, else cross-entropy. */
  readonly base?: "cross-entropy" | "binary-cross-entropy";
  /** What the percentage is of: the pixels that count (`valid`, default), or `all`, where ignored ones rank with loss 0. */
  readonly counts?: "valid" | "all";
}

export const topKDefinition: LossDefinition = {
  id: "top-k",
  formula:
    "L = mean of the k largest l_i, k = floor(percent / 100 N) but at least 1, l_i the cross-entropy of pixel i",
  source:
    "nnU-Net TopKLoss, which counts ignored pixels in N (counts: all). With the binary base each channel is ranked on its own.",
  coupling: "gather",
  kernel: "simd",
  fields: {
    percent: { kind: "number", min: 0, max: 100, default: 10, doc: "How many pixels are kept, in percent." },
    base: {
      kind: "choice",
      values: ["cross-entropy", "binary-cross-entropy"],
      default: "binary-cross-entropy for one channel, else cross-entropy",
      doc: "The loss of a pixel.",
    },
    counts: {
      kind: "choice",
      values: ["valid", "all"],
      default: "valid",
      doc: "What the percentage is of: the pixels that count, or all, where ignored ones rank with loss 0.",
    },
    ...accumulateField("batch", "pixels are ranked"),
    ...hardPixelFields,
    ...oneVsRestField,
  },
  presets: {
    nnunet: {
      options: { base: "cross-entropy", percent: 10, counts: "all", accumulate: "batch" },
      note: "TopKLoss(k=10). Where k% of the pixels is less than one, nnU-Net gives NaN and this keeps one.",
    },
  },
  resolve(checked, classes) {
    const options = checked as TopKOptions;
    const { percent = 10, counts = "valid", accumulate = "batch", oneVsRest = false } = options;
    const base = options.base ?? (classes === 1 ? "binary-cross-entropy" : "cross-entropy");
    if (oneVsRest && base === "cross-entropy") {
      throw optionConflict(this.id, ["oneVsRest", "base"], "only the binary base sees each class on its own");
    }
    return hardPixelTerm({
      id: this.id,
      options,
      classes,
      base,
      scope: accumulate,
      targets: base === "cross-entropy" || oneVsRest ? "either" : "dense",
      classWeights: perClass(this.id, "classWeights", options.classWeights ?? 1, classes),
      rankedBy: "weighted-loss",
      among: counts,
      keep: ({ length }) => Math.min(length, pixelsIn(length, percent)),
    });
  },
};

/**
 * Mean cross-entropy of the hardest pixels: `[N, C, ...spatial]` logits against labels `[N, ...spatial]` or dense
 * targets with the logits' dims; with the binary base each channel has its hardest, and the loss is the mean over channels.
 *
 * Class and pixel weights multiply the loss before the pixels are ranked, and change neither N nor k; to take pixels
 * out of N, ignore them.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`, `OPTION_CONFLICT`.
 */
export function topK(options: TopKOptions = {}): Loss {
  return defineLoss(topKDefinition, options);
}
