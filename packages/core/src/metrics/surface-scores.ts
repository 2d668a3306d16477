/**
 * Scores of one region's boundary, from its surface distances. All are null where neither boundary has an element;
 * where only one has, distances are `Infinity` and shares 0.
 *
 * @module
 */
import { PixelgradError } from "../errors.ts";
import type { SurfaceDistances } from "./surface-distances.ts";

/**
 * Hausdorff distance: the larger of the two directed ones, each being the `percentile` of its distances (linear between
 * ranks). 100 is the maximum, 95 is HD95. MONAI's and DeepMind's convention; medpy's `hd95` takes the percentile
 * of both directions pooled.
 *
 * Source: Huttenlocher, Klanderman, Rucklidge, Comparing Images Using the Hausdorff Distance, TPAMI 1993.
 *
 * @param percentile - 0 to 100.
 * @throws PixelgradError `OPTION_INVALID`.
 */
export function hausdorffDistance(distances: SurfaceDistances, percentile = 100): number | null {
  checkPercentile(percentile);
  const { fromPredicted, fromTruth } = distances;
  if (fromPredicted.length === 0 && fromTruth.length === 0) return null;
  if (fromPredicted.length === 0 || fromTruth.length === 0) return Number.POSITIVE_INFINITY;
  return Math.max(percentileOf(fromPredicted, percentile), percentileOf(fromTruth, percentile));
}

/**
 * Average symmetric surface distance: the mean over both boundaries' elements, pooled, as MONAI's
 * `SurfaceDistanceMetric(symmetric=True)`; medpy's `assd` averages the two directions' means.
 */
export function averageSurfaceDistance({ fromPredicted, fromTruth }: SurfaceDistances): number | null {
  const count = fromPredicted.length + fromTruth.length;
  return count === 0 ? null : (sum(fromPredicted) + sum(fromTruth)) / count;
}

/**
 * Normalised surface Dice: the share of both boundaries' elements within `tolerance` (at most) of the other boundary.
 * Counted in boundary elements, as MONAI's `SurfaceDiceMetric(use_subvoxels=False)`.
 *
 * Source: Nikolov et al., Deep learning to achieve clinically applicable segmentation of head and neck anatomy for
 * radiotherapy, 2018.
 *
 * @param tolerance - in the unit of the spacing, at least 0.
 */
export function surfaceDice(
  { fromPredicted, fromTruth }: SurfaceDistances,
  tolerance: number,
): number | null {
  const count = fromPredicted.length + fromTruth.length;
  return count === 0 ? null : (within(fromPredicted, tolerance) + within(fromTruth, tolerance)) / count;
}

/**
 * Boundary F1, the BF score: 2 P R / (P + R), with P the share of the predicted boundary within `tolerance` of the
 * true one and R the reverse.
 *
 * Source: Csurka, Larlus, Perronnin, What is a good evaluation measure for semantic segmentation?, BMVC 2013;
 * there strictly below the tolerance, here at most, so that a tolerance of whole pixels includes them.
 *
 * @param tolerance - in the unit of the spacing, at least 0; the paper takes 0.75 % of the image's diagonal.
 */
export function boundaryF1({ fromPredicted, fromTruth }: SurfaceDistances, tolerance: number): number | null {
  if (fromPredicted.length === 0 && fromTruth.length === 0) return null;
  const precise = within(fromPredicted, tolerance);
  const recalled = within(fromTruth, tolerance);
  if (precise === 0 || recalled === 0) return 0;
  const precision = precise / fromPredicted.length;
  const recall = recalled / fromTruth.length;
  return (2 * precision * recall) / (precision + recall);
}

/** @throws PixelgradError `OPTION_INVALID`. */
export function checkPercentile(percentile: number): void {
  if (percentile >= 0 && percentile <= 100) return;
  throw new PixelgradError("OPTION_INVALID", `percentile must be from 0 to 100, got ${percentile}.`, {
    loss: "hausdorff-distance",
    option: "percentile",
    value: percentile,
    allowed: "0 to 100",
  });
}

/** Of at least one value; linear between ranks, as numpy has it. */
function percentileOf(values: Float64Array, percentile: number): number {
  const sorted = values.slice().sort();
  const rank = (percentile / 100) * (sorted.length - 1);
  const low = sorted[Math.floor(rank)];
  return low + (sorted[Math.ceil(rank)] - low) * (rank - Math.floor(rank));
}

function within(distances: Float64Array, tolerance: number): number {
  let count = 0;
  for (const d of distances) if (d <= tolerance) count++;
  return count;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const v of values) total += v;
  return total;
}
