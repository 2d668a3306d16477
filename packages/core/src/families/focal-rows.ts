/** Focal losses that are a mean over sigmoid channels: what of the focal family the kernels run row by row. @module */
import { perClass } from "../options.ts";
import { logsOfLogit, logsOfProbability } from "../reference/binary-logs.ts";
import type { Clamping } from "../reference/clamped-log.ts";
import { type FocalFactors, type FocalShape, focalOfElement } from "../reference/focal.ts";
import { targetSmoothing } from "../reference/target-smoothing.ts";
import type { Term } from "../term.ts";
import { type BinaryForm, formKernel } from "./binary-form.ts";
import { clampingOf } from "./clamp-options.ts";
import { type FocalTermOptions, focalFactors, refuseConflicts } from "./focal.ts";
import { type HardRowKernel, type RowKernel, type SigmoidKernel, sigmoidPixelTerm } from "./sigmoid-pixel.ts";

/** The term where an element is a logit and its modulator no divisor; else undefined. */
export function focalRowTerm(id: string, options: FocalTermOptions, classes: number): Term | undefined {
  const { activation, divisor, shift, reducedThreshold, spread, input, labelSmoothing, softTargets } =
    options;
  const byElement =
    activation === "sigmoid" &&
    spread === "elements" &&
    options.classes === "all" &&
    shift === undefined &&
    reducedThreshold === undefined;
  if (!byElement || divisor === "modulator") return undefined;
  refuseConflicts(id, options);
  const weights = perClass(id, "classWeights", options.classWeights ?? 1, classes);
  const factors = focalFactors(id, options, weights);
  const clamping = input === "logits" ? undefined : clampingOf(options, "log");
  const logsOf = clamping === undefined ? logsOfLogit : logsOfProbability(clamping);
  const soften = targetSmoothing(labelSmoothing, "half");
  const shape: FocalShape = { softTargets, detached: options.modulator === "detached" };
  return sigmoidPixelTerm({
    id,
    options: { ...options, divisor },
    ...(options.classWeights && { weightOf: (c: number) => weights[c] }),
    element: (x, t, c) => focalOfElement(logsOf(x), soften(t, classes), factors[c], shape),
    kernel: kernelOf(options, factors, clamping),
  });
}

const FORMS = {
  linear: "linearFocal",
  exp: "expFocal",
  logit: "logitFocal",
  split: "splitFocal",
} as const satisfies { readonly [name: string]: BinaryForm["form"] };

/** A fast kernel of its own for the focal loss of the definition's formula, else the form that has all options. */
function kernelOf(
  { softTargets, labelSmoothing, modulator }: FocalTermOptions,
  factors: readonly FocalFactors[],
  clamping: Clamping | undefined,
): SigmoidKernel | undefined {
  const [{ gamma, positive }] = factors;
  const isSame = factors.every(
    (f) => f.gamma === gamma && f.positive === positive && f.negative === positive,
  );
  const isPlain = isSame && softTargets === "exp" && labelSmoothing === 0 && modulator === "differentiated";
  if (isPlain && (clamping === undefined || clamping.clamp === "log")) {
    const fromLogits = clamping === undefined;
    return {
      run: plainRow(gamma, positive, fromLogits),
      ...(fromLogits && gamma === 2 && { runHard: hardRow(positive) }),
    };
  }
  const pulls = modulator === "detached" ? 0 : 1;
  return formKernel(
    {
      form: FORMS[softTargets],
      clamping,
      numbers(c) {
        const { gamma, positive, negative } = factors[c];
        return [gamma, positive, negative, pulls, 1 - labelSmoothing, labelSmoothing / 2];
      },
    },
    factors.length,
  );
}

function plainRow(gamma: number, alpha: number, fromLogits: boolean): RowKernel {
  return ({ kernels, count, adds }, _channel, x, target, scale, elements, grad, sums) => {
    if (!fromLogits) {
      kernels.focalOfProbabilities(x, target, count, alpha, gamma, scale, elements, grad, adds, sums);
    } else if (gamma === 2) {
      kernels.squareFocal(x, target, count, alpha, scale, elements, grad, adds, sums);
    } else {
      kernels.focal(x, target, count, alpha, gamma, scale, elements, grad, adds, sums);
    }
  };
}

function hardRow(alpha: number): HardRowKernel {
  return ({ kernels, count, adds, own }, x, target, scale, grad, sum) =>
    kernels.hardSquareFocal(x, target, count, alpha, scale, grad, adds, own, sum);
}
