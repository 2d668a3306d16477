/**
 * The focal loss in all its readings, under either activation.
 *
 *   sigmoid  see the reference
 *   softmax  l = sum_c t_c a_c m_c (-log p_c),  m_c = (1 - p_c)^g
 *            dl / d log p_c = -t_c a_c m_c (1 + g p_c (-log p_c) / (1 - p_c))
 *
 * @module
 */
import { optionConflict, optionInvalid, perClass } from "../options.ts";
import { logsOfLogit, logsOfProbability, times } from "../reference/binary-logs.ts";
import { ClassLogs } from "../reference/class-logs.ts";
import {
  type FocalFactors,
  type FocalShape,
  focalOfElement,
  focalStarOfLogit,
  isReduced,
  modulatorOf,
} from "../reference/focal.ts";
import { openCount, type Pixel } from "../reference/pixel.ts";
import { targetSmoothing } from "../reference/target-smoothing.ts";
import type { KernelMaps, Term } from "../term.ts";
import {
  type ChannelPixelLoss,
  type Channels,
  channelPixelTerm,
  type ModulatedDivisor,
} from "./channel-pixel.ts";
import { type ClampOptions, clampingOf } from "./clamp-options.ts";
import { classFormKernel } from "./class-form.ts";
import { type ClassChoice, choiceMask } from "./class-options.ts";
import type { PixelOptions, Spread } from "./reduction.ts";
import { softmaxKernelMaps } from "./softmax-pixel.ts";

export interface FocalTermOptions
  extends Omit<PixelOptions, "divisor">,
    Omit<FocalShape, "detached">,
    ClampOptions {
  readonly activation: "sigmoid" | "softmax";
  readonly input: "logits" | "probabilities";
  readonly oneVsRest: boolean;
  readonly alpha?: number | readonly number[];
  readonly alphaMode: "multiplier" | "balanced" | "background";
  readonly gamma: number | readonly number[];
  readonly shift?: number;
  readonly modulator: "differentiated" | "detached";
  readonly labelSmoothing: number;
  readonly classes: ClassChoice;
  readonly classWeights?: readonly number[];
  readonly spread: Spread;
  readonly divisor: ModulatedDivisor;
  readonly normalization: "none" | "sum";
}

/** @throws PixelgradError `OPTION_INVALID`, `OPTION_CONFLICT`. */
export function focalTerm(id: string, options: FocalTermOptions, classes: number): Term {
  refuseConflicts(id, options);
  const { activation, oneVsRest, spread } = options;
  const chosen = choiceMask(id, options.classes, classes);
  const weights = perClass(id, "classWeights", options.classWeights ?? 1, classes);
  const factors = focalFactors(id, options, weights);
  return channelPixelTerm({
    id,
    options,
    activation,
    targets: activation === "softmax" || oneVsRest ? "either" : "dense",
    spread,
    chosen,
    weights,
    ...(activation === "softmax" && { simd: softmaxKernel(options, factors, weights) }),
    ...(activation === "softmax"
      ? softmaxMaps(options, factors, chosen)
      : sigmoidMaps(options, factors, chosen)),
  });
}

type Maps = Pick<ChannelPixelLoss, "measure" | "chain">;

function sigmoidMaps(options: FocalTermOptions, factors: readonly FocalFactors[], chosen: Uint8Array): Maps {
  const { input, shift, labelSmoothing } = options;
  const logsOf = input === "logits" ? logsOfLogit : logsOfProbability(clampingOf(options, "log"));
  const soften = targetSmoothing(labelSmoothing, "half");
  const shape: FocalShape = { ...options, detached: options.modulator === "detached" };
  return {
    measure({ x, t, open, classes }, channels) {
      for (let c = 0; c < classes; c++) {
        if (open[c] * chosen[c] === 0) continue;
        const softened = soften(t[c], classes);
        const element =
          shift === undefined
            ? focalOfElement(logsOf(x[c]), softened, factors[c], shape)
            : focalStarOfLogit(x[c], softened, factors[c], shift);
        channels.value[c] = element.value;
        channels.slope[c] = element.slope;
        channels.modulator[c] = element.modulator;
        channels.modulatorSlope[c] = element.modulatorSlope;
      }
    },
    chain({ grad, open, classes }, slopes) {
      for (let c = 0; c < classes; c++) if (open[c] !== 0) grad[c] += slopes[c];
    },
  };
}

