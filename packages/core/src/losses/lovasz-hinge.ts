/** Lovász hinge. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import { type OneVsRestOptions, oneVsRestField } from "../families/input-options.ts";
import { isThere, type LovaszOptions, lovaszExtension, lovaszFields } from "../families/lovasz.ts";
import { lovaszChannelKernel, lovaszPacked } from "../families/lovasz-kernel.ts";
import { rankedTerm } from "../families/ranked.ts";
import type { Loss } from "../loss.ts";
import { perClass } from "../options.ts";
import { defineLoss } from "../single-loss.ts";

export interface LovaszHingeOptions extends LovaszOptions, OneVsRestOptions {
  readonly preset?: Preset;
}

export const lovaszHingeDefinition: LossDefinition = {
  id: "lovasz-hinge",
  formula:
    "L = sum_k max(e_k, 0) (J_k - J_{k-1}), e = 1 - x (2 g - 1) descending, J_k the Jaccard loss when the first k " +
    "pixels are wrong; mean over channels",
  source:
    "Yu, Blaschko, The Lovász hinge, ICML 2015; Berman et al., CVPR 2018, whose code ranks the batch " +
    "(per_image=False). Channels are ranked one by one.",
  coupling: "gather",
  kernel: "simd",
  fields: {
    ...lovaszFields,
    ...oneVsRestField,
  },
  presets: {
    smp: {
      options: { accumulate: "batch" },
      note: "LovaszLoss(mode binary, per_image False). Its multilabel mode ranks all channels as one; here each is ranked on its own.",
    },
    kornia: { options: { accumulate: "image" }, note: "LovaszHingeLoss: each image is ranked on its own." },
    mmseg: {
      options: { accumulate: "batch", ignoreIndex: 255 },
      note: "LovaszLoss(loss_type binary, per_image False)",
    },
  },
  resolve(checked, classes) {
    const options = checked as LovaszHingeOptions;
    const { accumulate = "batch", weighting = "plain", oneVsRest = false } = options;
    return rankedTerm({
      id: this.id,
      options,
      classes,
      rows: classes,
      scope: accumulate,
      activation: "sigmoid",
      input: "logits",
      targets: oneVsRest ? "either" : "dense",
      slope: "input",
      rowWeights: perClass(this.id, "classWeights", options.classWeights ?? 1, classes),
      weighting,
      takesPart: isThere,
      measure: ({ x, t }, c) => 1 - x[c] * (2 * t[c] - 1),
      rank: lovaszExtension,
      addGrad({ t, grad }, c, scale) {
        grad[c] -= scale * (2 * t[c] - 1);
      },
      kernel: {
        maps: lovaszChannelKernel("hinge", classes, false),
        packed: lovaszPacked(true, (target) => 1 - 2 * target),
      },
    });
  },
};

/**
 * Lovász hinge: `[N, C, ...spatial]` logits against dense targets, meant to be 0 or 1; one channel is the usual case,
 * more are a mean over channels. The value is at least 0 and has no upper bound.
 *
 * A channel without any foreground is wrong by its largest error. A pixel weight of w stands for w equal pixels.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function lovaszHinge(options: LovaszHingeOptions = {}): Loss {
  return defineLoss(lovaszHingeDefinition, options);
}
