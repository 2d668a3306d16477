/**
 * The overlap family: losses that are a function of four sums per class, over the batch or over each image.
 *
 *   I = sum w p g,  P = sum w p^k,  G = sum w g^k,  n = sum w,  over counted pixels, w = pixel weight
 *   dL/dp = w (dL/dI g + dL/dP k p^(k - 1))
 *
 * Members differ only in the function and its two slopes.
 *
 * @module
 */
import type { SimdTile } from "../engine/tile.ts";
import type { OptionFields } from "../options.ts";
import type { Pixel } from "../reference/pixel.ts";
import { forEachImage, type Term, type TermMaps, totalOf } from "../term.ts";
import { type CommonOptions, commonTerm, emptyDivisor } from "./common-options.ts";

export interface OverlapOptions extends CommonOptions {
  /** `sigmoid` for one channel and `softmax` for more, by default. */
  readonly activation?: "sigmoid" | "softmax";
  /** What the first argument holds: `logits` by default. */
  readonly input?: "logits" | "probabilities";
  /** Over which pixels the sums run: the `batch` (default) or each `image`; the loss is then the mean over images. */
  readonly accumulate?: "batch" | "image";
  /** Power k of the sums P and G; 1 by default, 2 for squared denominators. */
  readonly power?: number;
  /** Takes labels under a sigmoid too: each class against all others. */
  readonly oneVsRest?: boolean;
}

export const overlapFields: OptionFields = {
  activation: {
    kind: "choice",
    values: ["sigmoid", "softmax"],
    default: "sigmoid for one channel, else softmax",
    doc: "What makes probabilities of the logits.",
  },
  input: {
    kind: "choice",
    values: ["logits", "probabilities"],
    default: "logits",
    doc: "What the input holds.",
  },
  accumulate: {
    kind: "choice",
    values: ["batch", "image"],
    default: "batch",
    doc: "Over which pixels the sums run; over each image, the loss is the mean over images.",
  },
  power: { kind: "number", min: 1, max: 2, default: 1, doc: "Power of p and g in the sums P and G." },
  oneVsRest: {
    kind: "boolean",
    default: false,
    doc: "Takes labels under a sigmoid too: each class against all others.",
  },
};

/** Sums per class, `[C]` each. */
export interface ClassSums {
  readonly i: Float64Array;
  readonly p: Float64Array;
  readonly g: Float64Array;
  readonly n: Float64Array;
}

/** A loss of the family on one group of pixels, and its slopes `[C]`. */
export interface Overlap {
  readonly value: number;
  readonly di: Float64Array;
  readonly dp: Float64Array;
}

export interface OverlapLoss {
  readonly id: string;
  readonly options: OverlapOptions;
  readonly classes: number;
  measure(sums: ClassSums): Overlap;
}

/** Sums of the first map: [counted pixels, two of the kernel's own, I P G n of class 0, I P G n of class 1, ...]. */
const SUMS = 3;

export function overlapTerm({ id, options, classes, measure }: OverlapLoss): Term {
  const {
    accumulate = "batch",
    allIgnored = "zero",
    input = "logits",
    power = 1,
    oneVsRest = false,
  } = options;
  const activation = options.activation ?? (classes === 1 ? "sigmoid" : "softmax");
  const firstLength = SUMS + 4 * classes;
  /** The groups of pixels the loss is a mean over, those in which nothing counts left out. */
  const groupsOf = (images: readonly Float64Array[]) => {
    const groups = accumulate === "batch" ? [totalOf(images, firstLength)] : images;
    return groups.filter((sums) => sums[0] > 0);
  };
  const hasKernel = input === "logits" && power === 1;
  return {
    id,
    coupling: "sums",
    activation,
    input,
    targets: activation === "softmax" || oneVsRest ? "either" : "dense",
    slope: "probabilities",
    ...commonTerm(options),
    elements: "none",
    firstLength,
    secondLength: 0,
    coefficientLength: 2 * classes,
    finish(images, scale) {
      const share = scale / groupsOf(images).length;
      const slopesOf = (sums: Float64Array): Float64Array => {
        const slopes = new Float64Array(2 * classes);
        if (sums[0] === 0) return slopes;
        const { di, dp } = measure(classSums(sums, classes));
        for (let c = 0; c < classes; c++) {
          slopes[c] = share * di[c];
          slopes[classes + c] = share * dp[c];
        }
        return slopes;
      };
      return accumulate === "image"
        ? images.map(slopesOf)
        : forEachImage(images, slopesOf(totalOf(images, firstLength)));
    },
    value(images) {
      const groups = groupsOf(images);
      if (groups.length === 0) return 0 / emptyDivisor(id, allIgnored);
      return groups.reduce((sum, sums) => sum + measure(classSums(sums, classes)).value, 0) / groups.length;
    },
    pixel: pixelMaps(power),
    ...(hasKernel && { simd: activation === "softmax" ? softmaxKernel(classes) : sigmoidKernel(classes) }),
  };
}

