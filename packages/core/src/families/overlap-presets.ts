/** Conventions that a library has for all of its overlap losses. @module */
import type { LossOptions } from "../loss.ts";

export const smpOverlap: LossOptions = {
  smooth: 0,
  epsilon: 1e-7,
  accumulate: "batch",
  emptyClass: "zero",
  softTargets: "semimetric",
  weighting: "normalized",
};

export const korniaOverlap: LossOptions = {
  smooth: 0,
  smoothDenominator: 1e-8,
  accumulate: "image",
  average: "micro",
  targetSoftening: 1e-6,
  ignoreIndex: -100,
};

export const kerasOverlap: LossOptions = {
  smooth: 0,
  smoothDenominator: 1e-7,
  accumulate: "batch",
  average: "micro",
};
