/** Softmax cross-entropy. @module */
import type { Loss } from "../loss.ts";
import { perClass } from "../options.ts";
import { crossEntropyOfPixel } from "../reference/cross-entropy.ts";
import { defineLoss } from "../single-loss.ts";
import type { LossDefinition } from "./definition.ts";
import { type Divisor, ignoreList, type PixelOptions, pixelFields, pixelReduction } from "./reduction.ts";

export interface CrossEntropyOptions extends PixelOptions {
  /** One weight per class, at least 0; all 1 by default. */
  readonly classWeights?: readonly number[];
  /** Share of the target spread evenly over all classes, 0 to 1; 0 by default. */
  readonly labelSmoothing?: number;
  /** What a mean divides by: the `weights` of the counted pixels (default, as PyTorch), their number, or all pixels. */
  readonly divisor?: Divisor;
}

export const crossEntropyDefinition: LossDefinition = {
  id: "cross-entropy",
  formula:
    "l = -(1 - s) w_y log p_y - s/C sum_k w_k log p_k, p = softmax(x); sum over counted pixels / sum of w_y",
  source: "PyTorch 2 CrossEntropyLoss with class indices. A batch without a counted pixel gives 0, not NaN.",
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
    divisor: {
      kind: "choice",
      values: ["weights", "valid", "all"],
      default: "weights",
      doc: "What a mean divides by: weights of the counted pixels, their number, or all pixels.",
    },
    ...pixelFields,
  },
  resolve(checked, classes) {
    const options = checked as CrossEntropyOptions;
    const { labelSmoothing = 0, reduction = "mean", divisor = "weights", allIgnored = "zero" } = options;
    const weights = perClass(this.id, "classWeights", options.classWeights ?? 1, classes);
    return {
      id: this.id,
      coupling: this.coupling,
      activation: "softmax",
      input: "logits",
      ignored: ignoreList(options.ignoreIndex),
      writesElements: reduction === "none",
      ...pixelReduction(this.id, reduction, divisor, allIgnored),
      simd: {
        first(tile, sums) {
          tile.kernels.countLabels(tile.target, tile.count, tile.constants(weights), sums.byteOffset);
          sums[2] += tile.pixels;
        },
        second(tile, [scale], sums) {
          const { kernels, x, xStride, target, p, stride, m, r, a, count, elements, grad } = tile;
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
      },
      reference: {
        first({ y }, sums) {
          sums[2] += 1;
          if (y < 0) return;
          sums[0] += 1;
          sums[1] += weights[y];
        },
        second(pixel, [scale], sums) {
          const loss = crossEntropyOfPixel(pixel, weights, labelSmoothing, scale);
          pixel.elements[0] = loss;
          sums[0] += loss;
        },
      },
    };
  },
};

/**
 * Cross-entropy of softmax outputs: `[N, C, ...spatial]` logits against labels `[N, ...spatial]`, C at least 2.
 * @throws PixelgradError `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function crossEntropy(options: CrossEntropyOptions = {}): Loss {
  return defineLoss(crossEntropyDefinition, options);
}
