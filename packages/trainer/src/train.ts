/**
 * Data-parallel fine-tuning: replicas run samples, this thread merges in sample order, so that the trained model has
 * the same bits for any number of threads.
 *
 * @module
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { addSums, elementCount, formatLoss, lossFrom, PixelgradError, type Tensor } from "@pixelgrad/core";
import { requireClassIds, samplesOf } from "@pixelgrad/dataset";
import { inspect, type TrainingGraphs, writeModelCard } from "@pixelgrad/onnx";
import { availableCpus } from "@pixelgrad/pool";
import type { EpochResult, TrainEvent } from "./events.ts";
import { FeatureStore } from "./feature-store.ts";
import { firstBias } from "./first-bias.ts";
import { AdamW, type Optimizer, type Parameters, Sgd } from "./optimizer.ts";
import { checkTrainOptions, ignoringUnlabelled, type TrainOptions, trainDefaults } from "./options.ts";
import { Replicas } from "./replicas.ts";
import { sampleOrder } from "./sample-order.ts";
import { polyRate } from "./schedule.ts";
import { startModel } from "./start-model.ts";
import { trainBatch } from "./train-batch.ts";
import { validate } from "./validate.ts";

/** Samples whose features are made between two progress events. */
const PREPARED_AT_ONCE = 16;

/**
 * Trains and saves `model.onnx` (best validation mIoU, or the last epoch without a validation split) and `last.onnx`
 * in `options.out`. The run goes on only while its events are read.
 * @throws PixelgradError of the dataset, the model or the loss; `CANCELLED` after `options.signal`, once every
 *   replica is idle.
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainEvent, void, undefined> {
  const settings = { ...trainDefaults, ...options };
  const { dataset, preprocess, epochs, batch, seed, cacheBytes, threads = availableCpus() } = settings;
  const channels = settings.channels ?? dataset.classes;
  checkTrainOptions(options, channels);
  // A Loss has functions, which cannot be posted to a thread.
  const { id, options: lossOptions } = settings.loss;
  const given = { id, options: lossOptions };
  const loss = dataset.binary === undefined ? ignoringUnlabelled(given) : given;
  const plan = lossFrom(loss).plan(channels);
  const trainSamples = samplesOf(dataset, "train");
  const valSamples = "val" in dataset.splits ? samplesOf(dataset, "val") : [];
  await requireClassIds(dataset);

  await using replicas = new Replicas(threads, settings.signal);
  const start = await startModel(replicas, { ...settings, channels });
  const { model } = start;
  const graphs = await replicas.run<"graphs">({
    kind: "graphs",
    model: model.toBytes(),
    trainable: start.trainable,
    size: preprocess.size,
  });
  await mkdir(settings.out, { recursive: true });
  const weights = sharedWeights(graphs);
  const parameters = parametersOf(graphs, weights);
  const inspected = inspect(model);
  const read = { ...dataset, splits: {}, ...preprocess, layout: inspected.input.layout };
  await replicas.open({ graphs, loss, weights, read });
  yield {
    type: "start",
    classes: dataset.names,
    channels,
    loss: formatLoss(loss),
    parameters: graphs.parameters.map(({ name, dims }) => ({ name, dims })),
    trainSamples: trainSamples.length,
    valSamples: valSamples.length,
    threads,
  };

  const trainSet = new FeatureStore(replicas, trainSamples, cacheBytes);
  const labels = Math.max(2, channels);
  const all = trainSamples.length + valSamples.length;
  const labelCounts = yield* prepareAll(trainSet, labels, 0, all);
  const valSet = new FeatureStore(replicas, valSamples, trainSet.room);
  yield* prepareAll(valSet, labels, trainSamples.length, all);

  // A classifier that has as many channels already is not replaced: it keeps its bias.
  const bias = start.hasNewClassifier ? parameters.get(inspected.classifier.bias ?? "") : undefined;
  if (bias?.length === channels) bias.set(firstBias(plan, labelCounts));

  const before = await validate(replicas, valSet, plan, 0, null);
  yield { type: "evaluation", ...before };

  const optimizer = optimizerOf(settings, parameters);
  const stepsPerEpoch = Math.ceil(trainSet.count / batch);
  const steps = stepsPerEpoch * epochs;
  let best: EpochResult | undefined;
  let step = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = sampleOrder(trainSet.count, seed, epoch);
    let lossSum = 0;
    for (let at = 0; at < order.length; at += batch) {
      const samples = await trainSet.take(order.slice(at, at + batch));
      const { value, gradients } = await trainBatch(replicas, samples, plan, graphs);
      if (!Number.isFinite(value)) throw diverged(epoch, step, value);
      const lr = polyRate(settings.lr, step, steps);
      optimizer.step(lr, gradients);
      lossSum += value;
      step++;
      yield { type: "step", epoch, step, steps, loss: value, lr };
    }
    const result = await validate(replicas, valSet, plan, epoch, lossSum / stepsPerEpoch);
    yield { type: "epoch", ...result };
    const isBest = best === undefined || valSet.count === 0 || (result.miou ?? -1) > (best.miou ?? -1);
    if (isBest) best = result;
    const trained = writeModelCard(model.withParameters(tensorsOf(graphs, weights)), {
      names: dataset.names,
      palette: dataset.palette,
      preprocess: { ...preprocess },
    });
    for (const kind of isBest ? (["best", "last"] as const) : (["last"] as const)) {
      const path = join(settings.out, kind === "best" ? "model.onnx" : "last.onnx");
      await trained.save(path);
      yield { type: "checkpoint", epoch, path, kind };
    }
  }
  yield { type: "done", best: best ?? before, before, model: join(settings.out, "model.onnx") };
}

/** Makes the features of all samples; returns the pixels of each label. */
async function* prepareAll(
  store: FeatureStore,
  labels: number,
  offset: number,
  total: number,
): AsyncGenerator<TrainEvent, Float64Array, undefined> {
  const labelCounts = new Float64Array(labels);
  for (let at = 0; at < store.count; at += PREPARED_AT_ONCE) {
    const end = Math.min(at + PREPARED_AT_ONCE, store.count);
    const samples = await store.take(Array.from({ length: end - at }, (_, i) => at + i));
    for (const sample of samples) addSums(labelCounts, sample.labelCounts);
    yield { type: "features", done: offset + end, total };
  }
  return labelCounts;
}

