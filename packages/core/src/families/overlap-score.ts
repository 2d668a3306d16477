/** Losses of the overlap family that are a score of each class, and functions of such losses. @module */
import type { OptionFields } from "../options.ts";
import type { ClassSums, Scored } from "../reference/overlap-scores.ts";
import type { Term } from "../term.ts";
import { type OverlapLoss, overlapTerm } from "./overlap.ts";
import type { ClassScoreOptions } from "./overlap-options.ts";
import { type Bent, bentMean, classRule, type GroupRule, lossOfScore } from "./overlap-parts.ts";

export interface ScoreLoss extends Pick<OverlapLoss, "id" | "classes" | "kernel"> {
  readonly options: ClassScoreOptions;
  scoreOf(sums: ClassSums): Scored;
}

/** 1 - score, or another form of it, averaged as the options say. */
export function scoreTerm({ id, options, classes, kernel, scoreOf }: ScoreLoss): Term {
  const rule = classRule({ id, options, classes, lossOf: scoreLoss(options, scoreOf) });
  return overlapTerm({ id, options, classes, kernel, rule });
}

export interface FocusOptions {
  /** Of what the function is taken: of the loss of each `class`, which are then averaged, or of their `mean`. */
  readonly focus?: "class" | "mean";
}

export function focusField(focus: "class" | "mean"): OptionFields {
  return {
    focus: {
      kind: "choice",
      values: ["class", "mean"],
      default: focus,
      doc: "Of what the function is taken: of the loss of each class, or of the mean over classes of a batch or image.",
    },
  };
}

/** A function of such losses, or of their mean over the classes of a group. */
export function focusedRule(
  { id, options, classes, scoreOf }: Omit<ScoreLoss, "kernel">,
  focus: "class" | "mean",
  bend: (loss: number) => Bent,
): GroupRule {
  const lossOf = scoreLoss(options, scoreOf);
  return focus === "class"
    ? classRule({ id, options, classes, lossOf, bend })
    : bentMean(classRule({ id, options, classes, lossOf }), bend);
}

/**
 * u^gamma. Below 1e-7 the slope stays what it is there, where gamma is less than 1: that of u^gamma has no bound, and u
 * is the rounding of a perfect prediction.
 */
export function powerOfLoss(gamma: number): (loss: number) => Bent {
  const least = gamma < 1 ? 1e-7 : 0;
  return (loss) => ({
    value: Math.max(loss, 0) ** gamma,
    slope: gamma * Math.max(loss, least) ** (gamma - 1),
  });
}

function scoreLoss(
  { form = "one-minus", epsilon = 0 }: ClassScoreOptions,
  scoreOf: (sums: ClassSums) => Scored,
): (sums: ClassSums) => Scored {
  return (sums) => lossOfScore(scoreOf(sums), form, epsilon);
}
