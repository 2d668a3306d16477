/**
 * The Lovász losses on the SIMD kernels: signed errors in the field (assembly/field-maps.ts), which `fill` turns into
 * slopes of the probability or the logit.
 *
 * @module
 */
import type { ErrorKind } from "../engine/unit-room.ts";
import type { FieldUnit, PackedField } from "../field.ts";
import type { KernelMaps } from "../term.ts";
import { lovaszExtension } from "./lovasz.ts";

/** @param chosen - `[C]`, 1 for the classes that take part; absent where those do that have ground truth. */
export function lovaszSoftmaxKernel(classes: number, chosen: Uint8Array | undefined): KernelMaps {
  return {
    first(tile, sums) {
      const { kernels, x, xStride, count, field, fieldStride, stride, own } = tile;
      const labels = tile.target();
      const counted = tile.countedLabels();
      sums[0] += counted;
      if (chosen === undefined) kernels.countLabels(labels, count, sums.byteOffset + 8);
      else for (let c = 0; c < classes; c++) sums[1 + c] += chosen[c] * counted;
      const sum = tile.doubleRow(0);
      const rest = tile.doubleRow(1);
      const e = tile.doubleRow(2);
      kernels.lovaszField(x, xStride, labels, classes, count, field, fieldStride, e, stride, own, sum, rest);
    },
    second(tile) {
      const { kernels, e, stride, r, count, field, fieldStride, work, grad, gradStride, adds } = tile;
      if (grad === 0) return;
      kernels.softmaxFieldGrad(
        e,
        stride,
        r,
        classes,
        count,
        field,
        fieldStride,
        work,
        grad,
        gradStride,
        adds,
      );
    },
  };
}

/** @param present - whether a channel takes part only where it has ground truth. */
export function lovaszChannelKernel(
  errors: "sigmoid" | "hinge",
  classes: number,
  present: boolean,
): KernelMaps {
  return {
    first(tile, sums) {
      const { kernels, x, xStride, stride, count, field, fieldStride } = tile;
      const target = tile.target();
      kernels.countChannels(
        target,
        stride,
        classes,
        count,
        present ? 1 : 0,
        sums.byteOffset,
        sums.byteOffset + 8,
      );
      for (let c = 0; c < classes; c++) {
        const row = [
          x + c * xStride * 4,
          target + c * stride * 4,
          count,
          field + c * fieldStride * 8,
        ] as const;
        if (errors === "hinge") kernels.hingeField(...row);
        else kernels.sigmoidErrorField(...row);
      }
    },
    second(tile) {
      const { kernels, x, xStride, count, field, fieldStride, grad, gradStride, adds } = tile;
      if (grad === 0) return;
      for (let c = 0; c < classes; c++) {
        const from = field + c * fieldStride * 8;
        const to = grad + c * gradStride * 4;
        if (errors === "hinge") kernels.plainFieldGrad(count, from, to, adds);
        else kernels.sigmoidFieldGrad(x + c * xStride * 4, count, from, 1, to, adds);
      }
    },
  };
}

/**
 * Fields of signed errors.
 * @param slopeOf - d error / d probability or logit where the target is not 0 or 1, from the target and p - g.
 */
export function lovaszPacked(
  needsTarget: boolean,
  slopeOf: (target: number, error: number) => number,
  errors: ErrorKind = "any",
): PackedField {
  return {
    needsTarget,
    fill(unit, coefficients, sums, room) {
      const { values, target, row } = unit;
      if (room.fits(values.length) && target.every(isHard)) {
        sums[row] += room.lovasz(values, coefficients[row], errors);
        return;
      }
      const sizes = values.map(Math.abs);
      const signs = values.slice();
      const own: FieldUnit = { ...unit, values: sizes, target: needsTarget ? target : values.map(targetOf) };
      sums[row] += lovaszExtension(own);
      for (let i = 0; i < values.length; i++) {
        values[i] = sizes[i] === 0 ? 0 : coefficients[row] * sizes[i] * slopeOf(own.target[i], signs[i]);
      }
    },
  };
}

/** Of a signed error. */
function targetOf(error: number): number {
  if (Number.isNaN(error)) return error;
  return error < 0 || Object.is(error, -0) ? 1 : 0;
}

function isHard(target: number): boolean {
  return target === 0 || target === 1 || Number.isNaN(target);
}