function softmaxMaps(options: FocalTermOptions, factors: readonly FocalFactors[], chosen: Uint8Array): Maps {
  const { labelSmoothing, reducedThreshold, modulator } = options;
  const soften = targetSmoothing(labelSmoothing, "uniform");
  const logs = new ClassLogs(chosen.length, { ...options, clamping: clampingOf(options, "log") });
  const addClass = (c: number, t: number, channels: Channels): void => {
    const { gamma, positive } = factors[c];
    const u = logs.u[c];
    const cost = -logs.logp[c];
    const m = modulatorOf(u, gamma, reducedThreshold);
    const share = t * positive;
    const flat = modulator === "detached" || isReduced(u, reducedThreshold) || u === 0;
    // d m / d log p, and what it does to m (-log p), where (-log p) / u -> 1 as u -> 0.
    const turn = flat ? 0 : times(gamma * logs.dp[c] * m, 1 / u);
    const pull = flat ? 0 : times(gamma * logs.dp[c], cost / u);
    channels.value[c] = times(share * m, cost);
    channels.slope[c] = -share * m * (1 + pull);
    channels.modulator[c] = t * m;
    channels.modulatorSlope[c] = -t * turn;
  };
  return {
    measure(pixel, channels) {
      const { t, open, classes } = pixel;
      const openClasses = openCount(open);
      logs.read(pixel);
      for (let c = 0; c < classes; c++) {
        const softened = soften(t[c], openClasses);
        if (open[c] * chosen[c] === 1 && softened !== 0) addClass(c, softened, channels);
      }
    },
    chain: (pixel: Pixel, slopes: Float64Array) => logs.chain(pixel, slopes),
  };
}

/** The kernels count pixels, or all their channels alike. */
function softmaxKernel(
  options: FocalTermOptions,
  factors: readonly FocalFactors[],
  classWeights: readonly number[],
): KernelMaps | undefined {
  const { spread, divisor, reduction, reducedThreshold, labelSmoothing, input, normalization } = options;
  const perChannel = spread === "elements";
  const countsAlike = options.classWeights === undefined || (divisor !== "weights" && divisor !== "nonzero");
  if (options.classes !== "all" || reducedThreshold !== undefined || divisor === "modulator")
    return undefined;
  if (perChannel && (reduction === "none" || !countsAlike)) return undefined;
  const kernel = classFormKernel(
    {
      form: "focal",
      input,
      clamping: clampingOf(options, "log"),
      normalization,
      ...(labelSmoothing === 0 && { ofLabels: "focalOfLabels" }),
      labelSmoothing,
      numbers: [options.modulator === "detached" ? 0 : 1],
      factors: factors.map(({ positive }) => positive),
      gammas: factors.map(({ gamma }) => gamma),
      classWeights,
    },
    classWeights.length,
  );
  return kernel && softmaxKernelMaps(kernel, perChannel);
}

/** What each class's element is weighed by: alpha as its mode reads it, times the class weight. */
export function focalFactors(
  id: string,
  options: FocalTermOptions,
  weights: readonly number[],
): FocalFactors[] {
  const { alpha, alphaMode, activation } = options;
  const gammas = perClass(id, "gamma", options.gamma, weights.length);
  const alphas = perClass(id, "alpha", alpha ?? 1, weights.length);
  const byTarget = alphaMode === "balanced" && activation === "sigmoid";
  const byClass = typeof alpha === "number" && alphaMode !== "multiplier" && !byTarget;
  return weights.map((weight, c) => {
    const own = byClass && c === 0 ? 1 - alphas[c] : alphas[c];
    const other = alpha !== undefined && byTarget ? 1 - own : own;
    return { gamma: gammas[c], positive: weight * own, negative: weight * other };
  });
}

export function refuseConflicts(id: string, options: FocalTermOptions): void {
  const { activation, input, alpha, alphaMode, gamma, divisor, reduction, modulator, shift } = options;
  if (alphaMode !== "multiplier" && [alpha ?? 0].flat().some((a) => a > 1)) {
    const allowed = `numbers from 0 to 1 when alphaMode is ${alphaMode}`;
    throw optionInvalid(id, "alpha", alpha, allowed);
  }
  if (alphaMode === "background" && Array.isArray(alpha)) {
    throw optionConflict(
      id,
      ["alpha", "alphaMode"],
      "background makes a factor per class of one number, and a list has them already; use multiplier with a list",
    );
  }
  if (divisor === "modulator" && reduction !== undefined && reduction !== "mean") {
    throw optionConflict(id, ["divisor", "reduction"], "a sum of modulators is what a mean divides by");
  }
  if (shift === undefined) return;
  const clash = (option: string, why: string) => optionConflict(id, ["shift", option], why);
  if (activation === "softmax") throw clash("activation", "focal star is a loss of sigmoid outputs");
  if (input === "probabilities") throw clash("input", "focal star shifts logits");
  if ([gamma].flat().some((g) => g === 0)) throw clash("gamma", "focal star divides by gamma");
  if (options.reducedThreshold !== undefined) {
    throw clash("reducedThreshold", "focal star has no modulator to reduce");
  }
  if (modulator === "detached") throw clash("modulator", "focal star has no modulator to detach");
  if (divisor === "modulator") throw clash("divisor", "focal star has no modulators to add up");
}
