/** Soft Dice. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import { type ClassScoreOptions, classScoreFields, smoothingOf } from "../families/overlap-options.ts";
import { kerasOverlap, korniaOverlap, smpOverlap } from "../families/overlap-presets.ts";
import { scoreTerm } from "../families/overlap-score.ts";
import type { Loss } from "../loss.ts";
import { diceScore } from "../reference/overlap-scores.ts";
import { defineLoss } from "../single-loss.ts";

export interface DiceOptions extends ClassScoreOptions {
  readonly preset?: Preset;
}

export const diceDefinition: LossDefinition = {
  id: "dice",
  formula:
    "L = mean over classes of 1 - (2 I + s) / (P + G + s), I = sum p g, P = sum p, G = sum g over the batch",
  source:
    "Milletari, Navab, Ahmadi, V-Net, 3DV 2016, eq. of section 3, with sums of p instead of p^2 (power 2 for those); per " +
    "class over the batch, background included.",
  coupling: "sums",
  kernel: "simd",
  fields: classScoreFields(1),
  presets: {
    monai: {
      options: { smooth: 1e-5, accumulate: "image", emptyClass: "smooth" },
      note:
        "monai.losses.DiceLoss. squared_pred is power 2, jaccard the loss jaccard, batch accumulate, soft_label softTargets " +
        "semimetric, include_background=False classes foreground. A weight list has a number per class of the logits also " +
        "then. MONAI takes probabilities unless an activation is set: set input. An image in which nothing counts leaves " +
        "the mean.",
    },
    smp: {
      options: smpOverlap,
      note:
        "segmentation_models_pytorch.losses.DiceLoss, also pytorch_toolbelt's. log_loss is form log. Ignored pixels leave " +
        "all sums, as there.",
    },
    kornia: {
      options: korniaOverlap,
      note:
        "kornia.losses.DiceLoss. Weights multiply planes under micro; average macro takes weighting normalized. 1e-6 " +
        "softens the one-hot target as kornia's own does.",
    },
    keras: {
      options: kerasOverlap,
      note: "keras.losses.Dice. axis over all but the batch is accumulate image. Keras takes probabilities: set input.",
    },
    mmseg: {
      options: {
        activation: "softmax",
        power: 2,
        smooth: 1,
        accumulate: "image",
        emptyClass: "smooth",
        ignoreIndex: 255,
      },
      note:
        "mmsegmentation DiceLoss. There an ignored pixel leaves I only and stays in P and G, its label clamped to a class; " +
        "here it leaves all sums.",
    },
    nnunet: {
      options: { form: "negative", smooth: 1e-5, epsilon: 1e-8, classes: "foreground", emptyClass: "smooth" },
      note:
        "nnU-Net's MemoryEfficientSoftDiceLoss as its trainers call it. batch_dice=False, which 3d_fullres plans set, is " +
        "accumulate image; training on regions takes activation sigmoid and classes all.",
    },
  },
  resolve(checked, classes) {
    const options = checked as DiceOptions;
    const smoothing = smoothingOf(options, 1);
    return scoreTerm({
      id: this.id,
      options,
      classes,
      kernel: "simd",
      scoreOf: (sums) => diceScore(sums, smoothing),
    });
  },
};

/**
 * Soft Dice loss: `[N, C, ...spatial]` logits against labels `[N, ...spatial]` (softmax) or dense targets in [0, 1].
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`, and at the first call `OPTION_CONFLICT`.
 */
export function dice(options: DiceOptions = {}): Loss {
  return defineLoss(diceDefinition, options);
}
