/** Lovász softmax. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import { type ClassChoice, choiceMask } from "../families/class-options.ts";
import { type InputOptions, inputField } from "../families/input-options.ts";
import { isPresent, isThere, type LovaszOptions, lovaszExtension, lovaszFields } from "../families/lovasz.ts";
import { lovaszChannelKernel, lovaszPacked, lovaszSoftmaxKernel } from "../families/lovasz-kernel.ts";
import { type RankedLoss, rankedTerm } from "../families/ranked.ts";
import type { Loss } from "../loss.ts";
import { perClass } from "../options.ts";
import type { Pixel } from "../reference/pixel.ts";
import { defineLoss } from "../single-loss.ts";

export interface LovaszSoftmaxOptions extends LovaszOptions, InputOptions {
  readonly preset?: Preset;
  /**
   * The classes the loss is a mean over: those with ground truth in what is ranked (`present`, default), `all`, the
   * `foreground` (all but channel 0, which a single channel keeps), or a list of them.
   */
  readonly classes?: "present" | ClassChoice;
}

export const lovaszSoftmaxDefinition: LossDefinition = {
  id: "lovasz-softmax",
  formula:
    "L_c = sum_k e_k (J_k - J_{k-1}), e = |g - p_c| descending, J_k the Jaccard loss of class c when the first k pixels " +
    "are wrong; mean over classes",
  source:
    "Berman, Triki, Blaschko, The Lovász-Softmax loss, CVPR 2018, eq. 8 to 11; defaults of its code: classes present, " +
    "per_image=False. One channel is one class of a sigmoid.",
  coupling: "gather",
  kernel: "simd",
  fields: {
    ...lovaszFields,
    ...inputField(),
    classes: {
      kind: "any-of",
      of: [
        { kind: "choice", values: ["present", "all", "foreground"] },
        { kind: "integers", min: 0 },
      ],
      default: "present",
      doc:
        "Classes the loss runs over: those with ground truth in what is ranked, all, foreground (all but channel 0, " +
        "which a single channel keeps), or a list.",
    },
  },
  presets: {
    smp: {
      options: { classes: "present", accumulate: "batch" },
      note: "LovaszLoss(mode multiclass, per_image False), of logits whatever its from_logits says.",
    },
    kornia: {
      options: { classes: "all", accumulate: "image", weighting: "plain" },
      note: "LovaszSoftmaxLoss, which ranks each image on its own. Versions that take the label for the foreground are not followed.",
    },
    mmseg: {
      options: { classes: "present", accumulate: "batch", weighting: "plain", ignoreIndex: 255 },
      note: "LovaszLoss(loss_type multi_class, per_image False)",
    },
  },
  resolve(checked, classes) {
    const options = checked as LovaszSoftmaxOptions;
    const { accumulate = "batch", weighting = "plain", input = "logits" } = options;
    return rankedTerm({
      id: this.id,
      options,
      classes,
      rows: classes,
      scope: accumulate,
      activation: classes === 1 ? "sigmoid" : "softmax",
      input,
      targets: classes === 1 ? "dense" : "either",
      slope: "probabilities",
      rowWeights: perClass(this.id, "classWeights", options.classWeights ?? 1, classes),
      weighting,
      takesPart: presenceOf(this.id, options.classes ?? "present", classes),
      measure: errorOf,
      rank: lovaszExtension,
      addGrad({ p, t, slope }, c, scale) {
        // 1 - p is above 0 also where p is rounded to 1.
        slope[c] += scale * (t[c] === 1 ? -1 : Math.sign(p[c] - t[c]));
      },
      ...(input === "logits" && { kernel: kernelOf(this.id, options.classes ?? "present", classes) }),
    });
  },
};

/**
 * Lovász softmax: `[N, C, ...spatial]` logits or probabilities against labels `[N, ...spatial]`, or dense targets,
 * meant to be 0 or 1, with the logits' dims. The value is between 0 and 1 without `classWeights`, and 1 - Jaccard of each
 * class where all predictions are certain.
 *
 * A pixel weight of w stands for w equal pixels; one of 0 leaves the pixel out, and its class is not present by it.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function lovaszSoftmax(options: LovaszSoftmaxOptions = {}): Loss {
  return defineLoss(lovaszSoftmaxDefinition, options);
}

function kernelOf(
  loss: string,
  choice: "present" | ClassChoice,
  classes: number,
): NonNullable<RankedLoss["kernel"]> {
  const chosen = choice === "present" ? undefined : choiceMask(loss, choice, classes);
  const isBinary = classes === 1;
  return {
    maps: isBinary
      ? lovaszChannelKernel("sigmoid", classes, chosen === undefined)
      : lovaszSoftmaxKernel(classes, chosen),
    packed: lovaszPacked(
      isBinary,
      (target, error) => (target === 1 ? -1 : Math.sign(error)),
      "probabilities",
    ),
  };
}

/** |g - p|; of a pixel that is confidently right 1 - p is taken from log p, which still has digits there. */
function errorOf({ p, logp, t }: Pixel, c: number): number {
  return t[c] === 1 ? -Math.expm1(logp[c]) : Math.abs(p[c] - t[c]);
}

/** Whether a pixel makes a class one of those the loss is a mean over. */
function presenceOf(
  loss: string,
  choice: "present" | ClassChoice,
  classes: number,
): (pixel: Pixel, row: number) => boolean {
  if (choice === "present") return isPresent;
  const chosen = choiceMask(loss, choice, classes);
  return (pixel, row) => isThere(pixel) && chosen[row] === 1;
}
