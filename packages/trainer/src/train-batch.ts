/**
 * One step's gradients: two maps over the samples of a batch, with a merge between them (ARCHITECTURE.md, "One idea").
 *
 * @module
 */
import { addSums, elementCount, type LossPlan } from "@pixelgrad/core";
import type { TrainingGraphs } from "@pixelgrad/onnx";
import type { PreparedSample } from "./replica-jobs.ts";
import type { Replicas } from "./replicas.ts";

export interface BatchResult {
  readonly value: number;
  /** By parameter name, summed over the batch in float64. */
  readonly gradients: ReadonlyMap<string, Float64Array>;
}

/** Loss and gradients of a batch; sample `i` goes to replica `i % count` in both maps. */
export async function trainBatch(
  replicas: Replicas,
  samples: readonly PreparedSample[],
  plan: LossPlan,
  { parameters }: TrainingGraphs,
): Promise<BatchResult> {
  const first = new Float64Array(plan.firstLength);
  await replicas.map<"forward">(
    samples.map((sample, slot) => ({ kind: "forward", slot, sample })),
    (sums, slot) => addSums(first, sums ?? (samples[slot]?.labelSums as Float64Array)),
  );
  const coefficients = plan.finish(first);
  const second = new Float64Array(plan.secondLength);
  const total = new Float64Array(parameters.reduce((length, { dims }) => length + elementCount(dims), 0));
  await replicas.map<"backward">(
    samples.map((_, slot) => ({ kind: "backward", slot, coefficients })),
    ({ sums, gradients }) => {
      addSums(second, sums);
      for (let i = 0; i < total.length; i++) total[i] = (total[i] as number) + (gradients[i] as number);
    },
  );
  let at = 0;
  const gradients = new Map(
    parameters.map(({ name, dims }) => {
      const part = total.subarray(at, at + elementCount(dims));
      at += part.length;
      return [name, part];
    }),
  );
  return { value: plan.result(first, second).value, gradients };
}
