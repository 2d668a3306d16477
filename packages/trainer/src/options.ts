/** What a training run is told, with its defaults. @module */
import { type LossSpec, PixelgradError } from "@pixelgrad/core";
import { type Dataset, IGNORED, type Preprocess, type Size } from "@pixelgrad/dataset";
import type { HeadName, OnnxModel, ResizeCoordinates, Trainable } from "@pixelgrad/onnx";

export type OptimizerName = "adamw" | "sgd";

/** Of the model's final resize: as it is, or replaced by one with these coordinates. */
export type ResizeChoice = "keep" | ResizeCoordinates;

export const resizeChoices: readonly ResizeChoice[] = ["keep", "half-pixel", "align-corners"];

export interface TrainOptions {
  readonly model: OnnxModel;
  readonly dataset: Dataset;
  /** With the size of the model's input. */
  readonly preprocess: Preprocess & { readonly size: Size };
  readonly loss: LossSpec;
  /** The run folder; made when missing. */
  readonly out: string;
  /** A new head in place of the model's outputs, which need be no segmentation; see `attachHead` of `@pixelgrad/onnx`. */
  readonly head?: HeadName;
  /** Tensors that the new head stands on; chosen by the head unless given. */
  readonly features?: readonly string[];
  /** `last`, the classifier, or all of a new `head` (default); `decoder`; `all`; or names of weights, and of tensors behind which all is trained. */
  readonly trainable?: Trainable;
  /** Output channels; default: the classes of the dataset. 1 makes a binary model of a dataset of two classes. */
  readonly channels?: number;
  /** Coordinates of the final resize between classifier and logits, in training and in the saved model. */
  readonly resize?: ResizeChoice;
  readonly epochs?: number;
  /** Samples per step. */
  readonly batch?: number;
  readonly lr?: number;
  readonly optimizer?: OptimizerName;
  readonly weightDecay?: number;
  readonly momentum?: number;
  readonly threads?: number;
  /** Decides the new classifier and the order of samples. */
  readonly seed?: number;
  /** Bytes of features kept in memory; samples beyond it are run through the frozen part every epoch. */
  readonly cacheBytes?: number;
  /** Ends the run between steps, once every replica is idle. */
  readonly signal?: AbortSignal;
}

export interface TrainDefaults {
  readonly resize: ResizeChoice;
  readonly epochs: number;
  readonly batch: number;
  readonly lr: number;
  readonly optimizer: OptimizerName;
  readonly weightDecay: number;
  readonly momentum: number;
  readonly seed: number;
  readonly cacheBytes: number;
}

export const trainDefaults: TrainDefaults = {
  resize: "keep",
  epochs: 20,
  batch: 8,
  lr: 0.01,
  optimizer: "adamw",
  weightDecay: 1e-4,
  momentum: 0.9,
  seed: 1,
  cacheBytes: 4 * 2 ** 30,
};

/** @throws PixelgradError `TRAINING_OPTION_INVALID`, `CLASS_COUNT_MISMATCH`. */
export function checkTrainOptions(options: TrainOptions, channels: number): void {
  const { resize, epochs, batch, lr, seed, weightDecay, momentum } = { ...trainDefaults, ...options };
  check("resize", resize, resizeChoices.includes(resize), `one of ${resizeChoices.join(", ")}`);
  check("epochs", epochs, Number.isInteger(epochs) && epochs >= 1, "a whole number of at least 1");
  check("batch", batch, Number.isInteger(batch) && batch >= 1, "a whole number of at least 1");
  check("lr", lr, lr > 0 && Number.isFinite(lr), "a number above 0");
  check("weightDecay", weightDecay, weightDecay >= 0, "a number of at least 0");
  check("momentum", momentum, momentum >= 0 && momentum < 1, "a number from 0 to below 1");
  check("seed", seed, Number.isInteger(seed), "a whole number");
  const classes = options.dataset.classes;
  if (channels === classes || (channels === 1 && classes === 2)) return;
  throw new PixelgradError(
    "CLASS_COUNT_MISMATCH",
    `The dataset has ${classes} classes, so the model needs ${classes} output channels` +
      `${classes === 2 ? ", or 1" : ""}, got ${channels}: change --channels, or names in the dataset.`,
    { channels, classes },
  );
}

function check(option: string, value: unknown, valid: boolean, expected: string): void {
  if (valid) return;
  throw new PixelgradError(
    "TRAINING_OPTION_INVALID",
    `${option} must be ${expected}, got ${String(value)}.`,
    { option, value },
  );
}

/** The loss with label 255 ignored in every term that ignores nothing: what a dataset writes where there is no class. */
export function ignoringUnlabelled({ id, options }: LossSpec): LossSpec {
  const terms = options["terms"];
  if (Array.isArray(terms)) {
    return {
      id,
      options: { terms: (terms as readonly LossSpec[]).map((t) => ({ ...t, ...ignoringUnlabelled(t) })) },
    };
  }
  return { id, options: { ignoreIndex: IGNORED, ...options } };
}
