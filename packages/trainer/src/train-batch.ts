/**
 * One step's gradients: two maps over the samples of a batch, with a merge between them (ARCHITECTURE.md, "One idea").
 *
 * @module
 */
import {
  addSums,
  elementCount,
  type FieldUnit,
  fillingPlaces,
  type LossPlan,
  makeFields,
  measuringPlaces,
  type Problem,
  type UnitPlace,
  unitAt,
} from "@pixelgrad/core";
import type { TrainingGraphs } from "@pixelgrad/onnx";
import { sharedDoubles } from "@pixelgrad/pool";
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
  graphs: TrainingGraphs,
): Promise<BatchResult> {
  const batch = batchProblem(samples, graphs);
  const fields = plan.hasFields ? makeFields(plan, batch, sharedDoubles) : [];
  const first: Float64Array[] = [];
  await replicas.map<"forward">(
    samples.map((sample, slot) => {
      return { kind: "forward", slot, sample, place: { image: slot, images: samples.length, fields } };
    }),
    (sums, slot) => first.push(sums ?? (samples[slot]?.labelSums as Float64Array)),
  );
  const second = first.map(() => new Float64Array(plan.secondLength));
  const unitOf = (place: UnitPlace): FieldUnit => {
    const distances = samples[place.image]!.distances[place.term]?.[place.row];
    return { ...unitAt(plan, batch, fields, place, true, sharedDoubles), ...(distances && { distances }) };
  };
  const measuring = measuringPlaces(plan, batch);
  await replicas.map<"unit">(
    measuring.map((place) => ({ kind: "unit", term: place.term, unit: unitOf(place) })),
    (sums, i) => addSums(plan.firstOf(first[measuring[i]!.image]!, measuring[i]!.term), sums),
  );
  const coefficients = plan.finish(first);
  const places = fillingPlaces(plan, batch, true);
  await replicas.map<"unit">(
    places.map((place) => {
      const own = plan.coefficientsOf(coefficients[place.image]!, place.term).slice();
      return { kind: "unit", term: place.term, unit: unitOf(place), coefficients: own };
    }),
    (sums, i) => addSums(plan.secondOf(second[places[i]!.image]!, places[i]!.term), sums),
  );
  const { parameters } = graphs;
  const total = new Float64Array(parameters.reduce((length, { dims }) => length + elementCount(dims), 0));
  await replicas.map<"backward">(
    samples.map((_, slot) => ({ kind: "backward", slot, coefficients: coefficients[slot]! })),
    ({ sums, gradients }, slot) => {
      addSums(second[slot]!, sums);
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

/** What the units of fields need to know of a batch: its targets, and no logits, which stay in the replicas. */
function batchProblem(samples: readonly PreparedSample[], { logits: { dims } }: TrainingGraphs): Problem {
  const [, classes, ...spatial] = dims as [number, number, ...number[]];
  const pixels = elementCount(spatial);
  const target = new Uint8Array(samples.length * pixels);
  for (const [image, { mask }] of samples.entries()) target.set(mask, image * pixels);
  return {
    images: samples.length,
    classes,
    spatial,
    pixels,
    layout: "channels-first",
    logits: new Float32Array(0),
    target,
    targetKind: classes === 1 ? "dense" : "labels",
    logitsDims: [samples.length, classes, ...spatial],
    targetDims: [samples.length, ...spatial],
  };
}
