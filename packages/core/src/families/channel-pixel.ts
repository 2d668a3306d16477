/**
 * What pixel losses share that are a sum over channels under either activation, and whose element is a logit or a
 * pixel. Their mean may be divided by the sum of their modulators, which then comes first:
 *
 *   L = S / M,  S = sum w l,  M = sum w m        dL = dS / M - S dM / M^2
 *
 * @module
 */
import type { FocalElement } from "../reference/focal.ts";
import type { Pixel } from "../reference/pixel.ts";
import { forEachImage, type KernelMaps, type Term, totalOf } from "../term.ts";
import { type AllIgnored, type CommonOptions, commonTerm, emptyDivisor } from "./common-options.ts";
import {
  countElement,
  type Divisor,
  type PixelReduction,
  PixelSum,
  pixelReduction,
  type Reduction,
  type Spread,
} from "./reduction.ts";

export type ModulatedDivisor = Divisor | "modulator" | number;

/** What each channel adds, `[C]`. Slopes are by the input under a sigmoid, by log p under a softmax. */
export type Channels = { readonly [part in keyof FocalElement]: Float64Array };

export interface ChannelPixelLoss {
  readonly id: string;
  readonly options: CommonOptions & {
    readonly reduction?: Reduction;
    readonly divisor?: ModulatedDivisor;
    readonly input?: Term["input"];
  };
  readonly activation: Term["activation"];
  readonly targets: Term["targets"];
  /** Whether an element is a pixel, with the sum over its channels, or a logit. */
  readonly spread: Spread;
  /** `[C]`: 0 for classes that are neither in the sum nor in the divisor. */
  readonly chosen: Uint8Array;
  /** What channel `c` adds to the divisor `weights`. */
  readonly weights: ArrayLike<number>;
  /** Fills in the channels that are chosen and open; the others are 0. */
  measure(pixel: Pixel, channels: Channels): void;
  /** Adds slopes `[C]` to the pixel's gradient. */
  chain(pixel: Pixel, slopes: Float64Array): void;
  /** Absent where the kernels lack an option that is set. */
  readonly simd?: KernelMaps | undefined;
}

export function channelPixelTerm(loss: ChannelPixelLoss): Term {
  const { id, options, activation, targets, spread, chosen } = loss;
  const { reduction = "mean", allIgnored = "zero", divisor = "valid", input = "logits" } = options;
  const channels = channelsOf(chosen.length);
  const slopes = new Float64Array(chosen.length);
  const measure = (pixel: Pixel): void => {
    for (const part of PARTS) channels[part].fill(0);
    loss.measure(pixel, channels);
  };
  const byModulator = divisor === "modulator";
  const elements = spread === "elements" ? "logits" : "pixels";
  return {
    id,
    coupling: byModulator ? "sums" : "labels",
    activation,
    input,
    targets,
    slope: "input",
    ...commonTerm(options),
    elements: reduction === "none" ? elements : "none",
    ...(byModulator
      ? modulatorReduction(id, allIgnored)
      : pixelReduction(id, { reduction, divisor, allIgnored })),
    pixel: {
      first(pixel, sums) {
        countPixel(loss, pixel, sums);
        if (!byModulator || !counts(loss, pixel)) return;
        measure(pixel);
        sums[LOSS] += pixel.weight * sumOf(channels.value);
        sums[MODULATOR] += pixel.weight * sumOf(channels.modulator);
      },
      second(pixel, coefficients, sums) {
        if (!counts(loss, pixel)) return;
        const { weight, upstream, classes } = pixel;
        measure(pixel);
        for (let c = 0; c < classes; c++) {
          const share = upstream[spread === "elements" ? c : 0];
          slopes[c] = weight * share * coefficients[0] * channels.slope[c];
          if (byModulator) slopes[c] += weight * coefficients[1] * channels.modulatorSlope[c];
          if (spread === "elements") pixel.elements[c] = weight * channels.value[c];
        }
        loss.chain(pixel, slopes);
        const value = weight * sumOf(channels.value);
        if (spread === "pixels") pixel.elements[0] = value;
        if (!byModulator) sums[0] += value;
      },
    },
    ...(loss.simd && { simd: loss.simd }),
  };
}

const PARTS = ["value", "slope", "modulator", "modulatorSlope"] as const;

function channelsOf(classes: number): Channels {
  const part = () => new Float64Array(classes);
  return { value: part(), slope: part(), modulator: part(), modulatorSlope: part() };
}

/** Whether a pixel has a part in the loss: a softmax pixel that is one element, only by the classes chosen. */
function counts({ activation, spread, chosen }: ChannelPixelLoss, { counted, open, t }: Pixel): boolean {
  if (!counted) return false;
  const byTarget = activation === "softmax" && spread === "pixels" && chosen.includes(0);
  return open.some((isOpen, c) => isOpen === 1 && chosen[c] === 1 && !(byTarget && t[c] === 0));
}

function countPixel(loss: ChannelPixelLoss, pixel: Pixel, sums: Float64Array): void {
  const { spread, chosen, weights, activation } = loss;
  const { open, weight, y } = pixel;
  const isCounted = counts(loss, pixel);
  sums[PixelSum.pixels] += isCounted ? 1 : 0;
  if (spread === "pixels") {
    sums[PixelSum.all] += 1;
    // A pixel without a label has no class of its own whose weight could count.
    if (isCounted) countElement(sums, weight * (activation === "softmax" && y >= 0 ? weights[y] : 1));
    return;
  }
  sums[PixelSum.all] += sumOf(chosen);
  for (let c = 0; c < chosen.length; c++) {
    if (isCounted && open[c] * chosen[c] === 1) countElement(sums, weight * weights[c]);
  }
}

/** Sums of the first map beside those of every pixel loss. */
const LOSS = PixelSum.length;
const MODULATOR = LOSS + 1;
/** As segmentation_models.pytorch: where everything is right, the modulators add up to nothing. */
const LEAST_MODULATOR = 1e-6;

function modulatorReduction(loss: string, allIgnored: AllIgnored): PixelReduction {
  const firstLength = MODULATOR + 1;
  const divisorOf = (sums: Float64Array): number =>
    sums[PixelSum.pixels] === 0 ? emptyDivisor(loss, allIgnored) : Math.max(sums[MODULATOR], LEAST_MODULATOR);
  return {
    firstLength,
    secondLength: 0,
    coefficientLength: 2,
    finish(images, scale) {
      const sums = totalOf(images, firstLength);
      const divisor = divisorOf(sums);
      const turn = sums[MODULATOR] > LEAST_MODULATOR ? (-scale * sums[LOSS]) / divisor ** 2 : 0;
      return forEachImage(images, Float64Array.of(scale / divisor, turn));
    },
    value(images) {
      const sums = totalOf(images, firstLength);
      return sums[LOSS] / divisorOf(sums);
    },
  };
}

function sumOf(numbers: Float64Array | Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += numbers[i];
  return sum;
}
