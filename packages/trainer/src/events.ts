/** What a training run says while it goes: progress bars, logs and reports read this stream and nothing else. */

/** IoU of a split: one entry per class, null where the class is neither there nor predicted. */
export interface EvaluationResult {
  readonly miou: number | null;
  readonly iou: readonly (number | null)[];
  readonly pixelAccuracy: number | null;
}

export interface EpochResult extends EvaluationResult {
  /** From 1; 0 is the model before training. */
  readonly epoch: number;
  /** Mean over the epoch's batches; null before training. */
  readonly trainLoss: number | null;
  /** Over the validation split as one batch. */
  readonly valLoss: number;
}

export type TrainEvent =
  | {
      readonly type: "start";
      readonly classes: readonly string[];
      readonly channels: number;
      readonly loss: string;
      readonly parameters: readonly { readonly name: string; readonly dims: readonly number[] }[];
      readonly trainSamples: number;
      readonly valSamples: number;
      readonly threads: number;
    }
  | { readonly type: "features"; readonly done: number; readonly total: number }
  | {
      readonly type: "step";
      readonly epoch: number;
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
      readonly lr: number;
    }
  | ({ readonly type: "evaluation" } & EpochResult)
  | ({ readonly type: "epoch" } & EpochResult)
  | {
      readonly type: "checkpoint";
      readonly epoch: number;
      readonly path: string;
      readonly kind: "best" | "last";
    }
  | {
      readonly type: "done";
      readonly best: EpochResult;
      readonly before: EpochResult;
      readonly model: string;
    };
