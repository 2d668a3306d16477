/** Options of label smoothing. @module */
import type { OptionFields } from "../options.ts";
import type { Smoothing } from "../reference/target-smoothing.ts";

export interface TargetSmoothingOptions {
  /** s, how strongly targets are softened, 0 to 1; 0 by default. */
  readonly labelSmoothing?: number;
  /**
   * What softened targets are: `half` t (1 - s) + s / 2, as Keras (default); `flip` t (1 - s) + (1 - t) s, twice as
   * strong, as segmentation_models.pytorch; `uniform` t (1 - s) + s / C, as burn, over the C channels that count.
   */
  readonly smoothing?: Smoothing;
}

/** `labelSmoothing`, with what a target is softened to. */
export function labelSmoothingField(softened: string): OptionFields {
  return {
    labelSmoothing: {
      kind: "number",
      min: 0,
      max: 1,
      default: 0,
      doc: `How strongly targets are softened, s: ${softened}.`,
    },
  };
}

export const targetSmoothingFields: OptionFields = {
  ...labelSmoothingField("as smoothing says"),
  smoothing: {
    kind: "choice",
    values: ["half", "flip", "uniform"],
    default: "half",
    doc: "What softened targets are: t (1 - s) + s / 2, t (1 - s) + (1 - t) s, or t (1 - s) + s / C.",
  },
};
