/** Label smoothing of binary targets, of which libraries have three kinds. @module */
import type { OptionFields } from "../options.ts";

export type Smoothing = "half" | "flip" | "uniform";

export interface TargetSmoothingOptions {
  /** How strongly targets are softened, 0 to 1; 0 by default. */
  readonly labelSmoothing?: number;
  /**
   * What softened targets are, with s = `labelSmoothing`: `half` t (1 - s) + s / 2, as Keras (default); `flip`
   * t (1 - s) + (1 - t) s, twice as strong, as segmentation_models.pytorch; `uniform` t (1 - s) + s / C, as burn,
   * over the C channels that count.
   */
  readonly smoothing?: Smoothing;
}

export const targetSmoothingFields: OptionFields = {
  labelSmoothing: { kind: "number", min: 0, max: 1, default: 0, doc: "How strongly targets are softened." },
  smoothing: {
    kind: "choice",
    values: ["half", "flip", "uniform"],
    default: "half",
    doc: "What softened targets are: t (1 - s) + s/2, t (1 - s) + (1 - t) s, or t (1 - s) + s/C, s = labelSmoothing.",
  },
};

/** The softened target of a target of a pixel with C channels that count. */
export function targetSmoothing({
  labelSmoothing: s = 0,
  smoothing = "half",
}: TargetSmoothingOptions): (t: number, channels: number) => number {
  if (s === 0) return (t) => t;
  if (smoothing === "half") return (t) => t * (1 - s) + s / 2;
  if (smoothing === "flip") return (t) => t * (1 - s) + (1 - t) * s;
  return (t, channels) => t * (1 - s) + s / channels;
}
