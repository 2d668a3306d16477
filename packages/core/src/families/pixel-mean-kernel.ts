/**
 * The pixel parts of compound losses on the SIMD kernels: functions of -log p of the class that is there, and the
 * cross-entropy of every class against the rest.
 *
 * @module
 */
import type { SimdTile } from "../engine/tile.ts";
import type { KernelMaps } from "../term.ts";
import { PixelSum } from "./reduction.ts";
import type { RowKernel } from "./sigmoid-pixel.ts";

export interface PixelMeanKernel {
  /** Labels under a softmax. */
  readonly labels: Pick<KernelMaps, "prepare" | "second">;
  /** A row of dense targets under a sigmoid. */
  readonly row: RowKernel;
}

/** f_c(l) of l = -log p: `power` w l^g, `focal` w (1 - p)^g l; the background is class 0, also where it has no channel. */
export interface LogLossForm {
  readonly kind: "power" | "focal";
  readonly weights: readonly number[];
  readonly gammas: { readonly background: number; readonly foreground: number };
}

/** The maps of a mean over pixels that count by their number. */
export function pixelMeanMaps({ prepare, second }: PixelMeanKernel["labels"]): KernelMaps {
  return {
    ...(prepare && { prepare }),
    first(tile, sums) {
      // Read also where none is ignored: a label that is no class is refused.
      tile.target();
      const counted = tile.countedLabels();
      for (const sum of [PixelSum.pixels, PixelSum.valid, PixelSum.weights]) sums[sum] += counted;
      sums[PixelSum.all] += tile.pixels;
    },
    second,
  };
}

export function logLossKernel({ kind, weights, gammas }: LogLossForm): PixelMeanKernel {
  const { background, foreground } = gammas;
  return {
    labels: {
      prepare(constants) {
        new Float64Array(constants.buffer, constants.byteOffset, weights.length).set(weights);
      },
      second(tile, [scale], sums) {
        const { kernels, x, xStride, e, stride, r, classes, count, elements, own } = tile;
        const labels = tile.target();
        const costOf = kind === "power" ? kernels.powerCostOfLabels : kernels.focalCostOfLabels;
        const slopes = tile.doubleRow(0);
        costOf(
          x,
          xStride,
          e,
          stride,
          labels,
          r,
          tile.constants,
          background,
          foreground,
          classes,
          count,
          scale,
          elements,
          slopes,
          own,
          sums.byteOffset,
        );
        if (tile.grad !== 0) chainSlopes(tile, labels, slopes);
      },
    },
    row({ kernels, count, adds }, _, x, target, scale, elements, grad, sums) {
      const costOf = kind === "power" ? kernels.powerCostOfTargets : kernels.focalCostOfTargets;
      const [w0, w1] = weights;
      costOf(x, target, count, w0, w1, background, foreground, scale, elements, grad, adds, sums);
    },
  };
}

/** Slopes of -log p_y, a row of float64, times d(-log p_y)/dx: what hard pixels do with their shares. */
export function chainSlopes(tile: SimdTile, labels: number, slopes: number): void {
  const { kernels, e, stride, r, classes, count, grad, gradStride, adds, own } = tile;
  kernels.hardPixelGrad(
    e,
    stride,
    labels,
    r,
    0,
    classes,
    count,
    slopes,
    grad,
    gradStride,
    adds,
    own,
    tile.row(0),
  );
}

/** @param b - the weight of what is there; what is not there has the rest. */
export function sidedKernel(b: number): PixelMeanKernel {
  return {
    labels: {
      second(tile, [scale], sums) {
        tile.kernels.sidedOfLabels(
          tile.x,
          tile.xStride,
          tile.e,
          tile.stride,
          tile.target(),
          tile.r,
          b,
          tile.classes,
          tile.count,
          scale,
          tile.elements,
          tile.grad,
          tile.gradStride,
          tile.adds,
          sums.byteOffset,
        );
      },
    },
    // A power of 1, with a weight for each side.
    row({ kernels, count, adds }, _, x, target, scale, elements, grad, sums) {
      kernels.powerCostOfTargets(x, target, count, 1 - b, b, 1, 1, scale, elements, grad, adds, sums);
    },
  };
}
