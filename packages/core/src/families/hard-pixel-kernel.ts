/**
 * Hard mining on the SIMD kernels: losses in float64 in the field, of which `fill` selects the hardest without sorting.
 *
 * @module
 */
import type { FieldUnit, PackedField } from "../field.ts";
import type { KernelMaps } from "../term.ts";
import { type HardestRule, rankHardest } from "./hardest.ts";

export function hardPixelKernel(loss: HardestRule): {
  readonly maps: KernelMaps;
  readonly packed: PackedField;
} {
  const { base, among, rankedBy, classWeights } = loss;
  const weights = rankedBy === "weighted-loss" ? classWeights : classWeights.map(() => 1);
  const ignored = among === "all" ? 0 : Number.NaN;
  return {
    maps: base === "cross-entropy" ? pixelMaps(weights, ignored) : elementMaps(weights, ignored),
    packed: packedLosses(loss),
  };
}

/** Labels under a softmax, one row. */
function pixelMaps(weights: readonly number[], ignored: number): KernelMaps {
  const weighs = weights.some((weight) => weight !== 1);
  return {
    prepare(constants, coefficients) {
      // The first map takes them as float64, the second as float32.
      if (coefficients !== undefined) constants.set(weights);
      else new Float64Array(constants.buffer, constants.byteOffset, weights.length).set(weights);
    },
    first(tile, sums) {
      const { kernels, x, xStride, classes, count, field, own } = tile;
      const labels = tile.target();
      const counted = tile.countedLabels();
      sums[0] += counted;
      sums[1] += counted;
      kernels.crossEntropyField(
        x,
        xStride,
        labels,
        weighs ? tile.constants : 0,
        classes,
        count,
        field,
        ignored,
        own,
        tile.doubleRow(0),
        tile.doubleRow(1),
      );
    },
    second(tile) {
      if (tile.grad === 0) return;
      tile.kernels.hardPixelGrad(
        tile.e,
        tile.stride,
        tile.target(),
        tile.r,
        weighs ? tile.constants : 0,
        tile.classes,
        tile.count,
        tile.field,
        tile.grad,
        tile.gradStride,
        tile.adds,
        tile.own,
        tile.row(0),
      );
    },
  };
}

/** Dense targets under a sigmoid, a row per channel. */
function elementMaps(weights: readonly number[], ignored: number): KernelMaps {
  return {
    first(tile, sums) {
      const { kernels, x, xStride, stride, classes, count, field, fieldStride } = tile;
      const target = tile.target();
      kernels.countChannels(target, stride, classes, count, 0, sums.byteOffset, sums.byteOffset + 8);
      for (let c = 0; c < classes; c++) {
        const row = target + c * stride * 4;
        const to = field + c * fieldStride * 8;
        kernels.binaryCrossEntropyField(x + c * xStride * 4, row, count, weights[c], ignored, to);
      }
    },
    second(tile) {
      const { kernels, x, xStride, stride, classes, count, field, fieldStride } = tile;
      const { grad, gradStride, adds } = tile;
      if (grad === 0) return;
      const target = tile.target();
      for (let c = 0; c < classes; c++) {
        const row = target + c * stride * 4;
        const from = field + c * fieldStride * 8;
        const to = grad + c * gradStride * 4;
        kernels.hardElementGrad(x + c * xStride * 4, row, count, weights[c], from, to, adds);
      }
    },
  };
}

/** Fields of losses, NaN where a pixel does not rank. */
function packedLosses(loss: HardestRule): PackedField {
  const { rankedBy, classWeights, keep } = loss;
  // What is kept is weighed afterwards.
  const weighsKept = rankedBy === "log-probability" && classWeights.some((weight) => weight !== 1);
  return {
    needsTarget: weighsKept,
    fill(unit, coefficients, sums, room) {
      const { values, target, row } = unit;
      const scale = coefficients[row];
      if (!room.fits(values.length)) {
        sums[row] += rankHardest(loss, weighsKept ? unit : withoutTarget(unit));
        for (let i = 0; i < values.length; i++) values[i] *= scale;
        return;
      }
      if (!weighsKept) {
        const { count, sum } = room.keepHardest(values, keep, (count) => scale / count);
        if (count > 0) sums[row] += sum / count;
        return;
      }
      const losses = values.slice();
      const { count } = room.keepHardest(values, keep, () => 1);
      for (let i = 0; i < values.length; i++) {
        if (values[i] === 0) continue;
        const weight = classWeights[target[i]] / count;
        sums[row] += weight * losses[i];
        values[i] = weight * scale;
      }
    },
  };
}

function withoutTarget(unit: FieldUnit): FieldUnit {
  return { ...unit, target: unit.values.map((loss) => (Number.isNaN(loss) ? loss : 0)) };
}