function classSums(sums: Float64Array, classes: number): ClassSums {
  const column = (k: number) => Float64Array.from({ length: classes }, (_, c) => sums[SUMS + 4 * c + k]);
  return { i: column(0), p: column(1), g: column(2), n: column(3) };
}

function pixelMaps(power: number): TermMaps<Pixel> {
  return {
    first({ p, t, open, counted, weight, classes }, sums) {
      sums[0] += counted ? 1 : 0;
      for (let c = 0; c < classes; c++) {
        if (open[c] === 0) continue;
        const at = SUMS + 4 * c;
        sums[at] += weight * p[c] * t[c];
        sums[at + 1] += weight * p[c] ** power;
        sums[at + 2] += weight * t[c] ** power;
        sums[at + 3] += weight;
      }
    },
    second({ p, t, open, weight, slope, classes }, coefficients) {
      for (let c = 0; c < classes; c++) {
        if (open[c] === 0) continue;
        const di = coefficients[c];
        const dp = coefficients[classes + c];
        slope[c] += weight * (di * t[c] + dp * power * p[c] ** (power - 1));
      }
    },
  };
}

/** Float32 numbers where the kernels want a and b of d_c = b_c - a_c g. */
function kernelSlopes(coefficients: Float64Array, classes: number): Float64Array {
  return coefficients.map((slope, i) => (i < classes ? -slope : slope));
}

function softmaxKernel(classes: number): TermMaps<SimdTile> {
  const ones = new Array<number>(classes).fill(1);
  return {
    first(tile, sums) {
      const { kernels, p, stride, target, count } = tile;
      kernels.countLabels(target, count, tile.constants(ones), sums.byteOffset);
      kernels.overlapOfLabels(p, stride, target, classes, count, sums.byteOffset + 8 * SUMS);
    },
    second(tile, coefficients) {
      const { kernels, p, stride, target, a, count, grad } = tile;
      if (grad === 0) return;
      const slopes = tile.constants(kernelSlopes(coefficients, classes));
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

function sigmoidKernel(classes: number): TermMaps<SimdTile> {
  return {
    first({ kernels, x, xStride, target, stride, count }, sums) {
      kernels.countTargets(target, stride, classes, count, sums.byteOffset);
      for (let c = 0; c < classes; c++) {
        const at = sums.byteOffset + 8 * (SUMS + 4 * c);
        kernels.overlapOfTargets(x + c * xStride * 4, target + c * stride * 4, count, at);
      }
    },
    second(tile, coefficients) {
      const { kernels, x, xStride, count, grad } = tile;
      if (grad === 0) return;
      const slopes = kernelSlopes(coefficients, classes);
      for (let c = 0; c < classes; c++) {
        kernels.overlapOfTargetsGrad(
          x + c * xStride * 4,
          tile.row(tile.target, c),
          count,
          slopes[c],
          slopes[classes + c],
          tile.row(grad, c),
        );
      }
    },
  };
}
