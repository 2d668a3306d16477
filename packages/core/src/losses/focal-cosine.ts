/** Focal cosine loss. @module */

import type { LossDefinition } from "../definition.ts";
import { focalCosineKernel } from "../families/label-kernels.ts";
import { type PixelOptions, pixelFields } from "../families/reduction.ts";
import { softmaxPixelTerm } from "../families/softmax-pixel.ts";
import type { Loss } from "../loss.ts";
import { logSoftmax } from "../reference/activations.ts";
import type { Pixel } from "../reference/pixel.ts";
import { defineLoss } from "../single-loss.ts";

export interface FocalCosineOptions extends PixelOptions {
  /** A plain multiplier of the focal part, at least 0; 1 by default. */
  readonly alpha?: number;
  /** How strongly the focal part plays down easy pixels, at least 0; 2 by default. */
  readonly gamma?: number;
  /** Weight of the focal part, at least 0; 0.1 by default. */
  readonly focalWeight?: number;
}

export const focalCosineDefinition: LossDefinition = {
  id: "focal-cosine",
  formula:
    "l = 1 - v_y + w alpha (1 - p_y)^gamma (-log p_y), v = x / |x|, p = softmax(v); mean over counted pixels",
  source:
    "Kim et al., Data-Efficient Deep Learning Method for Image Classification, 2020, eq. 3; pytorch-toolbelt FocalCosineLoss, " +
    "whose xent is w.",
  coupling: "labels",
  kernel: "simd",
  fields: {
    alpha: { kind: "number", min: 0, default: 1, doc: "A plain multiplier of the focal part." },
    gamma: {
      kind: "number",
      min: 0,
      default: 2,
      doc: "How strongly the focal part plays down easy pixels.",
    },
    focalWeight: { kind: "number", min: 0, default: 0.1, doc: "Weight of the focal part." },
    ...pixelFields("valid"),
  },
  resolve(checked, classes) {
    const options = checked as FocalCosineOptions;
    const { alpha = 1, gamma = 2, focalWeight = 0.1 } = options;
    const factor = alpha * focalWeight;
    const v = new Float64Array(classes);
    const logp = new Float64Array(classes);
    return softmaxPixelTerm({
      id: this.id,
      options,
      slope: "input",
      targets: "labels",
      divisor: "valid",
      kernel: focalCosineKernel(factor, gamma),
      lossOf({ x, y, open, grad }: Pixel, scale) {
        const length = lengthOf(x, open);
        for (let c = 0; c < classes; c++) v[c] = open[c] === 0 ? 0 : x[c] / length;
        logSoftmax(v, logp, open);
        const cost = -logp[y];
        // 1 - p_y, p_y between exp(-2) / C and 1: v is too short for saturation.
        const u = -Math.expm1(logp[y]);
        const m = factor * u ** gamma;
        const steepness = u === 0 ? 0 : m * (1 + (gamma * (1 - u) * cost) / u);
        // dl/dv_c = -[c = y] + steepness (p_c - [c = y]); v turns with x and keeps its length: dl/dx = (d - v (v d)) / |x|.
        const slopeOf = (c: number) => steepness * Math.exp(logp[c]) - (c === y ? 1 + steepness : 0);
        let along = 0;
        for (let c = 0; c < classes; c++) if (open[c] !== 0) along += v[c] * slopeOf(c);
        for (let c = 0; c < classes; c++) {
          if (open[c] !== 0) grad[c] += (scale * (slopeOf(c) - along * v[c])) / length;
        }
        return angleOf(v, y) + m * cost;
      },
    });
  },
};

/**
 * Focal cosine loss, the angle between logits and one-hot label plus a focal loss of the normalised logits:
 * `[N, C, ...spatial]` logits against labels `[N, ...spatial]`, C at least 2.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function focalCosine(options: FocalCosineOptions = {}): Loss {
  return defineLoss(focalCosineDefinition, options);
}

/** 1 - v_y, from the other parts of the unit vector where it is small. */
function angleOf(v: Float64Array, y: number): number {
  if (v[y] < 0.5) return 1 - v[y];
  let others = 0;
  for (let c = 0; c < v.length; c++) if (c !== y) others += v[c] * v[c];
  return others / (1 + v[y]);
}

/** |x| over the open classes, at least 1e-12 as in PyTorch's normalize. */
function lengthOf(x: Float64Array, open: Uint8Array): number {
  let sum = 0;
  for (let c = 0; c < x.length; c++) sum += open[c] * x[c] * x[c];
  return Math.max(Math.sqrt(sum), 1e-12);
}
