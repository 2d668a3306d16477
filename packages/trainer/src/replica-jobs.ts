/** What the main thread asks of a replica. Arrays in `SharedArrayBuffer`s travel by reference. @module */
import type { FieldUnit, ImageSums, LossSpec } from "@pixelgrad/core";
import type { Sample, SampleSpec } from "@pixelgrad/dataset";
import type { AttachHeadOptions, ResizeCoordinates, Trainable, TrainingGraphs } from "@pixelgrad/onnx";

/** Features and target of a sample, in shared memory, so that any replica can take any sample. */
export interface PreparedSample {
  readonly features: readonly Float32Array[];
  /** Labels, or 0 and 1 for one channel. */
  readonly mask: Uint8Array;
  /** Pixels of each label; two numbers for one channel. */
  readonly labelCounts: Float64Array;
  /** Sums of the first map, when they follow from the labels alone. */
  readonly labelSums: Float64Array | null;
  /** Distance maps of the mask, made once, by term of the loss and row; null where a term needs none. */
  readonly distances: readonly (readonly (Float32Array | null)[])[];
}

/** A sample's place in its batch, and the fields of that batch, in shared memory. */
export interface BatchPlace {
  readonly image: number;
  readonly images: number;
  /** One entry per term of the loss; undefined for those that do not gather. */
  readonly fields: readonly (Float64Array | undefined)[];
}

export interface ReplicaSetup {
  readonly graphs: TrainingGraphs;
  readonly loss: LossSpec;
  readonly read: SampleSpec;
  /** All parameters one behind the other; the main thread writes it between steps. */
  readonly weights: Float32Array;
}

export type ReplicaJob =
  /** These three run the model, which takes a while: not for the main thread. */
  | { readonly kind: "attach"; readonly model: Uint8Array; readonly options: AttachHeadOptions }
  | { readonly kind: "resize"; readonly model: Uint8Array; readonly coordinates: ResizeCoordinates }
  | {
      readonly kind: "graphs";
      readonly model: Uint8Array;
      readonly trainable: Trainable;
      /** Height and width of the model's input, in pixels. */
      readonly size: readonly [number, number];
    }
  | { readonly kind: "open"; readonly setup: ReplicaSetup }
  | { readonly kind: "prepare"; readonly sample: Sample }
  | {
      readonly kind: "forward";
      readonly slot: number;
      readonly sample: PreparedSample;
      readonly place: BatchPlace;
    }
  /** Measures a unit of a term's field, or fills it where there are coefficients. */
  | {
      readonly kind: "unit";
      readonly term: number;
      readonly unit: FieldUnit;
      readonly coefficients?: Float64Array;
    }
  | { readonly kind: "backward"; readonly slot: number; readonly coefficients: Float64Array }
  | { readonly kind: "evaluate"; readonly sample: PreparedSample }
  | { readonly kind: "close" };

/** What each kind of job gives back. */
export interface ReplicaResults {
  /** The model with a head, and the names of the head's weights. */
  attach: { readonly model: Uint8Array; readonly weights: readonly string[] };
  /** The model with its final resize replaced. */
  resize: Uint8Array;
  graphs: TrainingGraphs;
  open: null;
  prepare: PreparedSample;
  forward: Float64Array | null;
  unit: Float64Array;
  backward: BackwardResult;
  evaluate: SampleEvaluation;
  close: null;
}

export interface BackwardResult {
  readonly sums: Float64Array;
  /** Gradients of all parameters, one behind the other. */
  readonly gradients: Float32Array;
}

export interface SampleEvaluation extends ImageSums {
  readonly confusion: Float64Array;
}
