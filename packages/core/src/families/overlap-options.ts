/** Options of the overlap family. @module */
import type { OptionFields } from "../options.ts";
import type { Smoothing } from "../reference/overlap-scores.ts";
import { type AccumulateOptions, accumulateField } from "./accumulate-option.ts";
import { type ClassChoice, classChoiceField, classWeightsField } from "./class-options.ts";
import type { CommonOptions } from "./common-options.ts";
import { type ActivationOptions, activationFields } from "./input-options.ts";

export interface OverlapOptions extends CommonOptions, ActivationOptions, AccumulateOptions {
  /**
   * `mean` by default; `sum` over classes and images; `none` adds `elements` `[N, C]` to the result: a row per image,
   * or one for the batch where sums run over it, a column per chosen class, or one where the classes are one score; the
   * value is then their plain mean, and what takes no part is 0 in it.
   */
  readonly reduction?: "mean" | "sum" | "none";
  /** Which classes are scored: `all` by default, `foreground` for all but class 0 of several, or a list of indices. */
  readonly classes?: ClassChoice;
  /** Power k of the sums P and G, 1 to 2; 1 by default, 2 for squared denominators. */
  readonly power?: number;
  /**
   * How a pixel overlaps a target between 0 and 1: by its `product` with it (default), or by the smaller of both, the
   * Dice `semimetric`, which is best at p = g. On targets of 0 and 1 they agree.
   */
  readonly softTargets?: "product" | "semimetric";
  /** Added to every target, at least 0; 0 by default, 1e-6 in kornia's one-hot. */
  readonly targetSoftening?: number;
}

export const overlapFields: OptionFields = {
  ...activationFields,
  ...accumulateField("batch"),
  reduction: {
    kind: "choice",
    values: ["mean", "sum", "none"],
    default: "mean",
    doc: "Mean or sum over classes and images; none also returns the elements, a row per image and a column per class.",
  },
  ...classChoiceField("all"),
  power: { kind: "number", min: 1, max: 2, default: 1, doc: "Power of p and g in the sums P and G." },
  softTargets: {
    kind: "choice",
    values: ["product", "semimetric"],
    default: "product",
    doc: "How a pixel overlaps a target between 0 and 1: p g, or the smaller of p and g.",
  },
  targetSoftening: { kind: "number", min: 0, default: 0, doc: "Added to every target." },
};

export interface SmoothOptions {
  /** Added to numerator and denominator, in pixels, at least 0. */
  readonly smooth?: number;
  /** In place of `smooth` in the numerator. */
  readonly smoothNumerator?: number;
  /** In place of `smooth` in the denominator. */
  readonly smoothDenominator?: number;
  /** The denominator is at least this; 0 (default) for no bound. */
  readonly epsilon?: number;
}

/** Defaults of a loss: one number for both, or one each. */
export function smoothFields(numerator: number, denominator: number = numerator): OptionFields {
  return {
    smooth: {
      kind: "number",
      min: 0,
      ...(numerator === denominator && { default: numerator }),
      replaces: ["smoothNumerator", "smoothDenominator"],
      doc: "Added to numerator and denominator, in pixels.",
    },
    smoothNumerator: {
      kind: "number",
      min: 0,
      default: numerator === denominator ? "that of smooth" : numerator,
      doc: "In place of smooth in the numerator.",
    },
    smoothDenominator: {
      kind: "number",
      min: 0,
      default: numerator === denominator ? "that of smooth" : denominator,
      doc: "In place of smooth in the denominator.",
    },
    epsilon: { kind: "number", min: 0, default: 0, doc: "The denominator is at least this; 0 for no bound." },
  };
}

export function smoothingOf(
  options: SmoothOptions,
  numerator: number,
  denominator: number = numerator,
): Smoothing {
  const { smooth, smoothNumerator, smoothDenominator, epsilon = 0 } = options;
  return {
    numerator: smoothNumerator ?? smooth ?? numerator,
    denominator: smoothDenominator ?? smooth ?? denominator,
    epsilon,
  };
}

export interface ClassMeanOptions {
  /** `macro` (default) scores each class; `micro` scores all of them at once, from sums over all. */
  readonly average?: "macro" | "micro";
  /** One weight per class of the logits, at least 0; all 1 by default. */
  readonly classWeights?: readonly number[];
  /**
   * What class weights do: `plain` (default of macro) sum w l / C, `normalized` sum w l / sum w, `planes` (what micro
   * always does) multiply probabilities and targets before the sums.
   */
  readonly weighting?: "plain" | "normalized" | "planes";
  /**
   * The loss of a class without ground truth: what the formula gives (`smooth`, default), 0 (`zero`) or 1 (`one`) without
   * a gradient, none, so that it leaves the mean (`skip`), or 0 where nothing is predicted and else 1 (`absence`).
   */
  readonly emptyClass?: "smooth" | "zero" | "one" | "skip" | "absence";
  /**
   * 1 - score by default; `log`: -log(score), of a score that is at least epsilon, or 1e-7 where that is 0; `negative`:
   * -score.
   */
  readonly form?: "one-minus" | "log" | "negative";
}

export const classMeanFields: OptionFields = {
  average: {
    kind: "choice",
    values: ["macro", "micro"],
    default: "macro",
    doc: "A score per class, or one of all classes from sums over all.",
  },
  ...classWeightsField(),
  weighting: {
    kind: "choice",
    values: ["plain", "normalized", "planes"],
    default: "plain (macro), planes (micro)",
    doc: "Class weights: sum w l / C, sum w l / sum w, or factors of probabilities and targets before the sums.",
  },
  emptyClass: {
    kind: "choice",
    values: ["smooth", "zero", "one", "skip", "absence"],
    default: "smooth",
    doc:
      "The loss of a class without ground truth: the formula's, 0, 1, none (it leaves the mean), or 0 where nothing " +
      "is predicted and else 1.",
  },
  form: {
    kind: "choice",
    values: ["one-minus", "log", "negative"],
    default: "one-minus",
    doc: "1 - score, -log(score) or -score.",
  },
};

/** Options of the losses that are a score of each class. */
export interface ClassScoreOptions extends OverlapOptions, SmoothOptions, ClassMeanOptions {}

/** @param numerator - the default of `smooth` in the numerator, and in the denominator too unless that is given. */
export function classScoreFields(numerator: number, denominator: number = numerator): OptionFields {
  return { ...overlapFields, ...smoothFields(numerator, denominator), ...classMeanFields };
}
