/**
 * The first and the last map of losses that measure the regions of whole images, on the SIMD kernels: probabilities into
 * the field, and the slopes that come to lie there through the activation.
 *
 * @module
 */
import type { KernelMaps, Term } from "../term.ts";

/** @param scales - whether the slopes of class c are to be multiplied by coefficient c; by 1 otherwise. */
export function regionKernel(
  { activation, input }: Pick<Term, "activation" | "input">,
  classes: number,
  scales: boolean,
): KernelMaps | undefined {
  if (input !== "logits") return undefined;
  const factors = (coefficients: Float64Array) =>
    scales ? coefficients.subarray(0, classes) : new Float64Array(classes).fill(1);
  if (activation === "sigmoid") return channelMaps(classes, factors);
  return {
    prepare(constants, coefficients) {
      if (coefficients === undefined) return;
      new Float64Array(constants.buffer, constants.byteOffset, classes).set(factors(coefficients));
    },
    first(tile, sums) {
      const { kernels, x, xStride, count, field, fieldStride, own } = tile;
      // Read also where none is ignored: a label that is no class is refused.
      tile.target();
      sums[0] += tile.countedLabels();
      const [sum, rest] = [tile.doubleRow(0), tile.doubleRow(1)];
      kernels.softmaxField(x, xStride, classes, count, field, fieldStride, own, sum, rest);
    },
    second(tile) {
      const { kernels, e, stride, r, count, field, fieldStride, constants, grad, gradStride, adds } = tile;
      if (grad === 0) return;
      const to = [constants, grad, gradStride, adds] as const;
      kernels.softmaxFieldGrad(e, stride, r, classes, count, field, fieldStride, ...to);
    },
  };
}

function channelMaps(classes: number, factors: (coefficients: Float64Array) => Float64Array): KernelMaps {
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
      factors(coefficients).forEach((factor, c) => {
        const from = field + c * fieldStride * 8;
        kernels.sigmoidFieldGrad(x + c * xStride * 4, count, from, factor, grad + c * gradStride * 4, adds);
      });
    },
  };
}
