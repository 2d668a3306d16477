/** What the main thread asks of a replica. Arrays in `SharedArrayBuffer`s travel by reference. @module */
import type { LossSpec } from "@pixelgrad/core";
import type { Sample, SampleSpec } from "@pixelgrad/dataset";
import type { TrainingGraphs } from "@pixelgrad/onnx";

/** Features and target of a sample, in shared memory, so that any replica can take any sample. */
export interface PreparedSample {
  readonly features: readonly Float32Array[];
  /** Labels, or 0 and 1 for one channel. */
  readonly mask: Uint8Array;
  /** Pixels of each label; two numbers for one channel. */
  readonly labelCounts: Float64Array;
  /** Sums of the first map, when they follow from the labels alone. */
  readonly labelSums: Float64Array | null;
}

export interface ReplicaSetup {
  readonly graphs: TrainingGraphs;
  readonly loss: LossSpec;
  readonly read: SampleSpec;
  /** All parameters one behind the other; the main thread writes it between steps. */
  readonly weights: Float32Array;
}

export type ReplicaJob =
  | {
      readonly kind: "graphs";
      readonly model: Uint8Array;
      readonly trainable: "last" | readonly string[];
      /** Height and width of the model's input, in pixels. */
      readonly size: readonly [number, number];
    }
  | { readonly kind: "open"; readonly setup: ReplicaSetup }
  | { readonly kind: "prepare"; readonly sample: Sample }
  | { readonly kind: "forward"; readonly slot: number; readonly sample: PreparedSample }
  | { readonly kind: "backward"; readonly slot: number; readonly coefficients: Float64Array }
  | { readonly kind: "evaluate"; readonly sample: PreparedSample }
  | { readonly kind: "close" };

/** What each kind of job gives back. */
export interface ReplicaResults {
  graphs: TrainingGraphs;
  open: null;
  prepare: PreparedSample;
  forward: Float64Array | null;
  backward: BackwardResult;
  evaluate: SampleEvaluation;
  close: null;
}

export interface BackwardResult {
  readonly sums: Float64Array;
  /** Gradients of all parameters, one behind the other. */
  readonly gradients: Float32Array;
}

export interface SampleEvaluation {
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly confusion: Float64Array;
}
