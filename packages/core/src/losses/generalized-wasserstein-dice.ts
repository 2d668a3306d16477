/** Generalized Wasserstein Dice. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import { type AccumulateOptions, accumulateField } from "../families/accumulate-option.ts";
import type { CommonOptions } from "../families/common-options.ts";
import { type InputOptions, inputField } from "../families/input-options.ts";
import { groupTerm } from "../families/overlap.ts";
import { type SmoothOptions, smoothFields, smoothingOf } from "../families/overlap-options.ts";
import { wassersteinMaps, wassersteinRule } from "../families/wasserstein-dice.ts";
import { wassersteinKernel } from "../families/wasserstein-kernel.ts";
import type { Loss } from "../loss.ts";
import { optionInvalid } from "../options.ts";
import { defineLoss } from "../single-loss.ts";

export interface GeneralizedWassersteinDiceOptions
  extends CommonOptions,
    InputOptions,
    AccumulateOptions,
    SmoothOptions {
  readonly preset?: Preset;
  /** `[C][C]`: how bad it is to predict class c (column) where class y (row) is, at least 0; divided by the largest. */
  readonly distances: readonly (readonly number[])[];
  /**
   * `default`: what is right counts outside class 0, which is the background. `generalized`: every class counts, by the
   * inverse of its volume + 1.
   */
  readonly variant?: "default" | "generalized";
  /** `none` adds `elements` `[N, 1]`, or `[1, 1]` where sums run over the batch; the value is then their mean. */
  readonly reduction?: "mean" | "sum" | "none";
}

export const generalizedWassersteinDiceDefinition: LossDefinition = {
  id: "generalized-wasserstein-dice",
  formula:
    "L = mean over images of 1 - (2 T + s) / (2 T + sum W + s), W_i = sum_c M[y_i][c] p_ic, T = sum of 1 - W_i where y_i is " +
    "not 0; generalized: T and the denominator weighted by 1 / (pixels of class y_i + 1)",
  source:
    "Fidon et al., Generalised Wasserstein Dice Score for Imbalanced Multi-class Segmentation using Holistic Convolutional " +
    "Networks, BrainLes 2017; generalized as monai.losses.GeneralizedWassersteinDiceLoss (GDL).",
  coupling: "sums",
  kernel: "simd",
  fields: {
    distances: {
      kind: "matrix",
      doc: "How bad it is to predict a class (column) where another is (row), at least 0; divided by the largest. Required.",
    },
    variant: {
      kind: "choice",
      values: ["default", "generalized"],
      default: "default",
      doc: "What is right counts outside class 0, or in every class by the inverse of its volume + 1.",
    },
    ...inputField(),
    ...accumulateField("image"),
    reduction: {
      kind: "choice",
      values: ["mean", "sum", "none"],
      default: "mean",
      doc: "Mean or sum over images; none also returns the elements, one per image.",
    },
    ...smoothFields(1e-5),
  },
  presets: {
    monai: {
      options: { variant: "default", smooth: 1e-5 },
      note:
        "monai.losses.GeneralizedWassersteinDiceLoss: dist_matrix is distances, weighting_mode GDL is generalized. Its input " +
        "goes through a softmax there, too.",
    },
  },
  resolve(checked, classes) {
    const options = checked as unknown as GeneralizedWassersteinDiceOptions;
    const { variant = "default" } = options;
    const { id } = this;
    const distances = normalizedDistances(id, options.distances, classes);
    const { input = "logits" } = options;
    const rule = wassersteinRule(variant, smoothingOf(options, 1e-5));
    return {
      ...groupTerm({ id, options, classes, rule, accumulate: "image" }, "softmax"),
      targets: "labels",
      pixel: wassersteinMaps(distances),
      ...(input === "logits" && { simd: wassersteinKernel(distances) }),
    };
  },
};

/**
 * Generalized Wasserstein Dice loss: `[N, C, ...spatial]` logits against labels `[N, ...spatial]`, with a distance between
 * every two classes, so that some confusions cost less than others.
 *
 * `{ distances: [[0, 1, 1], [1, 0, 0.5], [1, 0.5, 0]] }`: classes 1 and 2 are closer to each other than to the
 * background.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function generalizedWassersteinDice(options: GeneralizedWassersteinDiceOptions): Loss {
  return defineLoss(generalizedWassersteinDiceDefinition, options);
}

function normalizedDistances(
  loss: string,
  distances: readonly (readonly number[])[] | undefined,
  classes: number,
): readonly (readonly number[])[] {
  const largest = Math.max(...(distances ?? []).flat());
  const square = distances?.length === classes && distances.every((row) => row.length === classes);
  if (distances !== undefined && square && largest > 0 && distances.flat().every((d) => d >= 0)) {
    return distances.map((row) => row.map((d) => d / largest));
  }
  const allowed = `${classes} rows of ${classes} distances of at least 0, not all of them 0, for logits of ${classes} channels`;
  throw optionInvalid(loss, "distances", distances, allowed);
}
