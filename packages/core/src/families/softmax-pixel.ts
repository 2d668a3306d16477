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
  readonly simd?: KernelMaps;
}

export function softmaxPixelTerm(loss: SoftmaxPixelLoss): Term {
  const { id, options, slope, targets, needs, simd, spread = "pixels" } = loss;
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
    // The kernels count pixels.
    ...(simd && !perChannel && { simd }),
  };
}
