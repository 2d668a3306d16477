/** The model a run starts from. @module */
import { PixelgradError } from "@pixelgrad/core";
import { OnnxModel, replaceClassifier, type Trainable } from "@pixelgrad/onnx";
import type { ResizeChoice, TrainOptions } from "./options.ts";
import type { Replicas } from "./replicas.ts";

export interface StartModel {
  readonly model: OnnxModel;
  /** What is trained. */
  readonly trainable: Trainable;
  /** Whether the classifier was made for this run. */
  readonly hasNewClassifier: boolean;
}

/** What of the options decides it. */
export type StartOptions = Pick<TrainOptions, "model" | "preprocess" | "head" | "features" | "trainable"> & {
  readonly channels: number;
  readonly seed: number;
  readonly resize: ResizeChoice;
};

/**
 * The model with a classifier of so many channels, or with a new head, and with the final resize asked for.
 * @throws PixelgradError of `replaceClassifier`, `attachHead` or `replaceResize`; `TRAINING_OPTION_INVALID` for features
 *   without a head.
 */
export async function startModel(replicas: Replicas, options: StartOptions): Promise<StartModel> {
  const { model: given, preprocess, channels, seed, head, features, trainable } = options;
  if (head === undefined) {
    if (features !== undefined) throw featuresAlone(features);
    const classified = replaceClassifier(given, { channels, seed });
    const model = await resized(replicas, classified, options.resize);
    return { model, trainable: trainable ?? "last", hasNewClassifier: classified !== given };
  }
  const attached = await replicas.run<"attach">({
    kind: "attach",
    model: given.toBytes(),
    options: { head, channels, seed, size: preprocess.size, ...(features && { features }) },
  });
  const model = await resized(replicas, OnnxModel.parse(attached.model, given.name), options.resize);
  return { model, trainable: trainable ?? attached.weights, hasNewClassifier: true };
}

async function resized(replicas: Replicas, model: OnnxModel, choice: ResizeChoice): Promise<OnnxModel> {
  if (choice === "keep") return model;
  const job = { kind: "resize", model: model.toBytes(), coordinates: choice } as const;
  return OnnxModel.parse(await replicas.run<"resize">(job), model.name);
}

function featuresAlone(features: readonly string[]): PixelgradError {
  return new PixelgradError(
    "TRAINING_OPTION_INVALID",
    `features are what a new head stands on, got ${features.join(", ")} without one: add --head, or leave out --features.`,
    { option: "features", value: features },
  );
}
