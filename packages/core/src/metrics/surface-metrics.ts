/** The boundary scores of a data set. @module */
import { classLabel } from "../class-label.ts";
import { PixelgradError } from "../errors.ts";
import { checkedSpacing } from "../surface/grid.ts";
import type { TypedArray } from "../tensor.ts";
import { PerClassMean, type PerClassMeanState } from "./per-class-mean.ts";
import { checkSameLength } from "./same-length.ts";
import { distancesOfRegions, type SurfaceOptions } from "./surface-distances.ts";
import {
  averageSurfaceDistance,
  boundaryF1,
  checkPercentile,
  hausdorffDistance,
  surfaceDice,
} from "./surface-scores.ts";

/** A distance in the unit of the spacing, or a share of the image's diagonal. */
export type Tolerance = number | { readonly ofDiagonal: number };

export interface SurfaceMetricsOptions {
  /** What counts as the same place for boundary F1 and surface Dice: 0.75 % of the diagonal by default. */
  readonly tolerance?: Tolerance;
  /** Of the Hausdorff distance, 0 to 100; 95 by default. */
  readonly percentile?: number;
}

/** {@link SurfaceMetrics} as plain data. */
export interface SurfaceMetricsState {
  readonly tolerance: Tolerance;
  readonly percentile: number;
  readonly boundaryF1: PerClassMeanState;
  readonly surfaceDice: PerClassMeanState;
  readonly hausdorffDistance: PerClassMeanState;
  readonly averageSurfaceDistance: PerClassMeanState;
}

/**
 * Boundary F1, surface Dice, Hausdorff distance and average surface distance per class, each a mean over the images
 * where it is defined. A class that only one of prediction and truth has is a 0 in the first two; its distances are
 * infinite, are left out of the mean, and are counted in `infinite`.
 */
export class SurfaceMetrics {
  readonly classes: number;
  readonly tolerance: Tolerance;
  readonly percentile: number;
  readonly boundaryF1: PerClassMean;
  readonly surfaceDice: PerClassMean;
  readonly hausdorffDistance: PerClassMean;
  readonly averageSurfaceDistance: PerClassMean;

  /** @throws PixelgradError `OPTION_INVALID`. */
  constructor(
    classes: number,
    { tolerance = { ofDiagonal: 0.0075 }, percentile = 95 }: SurfaceMetricsOptions = {},
  ) {
    checkTolerance(tolerance);
    checkPercentile(percentile);
    this.classes = classes;
    this.tolerance = tolerance;
    this.percentile = percentile;
    this.boundaryF1 = new PerClassMean(classes);
    this.surfaceDice = new PerClassMean(classes);
    this.hausdorffDistance = new PerClassMean(classes);
    this.averageSurfaceDistance = new PerClassMean(classes);
  }

  /**
   * The metrics that {@link SurfaceMetrics.toJSON} described.
   * @throws PixelgradError `OPTION_INVALID`, `SHAPE_MISMATCH`.
   */
  static from(state: SurfaceMetricsState): SurfaceMetrics {
    const metrics = new SurfaceMetrics(state.boundaryF1.sums.length, state);
    metrics.boundaryF1.merge(PerClassMean.from(state.boundaryF1));
    metrics.surfaceDice.merge(PerClassMean.from(state.surfaceDice));
    metrics.hausdorffDistance.merge(PerClassMean.from(state.hausdorffDistance));
    metrics.averageSurfaceDistance.merge(PerClassMean.from(state.averageSurfaceDistance));
    return metrics;
  }

  toJSON(): SurfaceMetricsState {
    return {
      tolerance: this.tolerance,
      percentile: this.percentile,
      boundaryF1: this.boundaryF1.toJSON(),
      surfaceDice: this.surfaceDice.toJSON(),
      hausdorffDistance: this.hausdorffDistance.toJSON(),
      averageSurfaceDistance: this.averageSurfaceDistance.toJSON(),
    };
  }

  /**
   * Adds one image: predicted and true labels `[...spatial]`.
   * @throws PixelgradError `SHAPE_MISMATCH`, `LABEL_OUT_OF_RANGE`, `OPTION_INVALID`.
   */
  add(
    predicted: TypedArray,
    truth: TypedArray,
    spatial: readonly number[],
    { spacing, ignore = [] }: SurfaceOptions = {},
  ): this {
    checkSameLength(predicted, truth);
    const steps = checkedSpacing(truth.length, spatial, spacing);
    const predictedIds = new Int32Array(truth.length).fill(-1);
    const trueIds = new Int32Array(truth.length).fill(-1);
    for (let i = 0; i < truth.length; i++) {
      const t = Number(truth[i]);
      if (ignore.includes(t)) continue;
      trueIds[i] = classLabel(t, this.classes, i);
      predictedIds[i] = classLabel(Number(predicted[i]), this.classes, i);
    }
    const distances = Array.from({ length: this.classes }, (_, c) =>
      distancesOfRegions(predictedIds, trueIds, c, spatial, steps),
    );
    const tolerance = toleranceOn(this.tolerance, spatial, steps);
    this.boundaryF1.add(distances.map((d) => boundaryF1(d, tolerance)));
    this.surfaceDice.add(distances.map((d) => surfaceDice(d, tolerance)));
    this.hausdorffDistance.add(distances.map((d) => hausdorffDistance(d, this.percentile)));
    this.averageSurfaceDistance.add(distances.map(averageSurfaceDistance));
    return this;
  }

  /**
   * Adds the images of another with the same options. Sums are floating-point: merge in the same order for the same
   * bits.
   * @throws PixelgradError `SHAPE_MISMATCH` for other classes, `OPTION_INVALID` for other options.
   */
  merge(other: SurfaceMetrics): this {
    checkSameOption("tolerance", this.tolerance, other.tolerance);
    checkSameOption("percentile", this.percentile, other.percentile);
    this.boundaryF1.merge(other.boundaryF1);
    this.surfaceDice.merge(other.surfaceDice);
    this.hausdorffDistance.merge(other.hausdorffDistance);
    this.averageSurfaceDistance.merge(other.averageSurfaceDistance);
    return this;
  }
}

function toleranceOn(tolerance: Tolerance, spatial: readonly number[], spacing: readonly number[]): number {
  if (typeof tolerance === "number") return tolerance;
  return tolerance.ofDiagonal * Math.hypot(...spatial.map((d, axis) => d * spacing[axis]));
}

function checkTolerance(tolerance: Tolerance): void {
  const value = typeof tolerance === "number" ? tolerance : tolerance.ofDiagonal;
  if (value >= 0 && Number.isFinite(value)) return;
  throw invalid("tolerance", tolerance, "a number of at least 0, or { ofDiagonal } of at least 0");
}

function checkSameOption(option: string, ours: Tolerance, theirs: Tolerance): void {
  const allowed = JSON.stringify(ours);
  if (JSON.stringify(theirs) !== allowed)
    throw invalid(option, theirs, `${allowed} like the metrics it is merged into`);
}

function invalid(option: string, value: unknown, allowed: string): PixelgradError {
  return new PixelgradError(
    "OPTION_INVALID",
    `surface metrics: ${option} must be ${allowed}, got ${JSON.stringify(value)}.`,
    { loss: "surface-metrics", option, value, allowed },
  );
}
