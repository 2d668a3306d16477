/** A thread that runs a whole model, image by image. */
import { workerData } from "node:worker_threads";
import { ConfusionMatrix, type Tensor } from "@pixelgrad/core";
import { IGNORED, readImage, readSample } from "@pixelgrad/dataset";
import { openSession, type Session } from "@pixelgrad/onnx";
import { type Serve, serveJobs } from "@pixelgrad/pool";
import { type LabelMap, outputLabels } from "./output-labels.ts";
import type { PredictionJob, PredictionResult, PredictionSetup } from "./predict.ts";

const { model, input, output } = workerData as PredictionSetup;

let opening: Promise<Session> | undefined;

async function labelsOf(image: Tensor): Promise<LabelMap> {
  opening ??= openSession(model);
  const session = await opening;
  const results = await session.run({ [input]: image });
  return outputLabels(results[output.name] as Tensor, output);
}

const serve: Serve<PredictionJob, PredictionResult> = serveJobs(async (job) => {
  if (job.kind === "labels") return labelsOf(await readImage(job.image, job.read));
  const { image, mask } = await readSample(job.sample, job.read);
  const { labels } = await labelsOf(image);
  return new ConfusionMatrix(job.classes).add(labels, mask.data, [IGNORED]).counts;
});

export default serve;
