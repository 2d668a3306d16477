/**
 * The overlap family: losses that are a function of four sums per class, over the batch or over each image.
 *
 *   I = sum w p g,  P = sum w p^k,  G = sum w g^k,  n = sum w,  over counted pixels, w = pixel weight
 *   dL/dp = w (dL/dI di/dp + dL/dP k p^(k - 1)),  di/dp = g for a product
 *
 * Members differ only in how the sums of a group of pixels become numbers (overlap-parts.ts). The mean is over the
 * numbers of a group and then over groups; a class that no pixel counts for, ignored or left out by the class mask in
 * the whole group, is in neither, nor is a group without such numbers.
 *
 * @module
 */
import { type OverlapPixel, productPixel, semimetricPixel } from "../reference/overlap-pixel.ts";
import type { ClassSums } from "../reference/overlap-scores.ts";
import type { Pixel } from "../reference/pixel.ts";
import { type Term, type TermMaps, totalOf } from "../term.ts";
import { commonTerm, emptyDivisor } from "./common-options.ts";
import { activationTerm } from "./input-options.ts";
import { type OverlapKernel, sigmoidKernel, softmaxKernel } from "./overlap-kernel.ts";
import type { OverlapOptions } from "./overlap-options.ts";
import type { GroupRule, Part } from "./overlap-parts.ts";
import { classSumsOf, OVERLAP_SUMS } from "./overlap-sums.ts";

export interface OverlapLoss {
  readonly id: string;
  readonly options: OverlapOptions;
  readonly classes: number;
  readonly rule: GroupRule;
  /**
   * Sums of float32 give the slopes of quotients to 2e-6 (`simd`); what is steep in 1 - score needs `exact` ones. `scalar`
   * where there is no kernel.
   */
  readonly kernel: OverlapKernel | "scalar";
  /** What a pixel adds to the sums; by `softTargets` and `power` unless given. */
  readonly sums?: OverlapPixel;
  /** Over which pixels the sums run unless the caller says; `batch` by default. */
  readonly accumulate?: "batch" | "image";
}

/** A loss of sums that each class has for itself. */
export function overlapTerm(loss: OverlapLoss): Term {
  const { options, classes } = loss;
  const { power = 1, softTargets = "product", targetSoftening = 0, input = "logits" } = options;
  const { activation, targets } = activationTerm(options, classes);
  const sums = loss.sums ?? (softTargets === "product" ? productPixel(power) : semimetricPixel(power));
  // The kernel of a softmax sees labels only, on which product and semimetric agree.
  const squares = loss.kernel === "squared-errors";
  const kernelSums = (loss.sums === undefined || squares) && power === 1 && targetSoftening === 0;
  const kernelTargets = softTargets === "product" || activation === "softmax";
  const kernel = input === "logits" && kernelSums && kernelTargets ? loss.kernel : "scalar";
  const group = groupTerm(loss, activation);
  return {
    ...group,
    ...(activation === "softmax" &&
      kernel === "simd" && {
        finish: (images: readonly Float64Array[], scale: number, upstream?: ArrayLike<number>) =>
          group
            .finish(images, scale, upstream)
            .map((row, image) => centred(row, classSumsOf(images[image], classes))),
      }),
    targets,
    pixel: overlapMaps(sums, targetSoftening),
    ...(kernel !== "scalar" && {
      simd: (activation === "softmax" ? softmaxKernel : sigmoidKernel)(classes, kernel),
    }),
  };
}

