/** Soft Dice. @module */
import type { SimdTile } from "../engine/tile.ts";
import type { Loss } from "../loss.ts";
import {
  addOverlapGradOfLabel,
  addOverlapGradOfTargets,
  addOverlapOfLabel,
  addOverlapOfTargets,
} from "../reference/overlap.ts";
import type { ReferencePixel } from "../reference/pixel.ts";
import { defineLoss } from "../single-loss.ts";
import type { TermMaps } from "../term.ts";
import type { LossDefinition } from "./definition.ts";
import { type AllIgnored, allIgnoredField, emptyDivisor, ignoreField, ignoreList } from "./reduction.ts";

export interface DiceOptions {
  /** `sigmoid` for one channel and `softmax` for more, by default. */
  readonly activation?: "sigmoid" | "softmax";
  /** Added to numerator and denominator, in pixels, at least 0; 1 by default. */
  readonly smooth?: number;
  /** A label or target value, or several, that does not count. */
  readonly ignoreIndex?: number | readonly number[];
  /** The value of a batch without a counted pixel: `zero` by default. */
  readonly allIgnored?: AllIgnored;
}

export const diceDefinition: LossDefinition = {
  id: "dice",
  formula:
    "L = mean over classes of 1 - (2 I + s) / (P + G + s), I = sum p g, P = sum p, G = sum g over the batch",
  source:
    "Milletari, Navab, Ahmadi, V-Net, 3DV 2016, eq. of section 3, with sums of p instead of p^2; per class over the " +
    "batch, background included.",
  coupling: "sums",
  kernel: "simd",
  fields: {
    activation: {
      kind: "choice",
      values: ["sigmoid", "softmax"],
      default: "sigmoid for one channel, else softmax",
      doc: "What makes probabilities of the logits.",
    },
    smooth: { kind: "number", min: 0, default: 1, doc: "Added to numerator and denominator, in pixels." },
    ...ignoreField,
    ...allIgnoredField,
  },
  resolve(checked, classes) {
    const options = checked as DiceOptions;
    const { smooth = 1, allIgnored = "zero" } = options;
    const activation = options.activation ?? (classes === 1 ? "sigmoid" : "softmax");
    const softmax = activation === "softmax";
    return {
      id: this.id,
      coupling: this.coupling,
      activation,
      input: "logits",
      ignored: ignoreList(options.ignoreIndex),
      writesElements: false,
      // [counted pixels, weight (unused), I, P, G of every class]
      firstLength: 2 + 3 * classes,
      secondLength: 0,
      coefficientLength: 2 * classes,
      finish: (sums, scale) => coefficientsOf(sums.subarray(2), smooth, classes, scale / classes),
      value: (first) => {
        if (first[0] === 0) return 0 / emptyDivisor(this.id, allIgnored);
        return lossOf(first.subarray(2), smooth, classes);
      },
      simd: softmax ? softmaxMaps(classes) : sigmoidMaps(classes),
      reference: softmax ? referenceSoftmaxMaps(classes) : referenceSigmoidMaps(classes),
    };
  },
};

/**
 * Soft Dice loss over the batch: `[N, C, ...spatial]` logits against labels `[N, ...spatial]` (softmax) or dense
 * targets in [0, 1] (sigmoid).
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function dice(options: DiceOptions = {}): Loss {
  return defineLoss(diceDefinition, options);
}

/** Mean over classes of 1 - N / D; a class with D = 0 (nothing there, nothing predicted, no smoothing) is perfect. */
function lossOf(sums: Float64Array, smooth: number, classes: number): number {
  let loss = 0;
  for (let c = 0; c < classes; c++) {
    const [i, p, g] = sums.subarray(3 * c, 3 * c + 3);
    const denominator = p + g + smooth;
    if (denominator > 0) loss += 1 - (2 * i + smooth) / denominator;
  }
  return loss / classes;
}

/** a_c, then b_c: d(1 - N / D) / dp = N / D^2 - (2 / D) g. */
function coefficientsOf(sums: Float64Array, smooth: number, classes: number, scale: number): Float64Array {
  const coefficients = new Float64Array(2 * classes);
  for (let c = 0; c < classes; c++) {
    const [i, p, g] = sums.subarray(3 * c, 3 * c + 3);
    const denominator = p + g + smooth;
    if (denominator === 0) continue;
    coefficients[c] = (2 * scale) / denominator;
    coefficients[classes + c] = (scale * (2 * i + smooth)) / denominator ** 2;
  }
  return coefficients;
}

function softmaxMaps(classes: number): TermMaps<SimdTile> {
  const ones = new Array<number>(classes).fill(1);
  return {
    first(tile, sums) {
      const { kernels, p, stride, target, count } = tile;
      kernels.countLabels(target, count, tile.constants(ones), sums.byteOffset);
      kernels.overlapOfLabels(p, stride, target, classes, count, sums.byteOffset + 16);
    },
    second(tile, coefficients) {
      const { kernels, p, stride, target, a, count, grad } = tile;
      if (grad === 0) return;
      const slopes = tile.constants(coefficients);
      kernels.overlapOfLabelsGrad(
        p,
        stride,
        target,
        a,
        slopes,
        slopes + 4 * classes,
        classes,
        count,
        grad,
        stride,
      );
    },
  };
}

function sigmoidMaps(classes: number): TermMaps<SimdTile> {
  return {
    first({ kernels, x, xStride, target, stride, count }, sums) {
      kernels.countTargets(target, stride, classes, count, sums.byteOffset);
      for (let c = 0; c < classes; c++) {
        const at = sums.byteOffset + 16 + 24 * c;
        kernels.overlapOfTargets(x + c * xStride * 4, target + c * stride * 4, count, at);
      }
    },
    second(tile, coefficients) {
      const { kernels, x, xStride, count, grad } = tile;
      if (grad === 0) return;
      for (let c = 0; c < classes; c++) {
        kernels.overlapOfTargetsGrad(
          x + c * xStride * 4,
          tile.row(tile.target, c),
          count,
          coefficients[c],
          coefficients[classes + c],
          tile.row(grad, c),
        );
      }
    },
  };
}

function referenceSoftmaxMaps(classes: number): TermMaps<ReferencePixel> {
  return {
    first(pixel, sums) {
      if (pixel.y >= 0) sums[0] += 1;
      addOverlapOfLabel(pixel, sums.subarray(2));
    },
    second(pixel, coefficients) {
      addOverlapGradOfLabel(pixel, coefficients.subarray(0, classes), coefficients.subarray(classes));
    },
  };
}

function referenceSigmoidMaps(classes: number): TermMaps<ReferencePixel> {
  return {
    first(pixel, sums) {
      if (pixel.t.some((t) => t >= 0)) sums[0] += 1;
      addOverlapOfTargets(pixel, sums.subarray(2));
    },
    second(pixel, coefficients) {
      addOverlapGradOfTargets(pixel, coefficients.subarray(0, classes), coefficients.subarray(classes));
    },
  };
}
