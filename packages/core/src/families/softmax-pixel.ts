/**
 * What softmax pixel losses share: each pixel is a loss of its own, against its label or a dense target.
 *
 * @module
 */
import { openCount, type Pixel } from "../reference/pixel.ts";
import type { KernelMaps, Term } from "../term.ts";
import { commonTerm } from "./common-options.ts";
import {
  countElement,
  type Divisor,
  type PixelOptions,
  PixelSum,
  pixelReduction,
  type Spread,
} from "./reduction.ts";

export interface SoftmaxPixelLoss {
  readonly id: string;
  readonly options: PixelOptions & { readonly input?: Term["input"] };
  /** Whether `lossOf` leaves its gradient in `grad` (d/dx) or in `slope` (d/dp). */
  readonly slope: Term["slope"];
  readonly targets: Term["targets"];
  readonly needs?: Term["needs"];
  /** What a mean divides by unless the caller says. */
  readonly divisor: Divisor;
  /** What a mean counts: each pixel once by default, or once for each of its channels. */
  readonly spread?: Spread;
  /** What a counted pixel adds to the divisor `weights`; 1 by default. */
  weightOf?(pixel: Pixel): number;
  /** The loss of a counted pixel; adds `scale` times its gradient to the pixel's `grad` or `slope`. */
  lossOf(pixel: Pixel, scale: number): number;
  /** Absent where the kernels lack an option that is set. */
  readonly kernel?: SoftmaxKernel | undefined;
}

/** A loss on the kernels: what it adds to {@link KernelMaps} for all losses of this family. */
export interface SoftmaxKernel
  extends Pick<KernelMaps, "targets" | "masks" | "second" | "straight" | "isPlainCrossEntropy"> {
  /** What each class adds to the divisor `weights`, of labels; 1 by default. */
  readonly classWeights?: readonly number[];
  /** Writes what `second` finds at `tile.constants`. */
  prepare?(constants: Float32Array, targetKind: "labels" | "dense"): void;
}

/** The maps of tiles; `perChannel`: a pixel counts once for each of its channels. */
export function softmaxKernelMaps(
  { classWeights, masks = false, prepare, ...kernel }: SoftmaxKernel,
  perChannel: boolean,
): KernelMaps {
  const weighs = classWeights?.some((weight) => weight !== 1) ?? false;
  return {
    ...kernel,
    weighs: true,
    masks: masks && !perChannel,
    prepare(constants, coefficients, targetKind) {
      if (coefficients !== undefined) prepare?.(constants, targetKind);
      else if (classWeights !== undefined) constants.set(classWeights);
    },
    first(tile, sums) {
      const { kernels, stride, classes, count, weights, constants } = tile;
      const before = perChannel ? sums.slice() : sums;
      sums[PixelSum.all] += tile.pixels;
      if (tile.targetKind === "dense") {
        kernels.countWholePixels(tile.target(), stride, classes, count, weights, sums.byteOffset);
      } else {
        const counted = tile.countedLabels();
        sums[PixelSum.pixels] += counted;
        sums[PixelSum.valid] += counted;
        if (weights === 0 && !weighs) {
          sums[PixelSum.weights] += counted;
          sums[PixelSum.nonzero] += counted;
        } else {
          const at = sums.byteOffset + 8 * PixelSum.weights;
          kernels.countLabelWeights(tile.target(), count, weights, weighs ? constants : 0, at);
        }
      }
      for (let i = PixelSum.valid; i < PixelSum.length; i++) sums[i] += (classes - 1) * (sums[i] - before[i]);
    },
  };
}

export function softmaxPixelTerm(loss: SoftmaxPixelLoss): Term {
  const { id, options, slope, targets, needs, kernel, spread = "pixels" } = loss;
  const { reduction = "mean", allIgnored = "zero", divisor = loss.divisor, input = "logits" } = options;
  // The elements that `none` returns are pixels, and its value is their plain mean.
  const perChannel = spread === "elements" && reduction !== "none";
  return {
    id,
    coupling: "labels",
    activation: "softmax",
    input,
    targets,
    slope,
    ...(needs && { needs }),
    ...commonTerm(options),
    elements: reduction === "none" ? "pixels" : "none",
    ...pixelReduction(id, { reduction, divisor, allIgnored }),
    pixel: {
      first(pixel, sums) {
        sums[PixelSum.all] += perChannel ? pixel.classes : 1;
        if (!pixel.counted) return;
        sums[PixelSum.pixels] += 1;
        const elements = perChannel ? openCount(pixel.open) : 1;
        countElement(sums, pixel.weight * (loss.weightOf?.(pixel) ?? 1), elements);
      },
      second(pixel, [scale], sums) {
        if (!pixel.counted) return;
        const value = pixel.weight * loss.lossOf(pixel, scale * pixel.weight * pixel.upstream[0]);
        pixel.elements[0] = value;
        sums[0] += value;
      },
    },
    ...(kernel && { simd: softmaxKernelMaps(kernel, perChannel) }),
  };
}
