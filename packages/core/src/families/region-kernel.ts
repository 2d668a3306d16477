/**
 * The first and the last map of losses that measure the regions of whole images, on the SIMD kernels: probabilities into
 * the field, and the slopes that come to lie there through the activation.
 *
 * @module
 */
import type { SimdTile } from "../engine/tile.ts";
import type { KernelMaps, Term } from "../term.ts";
import { PixelSum } from "./reduction.ts";

/** @param scales - whether the slopes of class c are to be multiplied by coefficient c; by 1 otherwise. */
export function regionKernel(
  { activation, input }: Pick<Term, "activation" | "input">,
  classes: number,
  scales: boolean,
): KernelMaps | undefined {
  if (input !== "logits") return undefined;
  if (activation === "sigmoid") return channelMaps(classes, scales);
  return {
    targets: ["labels", "dense"],
    prepare(constants, coefficients) {
      if (coefficients === undefined || !scales) return;
      new Float64Array(constants.buffer, constants.byteOffset, classes).set(coefficients);
    },
    first(tile, sums) {
      const { kernels, x, xStride, count, field, fieldStride, own } = tile;
      sums[0] += countedPixels(tile);
      const [sum, rest] = [tile.doubleRow(0), tile.doubleRow(1)];
      kernels.softmaxField(x, xStride, classes, count, field, fieldStride, own, sum, rest);
    },
    second(tile) {
      const { kernels, e, stride, r, count, field, fieldStride, work, constants, grad, gradStride, adds } =
        tile;
      if (grad === 0) return;
      const slopes = [e, stride, r, classes, count, field, fieldStride, work] as const;
      if (scales) kernels.scaledSoftmaxFieldGrad(...slopes, constants, grad, gradStride, adds);
      else kernels.softmaxFieldGrad(...slopes, grad, gradStride, adds);
    },
  };
}

/** Targets are read also where none is ignored: one that may not be there is refused. */
function countedPixels(tile: SimdTile): number {
  if (tile.targetKind === "labels") {
    tile.target();
    return tile.countedLabels();
  }
  const counts = tile.arena.doubles(tile.doubleRow(0), PixelSum.length).fill(0);
  tile.kernels.countWholePixels(
    tile.targetRows(),
    tile.stride,
    tile.classes,
    tile.count,
    0,
    counts.byteOffset,
  );
  return counts[PixelSum.pixels];
}

function channelMaps(classes: number, scales: boolean): KernelMaps {
  return {
    first(tile, sums) {
      const { kernels, x, xStride, stride, count, field, fieldStride } = tile;
      kernels.countChannels(tile.target(), stride, classes, count, 0, sums.byteOffset, 0);
      for (let c = 0; c < classes; c++) {
        kernels.sigmoidField(x + c * xStride * 4, count, field + c * fieldStride * 8);
      }
    },
    second(tile, coefficients) {
      const { kernels, x, xStride, count, field, fieldStride, grad, gradStride, adds } = tile;
      if (grad === 0) return;
      for (let c = 0; c < classes; c++) {
        const from = field + c * fieldStride * 8;
        const factor = scales ? coefficients[c] : 1;
        kernels.sigmoidFieldGrad(x + c * xStride * 4, count, from, factor, grad + c * gradStride * 4, adds);
      }
    },
  };
}
