/** Loss and IoU of a split, with the weights as they are. @module */
import { ConfusionMatrix, type LossPlan } from "@pixelgrad/core";
import type { EpochResult, EvaluationResult } from "./events.ts";
import type { FeatureStore } from "./feature-store.ts";
import type { Replicas } from "./replicas.ts";

/** Samples taken from the store at a time: it may hold more than fits in memory. */
const BATCH = 16;

/**
 * The split as one batch; an empty one has no IoU and loss 0. A loss that gathers pixels is the mean over samples
 * instead: their fields would not fit in memory together.
 */
export async function validate(
  replicas: Replicas,
  store: FeatureStore,
  plan: LossPlan,
  epoch: number,
  trainLoss: number | null,
): Promise<EpochResult> {
  const first: Float64Array[] = [];
  const second: Float64Array[] = [];
  let gathered = 0;
  const confusion = new ConfusionMatrix(Math.max(2, plan.classes));
  for (let at = 0; at < store.count; at += BATCH) {
    const indices = Array.from({ length: Math.min(BATCH, store.count - at) }, (_, i) => at + i);
    const samples = await store.take(indices);
    await replicas.map<"evaluate">(
      samples.map((sample) => ({ kind: "evaluate", sample })),
      (result) => {
        if (plan.hasFields) gathered += plan.result(result.first, result.second).value / store.count;
        first.push(...result.first);
        second.push(...result.second);
        confusion.merge(new ConfusionMatrix(confusion.classes, result.confusion));
      },
    );
  }
  const valLoss = plan.hasFields ? gathered : plan.result(first, second).value;
  return { epoch, trainLoss, valLoss, ...summarize(confusion) };
}

/** What a confusion matrix says. */
export function summarize(confusion: ConfusionMatrix): EvaluationResult {
  return { miou: confusion.meanIou(), iou: confusion.iou(), pixelAccuracy: confusion.pixelAccuracy() };
}
