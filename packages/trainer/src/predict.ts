/**
 * Labels of images by a whole model, as it will be deployed, on worker threads.
 *
 * @module
 */
import { ConfusionMatrix } from "@pixelgrad/core";
import type { ImageSpec, Sample, SampleSpec } from "@pixelgrad/dataset";
import { inFloat32, inspect, type OnnxModel, type SegmentationOutput } from "@pixelgrad/onnx";
import { availableCpus, OrderedPool, type RunOptions } from "@pixelgrad/pool";
import type { EvaluationResult } from "./events.ts";
import type { LabelMap } from "./output-labels.ts";
import { summarize } from "./validate.ts";

/** What a prediction thread is opened with. */
export interface PredictionSetup {
  readonly model: Uint8Array;
  readonly input: string;
  readonly output: SegmentationOutput;
}

export type PredictionJob =
  | { readonly kind: "labels"; readonly image: string; readonly read: ImageSpec }
  | {
      readonly kind: "confusion";
      readonly sample: Sample;
      readonly read: SampleSpec;
      readonly classes: number;
    };

export type PredictionResult = LabelMap | Float64Array;

export interface PredictOptions extends RunOptions {
  readonly threads?: number;
}

function predictionPool(model: OnnxModel, threads: number): OrderedPool<PredictionJob, PredictionResult> {
  // Images are float32.
  const wide = inFloat32(model);
  const { input, output } = inspect(wide);
  const workerData: PredictionSetup = { model: wide.toBytes(), input: input.name, output };
  return new OrderedPool({ worker: new URL("./prediction-worker.js", import.meta.url), threads, workerData });
}

/**
 * Labels of each image at the model's size, in order.
 * @throws PixelgradError of the model or the images; `CANCELLED`.
 */
export async function predictImages(
  model: OnnxModel,
  images: readonly string[],
  read: ImageSpec,
  merge: (labels: LabelMap, image: string) => void | Promise<void>,
  { threads = availableCpus(), ...options }: PredictOptions = {},
): Promise<void> {
  await using pool = predictionPool(model, threads);
  await pool.run(
    images.map((image) => ({ kind: "labels", image, read })),
    (labels, i) => merge(labels as LabelMap, images[i] as string),
    options,
  );
}

/**
 * IoU of a whole model over samples, at the model's size.
 * @throws PixelgradError of the model or the samples; `CANCELLED`.
 */
export async function evaluateModel(
  model: OnnxModel,
  samples: readonly Sample[],
  read: SampleSpec,
  { threads = availableCpus(), ...options }: PredictOptions = {},
): Promise<EvaluationResult> {
  await using pool = predictionPool(model, threads);
  const total = new ConfusionMatrix(Math.max(2, read.classes));
  await pool.run(
    samples.map((sample) => ({ kind: "confusion", sample, read, classes: total.classes })),
    (counts) => {
      total.merge(new ConfusionMatrix(total.classes, counts as Float64Array));
    },
    options,
  );
  return summarize(total);
}
