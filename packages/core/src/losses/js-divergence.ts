/** Jensen-Shannon divergence, for distillation and consistency. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import { type DivergenceOptions, divergenceFields, divergenceTerm } from "../families/divergence.ts";
import type { Loss } from "../loss.ts";
import { jensenShannon } from "../reference/divergence.ts";
import { defineLoss } from "../single-loss.ts";

export interface JsDivergenceOptions extends DivergenceOptions {
  readonly preset?: Preset;
}

export const jsDivergenceDefinition: LossDefinition = {
  id: "js-divergence",
  formula:
    "l = T^2/2 sum_k (t_k log(t_k / m_k) + p_k log(p_k / m_k)), m = (p + t) / 2, p = softmax(x / T), " +
    "t = softmax(teacher / T) or the target; mean over pixels",
  source: "Lin, Divergence measures based on the Shannon entropy, 1991, eq. 4.1; kornia js_div_loss_2d.",
  coupling: "labels",
  kernel: "simd",
  fields: divergenceFields,
  presets: {
    kornia: {
      options: { input: "probabilities", clamp: "none" },
      note: "js_div_loss_2d, whose distributions lie over the pixels of a plane: make these the channels.",
    },
  },
  resolve(checked, classes) {
    return divergenceTerm({
      id: this.id,
      options: checked as JsDivergenceOptions,
      classes,
      divergence: jensenShannon,
      kernel: { name: "jensenShannon", counted: false, massOfTeacher: 0 },
    });
  },
};

/**
 * Jensen-Shannon divergence of the input, `[N, C, ...spatial]`, and a teacher: `extra.teacher`, read as the input is (the
 * target then only says what is ignored), or a dense target of probabilities. Symmetric; 0 to log 2 for distributions.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`; at the first call `OPTION_CONFLICT` for a temperature of
 *   anything but logits, and `EXTRA_MISSING` for labels without a teacher.
 */
export function jsDivergence(options: JsDivergenceOptions = {}): Loss {
  return defineLoss(jsDivergenceDefinition, options);
}
