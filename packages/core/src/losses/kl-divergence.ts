/** Kullback-Leibler divergence, for distillation. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import { type DivergenceOptions, divergenceFields, divergenceTerm } from "../families/divergence.ts";
import type { Loss } from "../loss.ts";
import { forwardKl, reverseKl } from "../reference/divergence.ts";
import { defineLoss } from "../single-loss.ts";

export interface KlDivergenceOptions extends DivergenceOptions {
  readonly preset?: Preset;
  /**
   * `forward` (default): sum t log(t / p), of the teacher t from the student p, as in distillation; `reverse`:
   * sum p log(p / t), which wants a teacher without zeros, or the clamp.
   */
  readonly direction?: "forward" | "reverse";
  /**
   * Whether the masses of both count where they do not add up to 1: `counted` adds sum p - sum t (reverse: sum t - sum p),
   * the generalized divergence, which is never negative; `ignored` by default.
   */
  readonly mass?: "ignored" | "counted";
}

export const klDivergenceDefinition: LossDefinition = {
  id: "kl-divergence",
  formula:
    "l = T^2 sum_k t_k log(t_k / p_k), p = softmax(x / T), t = softmax(teacher / T) or the target; mean over pixels",
  source:
    "Hinton et al., Distilling the Knowledge in a Neural Network, 2015, section 2 (T^2); PyTorch 2 KLDivLoss, Keras " +
    "KLDivergence, kornia kl_div_loss_2d, optax generalized_kl_divergence. 0 log 0 is 0 everywhere.",
  coupling: "labels",
  kernel: "simd",
  fields: {
    ...divergenceFields,
    direction: {
      kind: "choice",
      values: ["forward", "reverse"],
      default: "forward",
      doc: "Of the teacher from the student, or of the student from the teacher.",
    },
    mass: {
      kind: "choice",
      values: ["ignored", "counted"],
      default: "ignored",
      doc: "Whether sums of both that differ count: counted adds their difference.",
    },
  },
  presets: {
    torch: {
      options: { input: "log-probabilities", spread: "elements" },
      note: "torch.nn.KLDivLoss; extra.teacher is its log_target=True. Its reduction none is per class, here it is per pixel.",
    },
    keras: {
      options: { clamp: "probability", epsilon: 1e-7 },
      note: "keras.losses.KLDivergence; with input probabilities.",
    },
    kornia: {
      options: { input: "probabilities", clamp: "none" },
      note: "kl_div_loss_2d, whose distributions lie over the pixels of a plane: make these the channels.",
    },
  },
  resolve(checked, classes) {
    const options = checked as KlDivergenceOptions;
    const { direction = "forward", mass = "ignored", input = "logits" } = options;
    // For logits the form that counts masses is exact near 0, and a target's own mass is taken off again.
    const counted = mass === "counted" || input === "logits";
    const massOfTarget = mass === "counted" || input !== "logits" ? 0 : direction === "forward" ? 1 : -1;
    const divergence = direction === "forward" ? forwardKl(counted) : reverseKl(counted);
    const sign = direction === "forward" ? 1 : -1;
    return divergenceTerm({
      id: this.id,
      options,
      classes,
      divergence,
      massOfTarget,
      kernel: {
        name: direction === "forward" ? "forwardKl" : "reverseKl",
        counted,
        massOfTeacher: counted ? 0 : sign,
      },
    });
  },
};

/**
 * Kullback-Leibler divergence of the input, `[N, C, ...spatial]`, and a teacher: `extra.teacher`, read as the input is
 * (the target then only says what is ignored), or a dense target of probabilities.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`; at the first call `OPTION_CONFLICT` for a temperature of
 *   anything but logits, and `EXTRA_MISSING` for labels without a teacher.
 */
export function klDivergence(options: KlDivergenceOptions = {}): Loss {
  return defineLoss(klDivergenceDefinition, options);
}