/** What follows the sums: parts of groups, their mean or sum, elements and coefficients `[dL/dI, dL/dP]`. */
export function groupTerm(
  { id, options, classes, rule, accumulate: scope = "batch" }: Omit<OverlapLoss, "kernel" | "sums">,
  activation: Term["activation"],
): Omit<Term, "targets" | "pixel"> {
  const { accumulate = scope, reduction = "mean", allIgnored = "zero", input = "logits" } = options;
  const firstLength = OVERLAP_SUMS + 4 * classes;
  const perImage = accumulate === "image";
  const rowsOf = (images: number) => (perImage ? images : 1);

  const groupsOf = (images: readonly Float64Array[]): (readonly Part[])[] =>
    (perImage ? images : [totalOf(images, firstLength)]).map((sums) =>
      rule.partsOf(classSumsOf(sums, classes)),
    );

  /** Every part with the factor of its value in the loss, or d total / d value. */
  const factorsOf = (images: readonly Float64Array[], upstream?: ArrayLike<number>): Factored[] => {
    const groups = groupsOf(images);
    const shares = groups.map((parts) => parts.reduce((sum, { share }) => sum + share, 0));
    const live = shares.filter((share) => share > 0).length;
    const factorOf = (group: number, column: number): number => {
      if (upstream !== undefined) return upstream[group * rule.columns + column];
      if (reduction === "sum") return 1;
      return 1 / (reduction === "none" ? groups.length * rule.columns : live * shares[group]);
    };
    return groups.flatMap((parts, group) =>
      parts
        .filter(() => shares[group] > 0)
        .map((part) => ({ part, group, factor: part.weight * factorOf(group, part.column) })),
    );
  };
  return {
    id,
    coupling: "sums",
    activation,
    input,
    slope: "probabilities",
    ...commonTerm(options),
    elements: reduction === "none" ? "classes" : "none",
    firstLength,
    secondLength: 0,
    coefficientLength: 2 * classes,
    finish(images, scale, upstream) {
      const rows = Array.from({ length: rowsOf(images.length) }, () => new Float64Array(2 * classes));
      for (const { part, group, factor } of factorsOf(images, upstream)) {
        for (const { c, di, dp } of part.slopes) {
          rows[group][c] += scale * factor * di;
          rows[group][classes + c] += scale * factor * dp;
        }
      }
      return images.map((_, image) => rows[perImage ? image : 0]);
    },
    value(images) {
      const factored = factorsOf(images);
      if (factored.length === 0) return 0 / emptyDivisor(id, allIgnored);
      return factored.reduce((sum, { part, factor }) => sum + factor * part.value, 0);
    },
    classElementDims: (images) => [rowsOf(images), rule.columns],
    classElements(images) {
      const elements = new Float32Array(rowsOf(images.length) * rule.columns);
      for (const [group, parts] of groupsOf(images).entries()) {
        for (const { column, weight, value } of parts)
          elements[group * rule.columns + column] = weight * value;
      }
      return elements;
    },
  };
}

/**
 * Slopes dL/dP less their mean over the probabilities of the image: the gradient at the logits of a softmax stays, and
 * float32 sums of them lose less.
 */
function centred(row: Float64Array, sums: readonly ClassSums[]): Float64Array {
  const classes = sums.length;
  const whole = sums.reduce((sum, { p }) => sum + p, 0);
  const mean = sums.reduce((sum, { p }, c) => sum + p * row[classes + c], 0) / whole;
  return Number.isFinite(mean) ? row.map((v, i) => (i < classes ? v : v - mean)) : row;
}

interface Factored {
  readonly part: Part;
  readonly group: number;
  readonly factor: number;
}

function overlapMaps(sums: OverlapPixel, softening: number): TermMaps<Pixel> {
  return {
    first({ p, t, open, counted, weight, classes }, total) {
      total[0] += counted ? 1 : 0;
      for (let c = 0; c < classes; c++) {
        if (open[c] === 0) continue;
        const at = OVERLAP_SUMS + 4 * c;
        const g = t[c] + softening;
        total[at] += weight * sums.i(p[c], g);
        total[at + 1] += weight * sums.p(p[c], g);
        total[at + 2] += weight * sums.g(g);
        total[at + 3] += weight;
      }
    },
    second({ p, t, open, weight, slope, classes }, coefficients) {
      for (let c = 0; c < classes; c++) {
        if (open[c] === 0) continue;
        const g = t[c] + softening;
        const di = coefficients[c];
        const dp = coefficients[classes + c];
        slope[c] += weight * (di * sums.iSlope(p[c], g) + dp * sums.pSlope(p[c], g));
      }
    },
  };
}
