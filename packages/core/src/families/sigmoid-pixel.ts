/**
 * What sigmoid pixel losses share: each logit is a loss of its own, against a target in [0, 1].
 *
 * @module
 */
import type { SimdTile } from "../engine/tile.ts";
import { openCount, type Pixel } from "../reference/pixel.ts";
import type { ValueAndSlope } from "../reference/value-and-slope.ts";
import { forEachImage, type KernelMaps, type Term, totalOf } from "../term.ts";
import { commonTerm } from "./common-options.ts";
import type { InputOptions, OneVsRestOptions } from "./input-options.ts";
import {
  countElement,
  type Divisor,
  type PixelOptions,
  type PixelReduction,
  PixelSum,
  pixelReduction,
} from "./reduction.ts";

export interface SigmoidPixelOptions extends PixelOptions, InputOptions, OneVsRestOptions {}

/** Numbers that the elements need and that are known from the targets of the whole batch. */
export interface BatchConstants {
  /** How many sums `count` adds to. */
  readonly sums: number;
  /** How many constants come of them. */
  readonly length: number;
  count(pixel: Pixel, sums: Float64Array): void;
  /** The same of row `c` of a tile, by address. */
  countRow(tile: SimdTile, c: number, target: number, sums: number): void;
  constants(sums: Float64Array): Float64Array;
}

export interface SigmoidPixelLoss {
  readonly id: string;
  readonly options: SigmoidPixelOptions;
  /** What a mean divides by unless the caller says; `valid` by default. */
  readonly divisor?: Divisor;
  /** What an element of channel `c` adds to the divisor `weights`; 1 by default. */
  weightOf?(c: number): number;
  readonly batch?: BatchConstants;
  /**
   * One element, float64: its loss, and the slope with respect to the input. `constants` are those of `batch`, `channels`
   * is how many of the pixel's channels count.
   */
  element(x: number, t: number, c: number, constants: Float64Array, channels: number): ValueAndSlope;
  /** What it is on the kernels; absent where they lack an option that is set. */
  readonly kernel?: SigmoidKernel | undefined;
}

export interface SigmoidKernel extends Pick<KernelMaps, "targets" | "masks"> {
  readonly run: RowKernel;
  /** A faster one, of targets that are bytes. */
  readonly runHard?: HardRowKernel;
  readonly prepare?: KernelMaps["prepare"];
}

/**
 * Runs on row `c` of a tile, all by address: adds its sum at `sums`, writes elements and `scale` times the gradient
 * unless 0. `constants` are those of `batch`.
 */
export type RowKernel = (
  tile: SimdTile,
  c: number,
  x: number,
  target: number,
  scale: number,
  elements: number,
  grad: number,
  sums: number,
  constants: Float64Array,
) => void;

/**
 * As {@link RowKernel}, without elements, of the bytes at `target`.
 * @returns whether one of them is neither 0 nor 1, or a logit is not finite; nothing else is then of use.
 */
export type HardRowKernel = (
  tile: SimdTile,
  x: number,
  target: number,
  scale: number,
  grad: number,
  sum: number,
) => number;

const NO_CONSTANTS = new Float64Array(0);

export function sigmoidPixelTerm(loss: SigmoidPixelLoss): Term {
  const { id, options, batch, element, kernel } = loss;
  const {
    reduction = "mean",
    allIgnored = "zero",
    input = "logits",
    divisor = loss.divisor ?? "valid",
    oneVsRest = false,
  } = options;
  const reduced = pixelReduction(id, { reduction, divisor, allIgnored });
  return {
    id,
    coupling: "labels",
    activation: "sigmoid",
    input,
    targets: oneVsRest ? "either" : "dense",
    slope: "input",
    ...commonTerm(options),
    elements: reduction === "none" ? "logits" : "none",
    ...(batch === undefined ? reduced : withConstants(reduced, batch)),
    pixel: {
      first(pixel, sums) {
        const { open, counted, weight, classes } = pixel;
        sums[PixelSum.pixels] += counted ? 1 : 0;
        sums[PixelSum.all] += classes;
        for (let c = 0; c < classes; c++) {
          if (open[c] !== 0) countElement(sums, weight * (loss.weightOf?.(c) ?? 1));
        }
        batch?.count(pixel, sums.subarray(PixelSum.length));
      },
      second({ x, t, open, weight, upstream, grad, elements, classes }, coefficients, sums) {
        const scale = coefficients[0];
        const constants = batch === undefined ? NO_CONSTANTS : coefficients.subarray(1);
        const channels = openCount(open);
        for (let c = 0; c < classes; c++) {
          if (open[c] === 0) continue;
          const { value, slope } = element(x[c], t[c], c, constants, channels);
          elements[c] = weight * value;
          sums[0] += elements[c];
          grad[c] += scale * weight * upstream[c] * slope;
        }
      },
    },
    ...(kernel && { simd: kernelMaps(loss, kernel) }),
  };
}

