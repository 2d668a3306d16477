/** Online hard example mining. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import { type AccumulateOptions, accumulateField } from "../families/accumulate-option.ts";
import {
  type HardPixelLoss,
  type HardPixelOptions,
  hardPixelFields,
  hardPixelTerm,
} from "../families/hard-pixels.ts";
import type { Loss } from "../loss.ts";
import { perClass } from "../options.ts";
import { defineLoss } from "../single-loss.ts";

export type OhemVariant = "mmseg" | "stdc" | "paddle";

export interface OhemOptions extends HardPixelOptions, AccumulateOptions {
  readonly preset?: Preset;
  /** Whose rule says what is kept: `mmseg` (default; HRNet and PIDNet are the same), `stdc` (BiSeNet too) or `paddle`. */
  readonly variant?: OhemVariant;
  /** The probability of the label below which a pixel is hard, 0 to 1; 0.7 by default. */
  readonly threshold?: number;
  /** About how many pixels are kept at least: 100000 (`mmseg`), 10000 (`paddle`), a sixteenth of what counts (`stdc`). */
  readonly minKept?: number;
}

type Rule = (threshold: number, minKept: number | undefined) => Pick<HardPixelLoss, "rankedBy" | "keep">;

/**
 * The rules, over n pixels that count, hardest first, h = -log threshold:
 *
 *   mmseg   -log p_y > min(h, that of the pixel behind the first minKept); where n <= minKept, that of the easiest, which
 *           may then fall out
 *   stdc    the loss > h, or the minKept largest where those are fewer
 *   paddle  all where n <= minKept or minKept = 0; else -log p_y > min(h, that of the last of the first minKept)
 */
const rules: Readonly<Record<OhemVariant, Rule>> = {
  mmseg: (threshold, minKept = 100_000) => ({
    rankedBy: "log-probability",
    keep(ranking) {
      const bound = ranking.after(Math.min(minKept, ranking.length - 1));
      return ranking.above(Math.min(-Math.log(threshold), bound));
    },
  }),
  stdc: (threshold, minKept) => ({
    rankedBy: "weighted-loss",
    keep(ranking) {
      const { length } = ranking;
      const least = Math.min(length, minKept ?? Math.floor(length / 16));
      return Math.max(least, ranking.above(-Math.log(threshold)));
    },
  }),
  paddle: (threshold, minKept = 10_000) => ({
    rankedBy: "log-probability",
    keep(ranking) {
      if (minKept === 0 || ranking.length <= minKept) return ranking.length;
      return ranking.above(Math.min(-Math.log(threshold), ranking.after(minKept - 1)));
    },
  }),
};

export const ohemDefinition: LossDefinition = {
  id: "ohem",
  formula:
    "L = mean of l_i = -w_y log p_y over the pixels whose p_y is below a threshold, which rises until about minKept are kept",
  source:
    "Shrivastava, Gupta, Girshick, Training Region-based Object Detectors with Online Hard Example Mining, CVPR 2016. " +
    "mmseg: OhemCrossEntropy of mmsegmentation 1, as in HRNet and PIDNet (its OHEMPixelSampler multiplies min_kept by " +
    "the images and divides by all pixels). stdc: OhemCELoss of STDC and BiSeNet. paddle: PaddleSeg OhemCrossEntropyLoss " +
    "(which adds 1e-5 N to the divisor). Where nothing is kept the value is 0, not NaN; ignored pixels are never ranked.",
  coupling: "gather",
  kernel: "simd",
  fields: {
    variant: {
      kind: "choice",
      values: ["mmseg", "stdc", "paddle"],
      default: "mmseg",
      doc: "Whose rule says what is kept: mmsegmentation and HRNet, STDC and BiSeNet, or PaddleSeg.",
    },
    threshold: {
      kind: "number",
      min: 0,
      max: 1,
      default: 0.7,
      doc: "The probability of the label below which a pixel is hard.",
    },
    minKept: {
      kind: "integer",
      min: 0,
      default: "100000 (mmseg), 10000 (paddle), a sixteenth of what counts (stdc)",
      doc: "About how many pixels are kept at least.",
    },
    ...accumulateField("batch", "pixels are ranked"),
    ...hardPixelFields,
  },
  presets: {
    mmseg: {
      options: { variant: "mmseg", threshold: 0.7, minKept: 100_000, ignoreIndex: 255 },
      note: "OhemCrossEntropy",
    },
  },
  resolve(checked, classes) {
    const options = checked as OhemOptions;
    const { variant = "mmseg", threshold = 0.7, minKept, accumulate = "batch" } = options;
    return hardPixelTerm({
      id: this.id,
      options,
      classes,
      base: "cross-entropy",
      scope: accumulate,
      targets: "labels",
      classWeights: perClass(this.id, "classWeights", options.classWeights ?? 1, classes),
      among: "valid",
      ...rules[variant](threshold, minKept),
    });
  },
};

/**
 * Cross-entropy over the hard pixels of a batch: `[N, C, ...spatial]` logits against labels `[N, ...spatial]`, C at least 2.
 *
 * Class and pixel weights multiply the loss and do not enter the divisor. `stdc` ranks by the weighted loss, the other
 * variants by the probability of the label alone.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function ohem(options: OhemOptions = {}): Loss {
  return defineLoss(ohemDefinition, options);
}
