/** Neighbour-aware calibration loss. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import { type CommonOptions, commonTerm, emptyDivisor } from "../families/common-options.ts";
import { NaclSum, naclKernel } from "../families/nacl-kernel.ts";
import { gaussianKernel, meanKernel, smoothed } from "../families/neighbourhood.ts";
import type { FieldUnit } from "../field.ts";
import type { Loss } from "../loss.ts";
import { optionInvalid } from "../options.ts";
import { crossEntropyOfPixel } from "../reference/cross-entropy.ts";
import { openCount } from "../reference/pixel.ts";
import { defineLoss } from "../single-loss.ts";
import { forEachImage, type Term, totalOf } from "../term.ts";

export interface NaclOptions extends CommonOptions {
  readonly preset?: Preset;
  /** What averages the one-hot labels around a pixel: `mean` (default) or `gaussian`. */
  readonly kernel?: "mean" | "gaussian";
  /** Edge of the mean kernel in pixels, odd; 3 by default. */
  readonly kernelSize?: number;
  /** Width of the Gaussian in pixels, above 0; 1 by default. */
  readonly sigma?: number;
  /** How a logit differs from the averaged label: `l1`, the amount (default), or `l2`, its square. */
  readonly distance?: "l1" | "l2";
  /** What the mean difference is multiplied by, at least 0; 0.1 by default. */
  readonly alpha?: number;
}

export const naclDefinition: LossDefinition = {
  id: "nacl",
  formula:
    "L = CE + alpha mean |u - x| (l1) or alpha mean (u - x)^2 (l2), u = one-hot labels averaged over the neighbourhood, " +
    "x = logits; means over counted pixels, the second over their classes too",
  source:
    "Murugesan et al., Trust your neighbours, MICCAI 2023; MONAI NACLLoss, zeros beyond the edges. There the Gaussian is " +
    "as wide as 4 sigma, whatever kernel_size.",
  coupling: "gather",
  kernel: "simd",
  fields: {
    kernel: {
      kind: "choice",
      values: ["mean", "gaussian"],
      default: "mean",
      doc: "What averages the one-hot labels around a pixel.",
    },
    kernelSize: {
      kind: "integer",
      min: 1,
      default: 3,
      doc: "Edge of the mean kernel in pixels, odd; the Gaussian reaches 4 sigma.",
    },
    sigma: { kind: "number", min: 0, default: 1, doc: "Width of the Gaussian in pixels, above 0." },
    distance: {
      kind: "choice",
      values: ["l1", "l2"],
      default: "l1",
      doc: "The amount of the difference, or its square.",
    },
    alpha: { kind: "number", min: 0, default: 0.1, doc: "What the mean difference is multiplied by." },
  },
  presets: {
    monai: {
      options: { kernel: "mean", kernelSize: 3, sigma: 1, distance: "l1", alpha: 0.1 },
      note: "NACLLoss, of two or three dimensions there; any number here.",
    },
  },
  resolve(checked, classes) {
    const options = checked as NaclOptions;
    const { kernel = "mean", kernelSize = 3, sigma = 1, distance = "l1", alpha = 0.1 } = options;
    if (kernelSize % 2 === 0) throw optionInvalid(this.id, "kernelSize", kernelSize, "an odd number");
    if (sigma === 0) throw optionInvalid(this.id, "sigma", sigma, "a number above 0");
    const taps = kernel === "mean" ? meanKernel(kernelSize) : gaussianKernel(sigma);
    return naclTerm(this.id, options, classes, taps, distance, alpha);
  },
};

/**
 * Neighbour-aware calibration loss: `[N, C, ...spatial]` logits, C at least 2, against labels `[N, ...spatial]` or dense
 * probabilities with the logits' dims.
 *
 * An ignored pixel has no loss, and to its neighbours it is like one beyond the edge. A pixel weight multiplies both parts
 * of the pixel's own loss, means divide by the sum of the weights; its label averages into its neighbours' as any other.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function nacl(options: NaclOptions = {}): Loss {
  return defineLoss(naclDefinition, options);
}

function naclTerm(
  id: string,
  options: NaclOptions,
  classes: number,
  taps: Float64Array,
  distance: "l1" | "l2",
  alpha: number,
): Term {
  const { allIgnored = "zero" } = options;
  const ones = new Array<number>(classes).fill(1);
  const divisorsOf = (sums: Float64Array) =>
    sums[NaclSum.weights] === 0
      ? { weights: emptyDivisor(id, allIgnored), elements: emptyDivisor(id, allIgnored) }
      : { weights: sums[NaclSum.weights], elements: sums[NaclSum.elements] };
  return {
    id,
    coupling: "gather",
    activation: "softmax",
    input: "logits",
    targets: "either",
    slope: "input",
    ...commonTerm(options),
    elements: "none",
    firstLength: NaclSum.length,
    secondLength: 1,
    coefficientLength: 2,
    finish(images, scale) {
      const { weights, elements } = divisorsOf(totalOf(images, NaclSum.length));
      return forEachImage(images, Float64Array.of(scale / weights, (scale * alpha) / elements));
    },
    value(first, second) {
      const sums = totalOf(first, NaclSum.length);
      const { weights, elements } = divisorsOf(sums);
      return sums[NaclSum.crossEntropy] / weights + (alpha * totalOf(second, 1)[0]) / elements;
    },
    field: {
      rows: classes,
      scope: "image",
      fill(unit, [, scale], sums) {
        sums[0] += differenceFromNeighbours(unit, taps, distance);
        for (let i = 0; i < unit.values.length; i++) unit.values[i] *= scale;
      },
    },
    simd: naclKernel(classes),
    pixel: {
      first(pixel, sums) {
        const { x, open, counted, weight, field } = pixel;
        for (let c = 0; c < classes; c++) field[c] = open[c] === 0 ? 0 : x[c];
        if (!counted) return;
        sums[NaclSum.pixels] += 1;
        sums[NaclSum.weights] += weight;
        sums[NaclSum.elements] += weight * openCount(open);
        sums[NaclSum.crossEntropy] += weight * crossEntropyOfPixel(pixel, ones, 0, 0);
      },
      second(pixel, [scale]) {
        const { open, counted, weight, field, grad } = pixel;
        if (!counted) return;
        crossEntropyOfPixel(pixel, ones, 0, scale * weight);
        for (let c = 0; c < classes; c++) if (open[c] !== 0) grad[c] += field[c];
      },
    },
  };
}

/** Sum of w d over a class of an image; overwrites its logits with the derivative. */
function differenceFromNeighbours(
  { values, target, weights, spatial }: FieldUnit,
  taps: Float64Array,
  distance: "l1" | "l2",
): number {
  const labels = target.map((t) => (Number.isNaN(t) ? 0 : t));
  const averaged = smoothed(labels, spatial, taps);
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = Number.isNaN(target[i]) ? 0 : (weights?.[i] ?? 1);
    const difference = values[i] - averaged[i];
    sum += weight * (distance === "l1" ? Math.abs(difference) : difference ** 2);
    values[i] = weight * (distance === "l1" ? Math.sign(difference) : 2 * difference);
  }
  return sum;
}