/** The maps of tiles, row by row. */
function kernelMaps(
  { weightOf, batch, options: { input } }: SigmoidPixelLoss,
  { run, runHard, prepare, targets, masks = true }: SigmoidKernel,
): KernelMaps {
  const takesBytes = (tile: SimdTile) =>
    runHard !== undefined && tile.elements === 0 && tile.targetBytes(0) !== 0;
  return {
    ...(prepare && { prepare }),
    noticesNonFinite: takesBytes,
    targets: targets ?? ["labels", "dense"],
    weighs: true,
    masks: masks && input !== "probabilities",
    first(tile, sums) {
      const { kernels, stride, classes, count, weights } = tile;
      const elements = tile.pixels * classes;
      sums[PixelSum.all] += elements;
      if (
        tile.countsAll &&
        !tile.isMasked &&
        weights === 0 &&
        weightOf === undefined &&
        batch === undefined
      ) {
        sums[PixelSum.pixels] += tile.pixels;
        for (const sum of [PixelSum.valid, PixelSum.weights, PixelSum.nonzero]) sums[sum] += elements;
        return;
      }
      const target = tile.target();
      kernels.countTargets(target, stride, classes, count, sums.byteOffset);
      for (let c = 0; c < classes; c++) {
        const row = target + c * stride * 4;
        const at = sums.byteOffset + 8 * PixelSum.weights;
        kernels.countTargetWeights(row, count, weights, weightOf?.(c) ?? 1, at);
        batch?.countRow(tile, c, row, sums.byteOffset + 8 * PixelSum.length);
      }
    },
    second(tile, coefficients, sums) {
      const { classes, x, xStride, stride, elements, elementsStride, grad, gradStride } = tile;
      const scale = coefficients[0];
      if (runHard !== undefined && takesBytes(tile)) {
        let isFaulty = false;
        for (let c = 0; c < classes && !isFaulty; c++) {
          const from = x + c * xStride * 4;
          const to = grad === 0 ? 0 : grad + c * gradStride * 4;
          isFaulty = runHard(tile, from, tile.targetBytes(c), scale, to, sums.byteOffset) !== 0;
        }
        if (!isFaulty) return;
        // Which of the two it is: targets are refused here, logits where the sum is seen.
        tile.target();
        sums[0] = Number.NaN;
        return;
      }
      const target = tile.target();
      const constants = batch === undefined ? NO_CONSTANTS : coefficients.subarray(1);
      for (let c = 0; c < classes; c++) {
        run(
          tile,
          c,
          x + c * xStride * 4,
          target + c * stride * 4,
          scale,
          elements === 0 ? 0 : elements + c * elementsStride * 4,
          grad === 0 ? 0 : grad + c * gradStride * 4,
          sums.byteOffset,
          constants,
        );
      }
    },
  };
}

/** A reduction whose coefficients are followed by the constants of the batch. */
function withConstants(reduced: PixelReduction, batch: BatchConstants): PixelReduction {
  const firstLength = PixelSum.length + batch.sums;
  return {
    ...reduced,
    firstLength,
    coefficientLength: 1 + batch.length,
    finish(images, scale, upstream) {
      if (images.length === 0) return [];
      const constants = batch.constants(totalOf(images, firstLength).subarray(PixelSum.length));
      const [[divided]] = reduced.finish(images, scale, upstream);
      return forEachImage(images, Float64Array.of(divided, ...constants));
    },
  };
}
