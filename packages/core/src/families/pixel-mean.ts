/** The pixel part of a compound loss: a mean over what counts, by pixel weights. @module */
import type { Pixel } from "../reference/pixel.ts";
import type { ValueAndSlope } from "../reference/value-and-slope.ts";
import type { Term } from "../term.ts";
import type { CompoundOptions } from "./compound-options.ts";
import { activationTerm } from "./input-options.ts";
import { type PixelMeanKernel, pixelMeanMaps } from "./pixel-mean-kernel.ts";
import { sigmoidPixelTerm } from "./sigmoid-pixel.ts";
import { softmaxPixelTerm } from "./softmax-pixel.ts";

/** One loss in its four forms. */
export interface PixelForms {
  /** Sigmoid: one logit, or probability, and its slope. */
  element(x: number, t: number): ValueAndSlope;
  elementOfProbability(p: number, t: number): ValueAndSlope;
  /** Softmax: adds its gradient to `pixel.grad`, or to `pixel.slope`. */
  pixel(pixel: Pixel, scale: number): number;
  pixelOfProbabilities(pixel: Pixel, scale: number): number;
  /** Of logits. */
  readonly kernel: PixelMeanKernel;
}

export function pixelMeanTerm(id: string, given: CompoundOptions, classes: number, forms: PixelForms): Term {
  const { accumulate: _accumulate, activation: _activation, ...options } = given;
  const { activation, input } = activationTerm(given, classes);
  const fromLogits = input === "logits";
  if (activation === "sigmoid") {
    return sigmoidPixelTerm({
      id,
      options,
      divisor: "weights",
      element: fromLogits ? forms.element : forms.elementOfProbability,
      ...(fromLogits && { kernel: { run: forms.kernel.row } }),
    });
  }
  return softmaxPixelTerm({
    id,
    options,
    slope: fromLogits ? "input" : "probabilities",
    targets: "either",
    divisor: "weights",
    lossOf: fromLogits ? forms.pixel : forms.pixelOfProbabilities,
    ...(fromLogits && { simd: pixelMeanMaps(forms.kernel.labels) }),
  });
}
