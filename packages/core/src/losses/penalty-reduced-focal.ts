/** Penalty-reduced focal loss. @module */

import type { LossDefinition } from "../definition.ts";
import { float32AtLeast, formKernel, roundedBy } from "../families/binary-form.ts";
import { type ClampOptions, clampFields, clampingOf } from "../families/clamp-options.ts";
import { emptyDivisor } from "../families/common-options.ts";
import { inputField, oneVsRestField } from "../families/input-options.ts";
import { type Divisor, divisorField, PixelSum, pixelFields } from "../families/reduction.ts";
import { type SigmoidPixelOptions, sigmoidPixelTerm } from "../families/sigmoid-pixel.ts";
import type { Loss } from "../loss.ts";
import { type BinaryLogs, logsOfLogit, logsOfProbability, times } from "../reference/binary-logs.ts";
import { defineLoss } from "../single-loss.ts";
import { forEachImage, type KernelMaps, type Term, totalOf } from "../term.ts";

export interface PenaltyReducedFocalOptions extends Omit<SigmoidPixelOptions, "divisor">, ClampOptions {
  readonly preset?: "keras";
  /** How strongly easy elements are played down, at least 0; 2 by default. */
  readonly alpha?: number;
  /** How strongly the surroundings of a peak are spared, at least 0; 4 by default. */
  readonly beta?: number;
  /** From which target on an element is a peak, 0 to 1; 1 by default. */
  readonly positiveThreshold?: number;
  /** `positives` by default: the weights of the peaks, or 1 where there is none. */
  readonly divisor?: Divisor | "positives" | number;
}

export const penaltyReducedFocalDefinition: LossDefinition = {
  id: "penalty-reduced-focal",
  formula:
    "l = (1 - p)^alpha (-log p) where t >= threshold, else (1 - t)^beta p^alpha (-log(1 - p)); sum / number of the former",
  source:
    "Law, Deng, CornerNet, ECCV 2018, eq. 1, and Zhou et al., Objects as Points, 2019, eq. 1; KerasCV " +
    "BinaryPenaltyReducedFocalCrossEntropy.",
  coupling: "labels",
  kernel: "simd",
  fields: {
    ...inputField(),
    ...oneVsRestField,
    alpha: { kind: "number", min: 0, default: 2, doc: "How strongly easy elements are played down." },
    beta: {
      kind: "number",
      min: 0,
      default: 4,
      doc: "How strongly the surroundings of a peak are spared.",
    },
    positiveThreshold: {
      kind: "number",
      min: 0,
      max: 1,
      default: 1,
      doc: "From which target on an element is a peak.",
    },
    ...clampFields("log"),
    ...pixelFields("valid"),
    ...divisorField("positives", { positives: "the weights of the peaks, 1 where there are none" }),
  },
  presets: {
    keras: {
      options: { alpha: 2, beta: 4, positiveThreshold: 0.99, divisor: "valid" },
      note: "KerasCV BinaryPenaltyReducedFocalCrossEntropy, which clips probabilities to [1e-4, 0.9999].",
    },
  },
  resolve(checked, classes) {
    const options = checked as PenaltyReducedFocalOptions;
    const { alpha = 2, beta = 4, positiveThreshold = 1, divisor = "positives", input = "logits" } = options;
    const { reduction = "mean" } = options;
    const clamping = clampingOf(options, "log");
    const logsOf = input === "logits" ? logsOfLogit : logsOfProbability(clamping);
    const threshold = float32AtLeast(positiveThreshold);
    const byPeaks = divisor === "positives";
    const term = sigmoidPixelTerm({
      id: this.id,
      options: { ...options, divisor: byPeaks ? "valid" : divisor },
      element: (x, t) =>
        t >= positiveThreshold ? ofPeak(logsOf(x), alpha) : ofSurroundings(logsOf(x), alpha, (1 - t) ** beta),
      kernel: formKernel(
        {
          form: "penalty",
          clamping: input === "logits" ? undefined : clamping,
          numbers: () => [alpha, beta, threshold, 0, 0, roundedBy(beta)],
        },
        classes,
      ),
    });
    return byPeaks && reduction === "mean" ? dividedByPeaks(term, options, positiveThreshold) : term;
  },
};

/**
 * Penalty-reduced focal loss of heat maps: `[N, C, ...spatial]` logits against dense targets in [0, 1], 1 at the peaks
 * and falling off around them.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function penaltyReducedFocal(options: PenaltyReducedFocalOptions = {}): Loss {
  return defineLoss(penaltyReducedFocalDefinition, options);
}

/** q^a (-log p), and its slope. */
function ofPeak({ q, logp, dlogp, dp }: BinaryLogs, alpha: number) {
  const m = q ** alpha;
  const dm = q === 0 ? 0 : times(-alpha * m, dp / q);
  return { value: -times(m, logp), slope: -times(m, dlogp) - times(dm, logp) };
}

/** share p^a (-log q), and its slope. */
function ofSurroundings({ p, logq, dlogq, dp }: BinaryLogs, alpha: number, share: number) {
  const m = p ** alpha;
  const dm = p === 0 ? 0 : times(alpha * m, dp / p);
  return { value: -share * times(m, logq), slope: -share * (times(m, dlogq) + times(dm, logq)) };
}

/** The mean over peaks in place of that over elements. */
function dividedByPeaks(
  term: Term,
  { allIgnored = "zero" }: PenaltyReducedFocalOptions,
  positiveThreshold: number,
): Term {
  const peaks = term.firstLength;
  const firstLength = peaks + 1;
  const divisorOf = (images: readonly Float64Array[]): number => {
    const sums = totalOf(images, firstLength);
    if (sums[PixelSum.pixels] === 0) return emptyDivisor(term.id, allIgnored);
    return sums[peaks] === 0 ? 1 : sums[peaks];
  };
  return {
    ...term,
    firstLength,
    finish: (images, scale) => forEachImage(images, Float64Array.of(scale / divisorOf(images))),
    value: (first, second) => totalOf(second, 1)[0] / divisorOf(first),
    pixel: {
      ...term.pixel,
      first(pixel, sums) {
        term.pixel.first(pixel, sums);
        for (let c = 0; c < pixel.classes; c++) {
          if (pixel.open[c] !== 0 && pixel.t[c] >= positiveThreshold) sums[peaks] += pixel.weight;
        }
      },
    },
    ...(term.simd && { simd: countingPeaks(term.simd, peaks, float32AtLeast(positiveThreshold)) }),
  };
}

function countingPeaks(maps: KernelMaps, peaks: number, threshold: number): KernelMaps {
  return {
    ...maps,
    first(tile, sums) {
      maps.first(tile, sums);
      const { kernels, classes, stride, count, weights } = tile;
      const target = tile.target();
      for (let c = 0; c < classes; c++) {
        kernels.sumPeaks(target + c * stride * 4, count, weights, threshold, sums.byteOffset + 8 * peaks);
      }
    },
  };
}
