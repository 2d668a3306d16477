import { describe, expect, test } from "vitest";
import { seededRandom } from "../testing/index.ts";
import { surfaceDistances } from "./surface-distances.ts";
import { SurfaceMetrics } from "./surface-metrics.ts";
import { averageSurfaceDistance, boundaryF1, hausdorffDistance, surfaceDice } from "./surface-scores.ts";

/** Three images of 8 x 6 pixels: four classes, of which the last is in none, and ignored pixels. */
const random = seededRandom(9);
const spatial = [8, 6];
const images = [0, 1, 2].map((image) => {
  const label = (i: number) => (image === 2 ? 0 : i % 6 > 2 ? 1 : i > 30 ? 2 : 0);
  const noisy = (i: number) => (random() < 0.2 ? Math.floor(3 * random()) : label(i));
  const truth = Uint8Array.from({ length: 48 }, (_, i) => (random() < 0.1 ? 255 : noisy(i)));
  return { truth, predicted: Uint16Array.from({ length: 48 }, (_, i) => noisy(i)) };
});
const options = { spacing: [1, 1.5], ignore: [255] };

function metricsOf(list: typeof images): SurfaceMetrics {
  const metrics = new SurfaceMetrics(4, { tolerance: 1 });
  for (const { predicted, truth } of list) metrics.add(predicted, truth, spatial, options);
  return metrics;
}

describe("SurfaceMetrics", () => {
  test("is the mean over images of the scores of each class", () => {
    const metrics = metricsOf(images);
    for (let c = 0; c < 3; c++) {
      const distances = images.map(({ predicted, truth }) =>
        surfaceDistances(predicted, truth, spatial, c, options),
      );
      const mean = (scores: (number | null)[]) => {
        const finite = scores.filter((s) => s !== null && s !== Number.POSITIVE_INFINITY).map(Number);
        return finite.length === 0 ? null : finite.reduce((a, b) => a + b, 0) / finite.length;
      };
      expect(metrics.boundaryF1.perClass()[c]).toBe(mean(distances.map((d) => boundaryF1(d, 1))));
      expect(metrics.surfaceDice.perClass()[c]).toBe(mean(distances.map((d) => surfaceDice(d, 1))));
      expect(metrics.hausdorffDistance.perClass()[c]).toBe(
        mean(distances.map((d) => hausdorffDistance(d, 95))),
      );
      expect(metrics.averageSurfaceDistance.perClass()[c]).toBe(mean(distances.map(averageSurfaceDistance)));
    }
    expect(metrics.boundaryF1.perClass()[3]).toBeNull();
  });

  test("leaves a class that only one side has out of the distances, and counts it", () => {
    const metrics = new SurfaceMetrics(2, { percentile: 100 });
    metrics.add(Uint8Array.of(0, 1), Uint8Array.of(0, 0), [2]);
    expect(metrics.hausdorffDistance.perClass()).toEqual([1, null]);
    expect(Array.from(metrics.hausdorffDistance.infinite)).toEqual([0, 1]);
    expect(metrics.surfaceDice.perClass()[1]).toBe(0);
  });

  test("takes the tolerance as a share of the diagonal", () => {
    // a diagonal of 5: 3 rows, 2 columns 2 apart; the prediction is one row off
    const add = (share: number) =>
      new SurfaceMetrics(2, { tolerance: { ofDiagonal: share } })
        .add(Uint8Array.of(1, 1, 0, 0, 0, 0), Uint8Array.of(0, 0, 1, 1, 0, 0), [3, 2], { spacing: [1, 2] })
        .boundaryF1.perClass()[1];
    expect([add(0.2), add(0.19)]).toEqual([1, 0]);
  });

  test("of parts, merged in order, is the metrics of the whole, also through JSON", () => {
    const merged = images
      .map((image) => SurfaceMetrics.from(JSON.parse(JSON.stringify(metricsOf([image])))))
      .reduce((a, b) => a.merge(b));
    expect(merged).toEqual(metricsOf(images));
  });

  test("refuses to merge other options or classes", () => {
    const metrics = new SurfaceMetrics(2, { tolerance: 1 });
    expect(() => metrics.merge(new SurfaceMetrics(2))).toThrow(
      'surface metrics: tolerance must be 1 like the metrics it is merged into, got {"ofDiagonal":0.0075}.',
    );
    expect(() => metrics.merge(new SurfaceMetrics(2, { tolerance: 1, percentile: 100 }))).toThrow(
      expect.objectContaining({ code: "OPTION_INVALID" }),
    );
    expect(() => metrics.merge(new SurfaceMetrics(3, { tolerance: 1 }))).toThrow(
      expect.objectContaining({ code: "SHAPE_MISMATCH" }),
    );
  });

  test("refuses bad options and labels", () => {
    const invalid = expect.objectContaining({ code: "OPTION_INVALID" });
    expect(() => new SurfaceMetrics(2, { tolerance: -1 })).toThrow(invalid);
    expect(() => new SurfaceMetrics(2, { tolerance: { ofDiagonal: Number.NaN } })).toThrow(invalid);
    expect(() => new SurfaceMetrics(2, { percentile: 101 })).toThrow(invalid);
    const metrics = new SurfaceMetrics(2);
    expect(() => metrics.add(Uint8Array.of(0, 2), Uint8Array.of(0, 0), [2])).toThrow(
      expect.objectContaining({ code: "LABEL_OUT_OF_RANGE" }),
    );
    expect(() => metrics.add(Uint8Array.of(0), Uint8Array.of(0, 0), [2])).toThrow(
      expect.objectContaining({ code: "SHAPE_MISMATCH" }),
    );
    expect(metrics.boundaryF1.counts.every((count) => count === 0)).toBe(true);
  });
});