function optimizerOf(
  options: Pick<Required<TrainOptions>, "optimizer" | "weightDecay" | "momentum">,
  parameters: Parameters,
): Optimizer {
  const { optimizer, weightDecay, momentum } = options;
  return optimizer === "adamw"
    ? new AdamW(parameters, { weightDecay })
    : new Sgd(parameters, { weightDecay, momentum });
}

/** All parameters one behind the other, in memory the replicas see. */
function sharedWeights({ parameters }: TrainingGraphs): Float32Array {
  const length = parameters.reduce((total, { dims }) => total + elementCount(dims), 0);
  const weights = new Float32Array(new SharedArrayBuffer(length * 4));
  let at = 0;
  for (const { data } of parameters) {
    weights.set(data, at);
    at += data.length;
  }
  return weights;
}

/** The parts of `weights` by name: what the optimizer changes is what the replicas read. */
function parametersOf({ parameters }: TrainingGraphs, weights: Float32Array): Map<string, Float32Array> {
  let at = 0;
  return new Map(
    parameters.map(({ name, dims }) => {
      const part = weights.subarray(at, at + elementCount(dims));
      at += part.length;
      return [name, part];
    }),
  );
}

function tensorsOf(graphs: TrainingGraphs, weights: Float32Array): Map<string, Tensor<Float32Array>> {
  const parts = parametersOf(graphs, weights);
  return new Map(
    graphs.parameters.map(({ name, dims }) => [
      name,
      { data: Float32Array.from(parts.get(name) as Float32Array), dims },
    ]),
  );
}

function diverged(epoch: number, step: number, value: number): PixelgradError {
  return new PixelgradError(
    "TRAINING_DIVERGED",
    `The loss became ${value} in epoch ${epoch}, step ${step + 1}: try a smaller --lr.`,
    { epoch, step: step + 1 },
  );
}
