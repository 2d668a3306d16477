/** Softmax cross-entropy. @module */

import type { LossDefinition, Preset } from "../definition.ts";
import type { SimdTile } from "../engine/tile.ts";
import { type PixelOptions, PixelSum, pixelFields } from "../families/reduction.ts";
import { softmaxPixelTerm } from "../families/softmax-pixel.ts";
import type { Loss } from "../loss.ts";
import { perClass } from "../options.ts";
import { crossEntropyOfPixel } from "../reference/cross-entropy.ts";
import { defineLoss } from "../single-loss.ts";
import type { TermMaps } from "../term.ts";

export interface CrossEntropyOptions extends PixelOptions {
  readonly preset?: Preset;
  /** One weight per class, at least 0; all 1 by default. */
  readonly classWeights?: readonly number[];
  /** Share of the target spread evenly over all classes, 0 to 1; 0 by default. */
  readonly labelSmoothing?: number;
}

export const crossEntropyDefinition: LossDefinition = {
  id: "cross-entropy",
  formula:
    "l = -(1 - s) w_y log p_y - s/C sum_k w_k log p_k, p = softmax(x); sum over counted pixels / sum of w_y",
  source: "PyTorch 2 CrossEntropyLoss. A batch without a counted pixel gives 0, not NaN.",
  coupling: "labels",
  kernel: "simd",
  fields: {
    classWeights: { kind: "numbers", min: 0, doc: "One weight per class." },
    labelSmoothing: {
      kind: "number",
      min: 0,
      max: 1,
      default: 0,
      doc: "Share of the target spread over all classes.",
    },
    ...pixelFields("weights"),
  },
  presets: {
    torch: { options: { allIgnored: "nan" }, note: "torch.nn.CrossEntropyLoss" },
  },
  resolve(checked, classes) {
    const options = checked as CrossEntropyOptions;
    const { labelSmoothing = 0 } = options;
    const weights = perClass(this.id, "classWeights", options.classWeights ?? 1, classes);
    return softmaxPixelTerm({
      id: this.id,
      options,
      slope: "input",
      targets: "either",
      divisor: "weights",
      // A dense target has no class of its own whose weight could count: PyTorch divides by the number of pixels.
      weightOf: ({ y }) => (y < 0 ? 1 : weights[y]),
      lossOf: (pixel, scale) => crossEntropyOfPixel(pixel, weights, labelSmoothing, scale),
      // The kernel does not count nonzero weights.
      ...(options.divisor !== "nonzero" && { simd: crossEntropyKernel(weights, labelSmoothing) }),
    });
  },
};

/**
 * Cross-entropy of softmax outputs: `[N, C, ...spatial]` logits against labels `[N, ...spatial]`, or dense
 * probabilities with the logits' dims, C at least 2.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function crossEntropy(options: CrossEntropyOptions = {}): Loss {
  return defineLoss(crossEntropyDefinition, options);
}

function crossEntropyKernel(weights: readonly number[], labelSmoothing: number): TermMaps<SimdTile> {
  return {
    first(tile, sums) {
      tile.kernels.countLabels(tile.target, tile.count, tile.constants(weights), sums.byteOffset);
      sums[PixelSum.all] += tile.pixels;
    },
    second(tile, [scale], sums) {
      const { kernels, classes, x, xStride, target, p, stride, m, r, a, count, elements, grad } = tile;
      const w = tile.constants(weights);
      kernels.crossEntropyValue(
        x,
        xStride,
        target,
        m,
        r,
        w,
        labelSmoothing,
        classes,
        count,
        elements,
        sums.byteOffset,
      );
      if (grad === 0) return;
      kernels.crossEntropyGrad(
        p,
        stride,
        target,
        r,
        a,
        w,
        labelSmoothing,
        classes,
        count,
        scale,
        grad,
        stride,
      );
    },
  };
}
