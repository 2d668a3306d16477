/** Holds the gradient of a loss to differences of its float64 value, on problems made from seeds. */
import {
  isPixelgradError,
  type Loss,
  PixelgradError,
  parseLoss,
  positionOf,
  referenceValueAndGrad,
} from "@pixelgrad/core";
import { centralDifferences, type LossCase, problemOf, type Temper, tempers } from "@pixelgrad/core/testing";
import "./errors.ts";

export type TargetKind = "labels" | "dense";

export interface GradientCheck {
  /** An expression. */
  readonly loss: string;
  readonly classes: number;
  readonly spatial: readonly number[];
  /** What the loss takes, labels if both, by default. */
  readonly target?: TargetKind;
  /** Of the first of the problems of each temper. */
  readonly seed: number;
}

/** The entry furthest from the differences. */
export interface WorstEntry {
  readonly position: readonly number[];
  readonly seed: number;
  readonly grad: number;
  readonly difference: number;
}

export interface TemperResult {
  readonly temper: Temper;
  readonly problems: number;
  readonly entries: number;
  /** Entries beside a kink of the loss, where there is nothing to compare. */
  readonly kinks: number;
  /** Largest difference over the largest entry. */
  readonly relativeError: number;
  /** What rounding of the value alone may add to `relativeError`. */
  readonly resolution: number;
  readonly worst: WorstEntry;
}

const PROBLEMS = 3;
/** Each logit is moved four times, and each time the whole loss computed. */
const LARGEST_PROBLEM = 2048;

/** The problems a check makes. */
export function caseOf({ loss: expression, classes, spatial, target }: GradientCheck): LossCase {
  const loss = parseLoss(expression);
  const terms = loss.plan(classes).terms.map(({ term }) => term);
  const takes = (kind: TargetKind) => terms.every(({ targets }) => targets === "either" || targets === kind);
  const chosen = target ?? (takes("labels") && classes > 1 ? "labels" : "dense");
  if (!takes(chosen)) throw wrongTarget(loss, expression, chosen);
  const pixels = spatial.reduce((product, d) => product * d, 1);
  if (2 * classes * pixels > LARGEST_PROBLEM) throw tooLarge(loss, classes, spatial);
  return withNeeds({
    loss: expression,
    input: terms.find(({ input }) => input !== "logits")?.input ?? "logits",
    target: chosen,
    classes,
    spatial,
    ...(terms[0]!.activation === "softmax" && { simplex: true }),
  });
}

/** The case with the tensors its loss asks for: which they are may depend on the target. */
function withNeeds(lossCase: LossCase): LossCase {
  const { loss, logits, target, extra } = problemOf(lossCase, 0);
  try {
    loss.value(logits, target, extra);
  } catch (error) {
    if (!isPixelgradError(error, "EXTRA_MISSING")) throw error;
    const missing = error.context.extra;
    if (missing !== "teacher" && missing !== "distanceMaps") throw error;
    return withNeeds({ ...lossCase, needs: [...(lossCase.needs ?? []), missing] });
  }
  return lossCase;
}

/**
 * The result of each temper.
 * @throws PixelgradError of the expression; `OPTION_UNSUPPORTED` for a target the loss does not take, `OPTION_INVALID` for
 *   a problem that would take too long.
 */
export function checkGradient(check: GradientCheck): readonly TemperResult[] {
  const lossCase = caseOf(check);
  return tempers.map((temper) => {
    const results = Array.from({ length: PROBLEMS }, (_, i) =>
      checkProblem(lossCase, check.seed + i, temper),
    );
    const sum = (count: (result: TemperResult) => number) =>
      results.reduce((total, result) => total + count(result), 0);
    const worst = results.reduce((a, b) => (b.relativeError > a.relativeError ? b : a));
    return {
      ...worst,
      problems: results.length,
      entries: sum(({ entries }) => entries),
      kinks: sum(({ kinks }) => kinks),
    };
  });
}

/** Whether a result is as good as the bound, or as could be seen. */
export function isFine({ relativeError, resolution }: TemperResult, bound: number): boolean {
  return relativeError <= Math.max(bound, resolution);
}

function checkProblem(lossCase: LossCase, seed: number, temper: Temper): TemperResult {
  const problem = problemOf(lossCase, seed, temper);
  const { loss, logits, target, extra } = problem;
  const { grad } = referenceValueAndGrad(loss, logits, target, extra);
  const differences = centralDifferences(loss, problem);
  const beside = new Set(differences.kinks);
  const largest = grad.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0);
  let worst = 0;
  let error = 0;
  for (let i = 0; i < grad.length; i++) {
    if (beside.has(i)) continue;
    const off = Math.abs(grad[i]! - differences.grad[i]!);
    // NaN is the largest error there is.
    if (off <= error) continue;
    error = Number.isNaN(off) ? Number.POSITIVE_INFINITY : off;
    worst = i;
  }
  return {
    temper,
    problems: 1,
    entries: grad.length,
    kinks: beside.size,
    relativeError: error === 0 ? 0 : error / largest,
    resolution: differences.noise / largest,
    worst: {
      position: positionOf(worst, logits.dims),
      seed,
      grad: grad[worst]!,
      difference: differences.grad[worst]!,
    },
  };
}

function wrongTarget(loss: Loss, expression: string, target: TargetKind): PixelgradError {
  const other = target === "labels" ? "dense" : "labels";
  const hint = target === "labels" ? ", or oneVsRest=true where the loss has it" : "";
  return new PixelgradError(
    "OPTION_UNSUPPORTED",
    `'${expression}' does not take ${target === "dense" ? "dense targets" : target}: use --target ${other}${hint}.`,
    { loss: loss.id, option: "target" },
  );
}

function tooLarge(loss: Loss, classes: number, spatial: readonly number[]): PixelgradError {
  const logits = 2 * classes * spatial.reduce((product, d) => product * d, 1);
  const allowed = `so small that two images have at most ${LARGEST_PROBLEM} logits`;
  return new PixelgradError(
    "OPTION_INVALID",
    `--size must be ${allowed}, got ${spatial.join("x")} with ${classes} classes, ${logits}: each of them is moved four ` +
      "times.",
    { loss: loss.id, option: "size", value: spatial, allowed },
  );
}
