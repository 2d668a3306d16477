/**
 * The units of a term's field: each row of each image, or of the batch, with its target.
 *
 * @module
 */
import { type Bands, OneBand, Workspace } from "./bands.ts";
import { hasKernel } from "./engine/twins.ts";
import type { UnitRoom } from "./engine/unit-room.ts";
import type { FieldUnit } from "./field.ts";
import type { LossPlan } from "./plan.ts";
import type { Problem } from "./problem.ts";
import type { Term } from "./term.ts";
import { channelStart, copyTarget } from "./unit-target.ts";

/** A field per term of the plan, to be written by the first map; undefined for terms without one. */
export function makeFields(
  plan: LossPlan,
  { images, pixels }: Problem,
  allocate: (length: number, term: number) => Float64Array = (length) => new Float64Array(length),
): (Float64Array | undefined)[] {
  return plan.terms.map(({ term }, i) => term.field && allocate(term.field.rows * images * pixels, i));
}

/** Which images a unit covers: one, or all (`image` is then 0). */
export interface UnitPlace {
  /** Index of the term in the plan. */
  readonly term: number;
  /** The image whose sums and coefficients the unit goes with. */
  readonly image: number;
  readonly row: number;
}

/** The units of all terms that gather, in the order their sums are added. */
export function unitPlaces(plan: LossPlan, { images }: Pick<Problem, "images">): UnitPlace[] {
  return plan.terms.flatMap(({ term: { field } }, term) => {
    if (field === undefined || images === 0) return [];
    const groups = field.scope === "image" ? images : 1;
    return Array.from({ length: groups * field.rows }, (_, i) => ({
      term,
      image: Math.floor(i / field.rows),
      row: i % field.rows,
    }));
  });
}

/**
 * A unit over the field of its term.
 * @param kernels - whether the first map ran on the kernels where the term has them for such a call.
 */
export function unitAt(
  plan: LossPlan,
  problem: Problem,
  fields: readonly (Float64Array | undefined)[],
  { term, image, row }: UnitPlace,
  kernels: boolean,
  allocate: (length: number) => Float64Array = (length) => new Float64Array(length),
): FieldUnit {
  const { pixels, spatial, pixelWeights } = problem;
  const { term: own } = plan.terms[term];
  const { field } = own;
  if (field === undefined) throw new Error("unreachable: a unit of a term without a field");
  const images = field.scope === "image" ? 1 : problem.images;
  const length = images * pixels;
  const at = (image * field.rows + row) * length;
  const packed = kernels && field.packed !== undefined && hasKernel(own, { ...problem, rows: problem });
  const distanceMaps = field.takesDistanceMaps ? problem.distanceMaps : undefined;
  const target = allocate(packed && field.packed?.needsTarget === false ? 0 : length);
  copyTarget(own, problem, row, image, target);
  return {
    values: fields[term]!.subarray(at, at + length),
    target,
    packed,
    ...(pixelWeights && { weights: copyNumbers(pixelWeights, image * pixels, 1, allocate(length)) }),
    ...(distanceMaps && { distances: copyChannel(distanceMaps, problem, image, row, allocate(length)) }),
    row,
    images,
    spatial,
  };
}

/** Copies numbers that lie `step` apart. */
function copyNumbers(from: ArrayLike<number | bigint>, start: number, step: number, to: Float64Array) {
  for (let i = 0, at = start; i < to.length; i++, at += step) to[i] = Number(from[at]);
  return to;
}

/** Copies a channel of all images that there is room for, of an array shaped like the logits. */
function copyChannel(
  from: ArrayLike<number | bigint>,
  problem: Problem,
  image: number,
  channel: number,
  to: Float64Array,
): Float64Array {
  const { pixels } = problem;
  for (let at = 0, n = image; at < to.length; at += pixels, n++) {
    const { start, step } = channelStart(problem, n, channel);
    copyNumbers(from, start, step, to.subarray(at, at + pixels));
  }
  return to;
}

/** The units of those terms that measure. */
export function measuringPlaces(plan: LossPlan, problem: Pick<Problem, "images">): UnitPlace[] {
  return unitPlaces(plan, problem).filter(({ term }) => plan.terms[term].term.field?.measure !== undefined);
}

/** The units to fill: all when the second map runs, else those that add to the value. */
export function fillingPlaces(
  plan: LossPlan,
  problem: Pick<Problem, "images">,
  runsSecond: boolean,
): UnitPlace[] {
  return unitPlaces(plan, problem).filter(({ term }) => {
    const { field, secondLength } = plan.terms[term].term;
    return field?.fill !== undefined && (runsSecond || secondLength > 0);
  });
}

/** A unit as one band, in the room of the engine of this thread as far as that goes. */
function oneBand({ field }: Term, { spatial, row }: FieldUnit, room: UnitRoom | undefined): Bands {
  if (room === undefined || field?.workspace === undefined) return new OneBand();
  return new OneBand(new Workspace(room.workspace(field.workspace(spatial, row))));
}

/**
 * Measures a unit: the sums it adds to the first map of its term.
 * @param room - of the engine of this thread.
 * @param bands - that this thread and others share the unit in; one by default.
 */
export function measureUnit(
  term: Term,
  unit: FieldUnit,
  room: UnitRoom | undefined,
  bands: Bands = oneBand(term, unit, room),
): Float64Array {
  const sums = new Float64Array(term.firstLength);
  term.field?.measure?.(unit, sums, bands);
  return sums;
}

/**
 * Fills a unit; the sums it adds to the second map of its term.
 * @param room - of the engine of this thread; without one units must not be packed.
 * @param bands - as for {@link measureUnit}.
 */
export function fillUnit(
  term: Term,
  unit: FieldUnit,
  coefficients: Float64Array,
  room: UnitRoom | undefined,
  bands: Bands = oneBand(term, unit, room),
): Float64Array {
  const { field } = term;
  const sums = new Float64Array(term.secondLength);
  if (room !== undefined && unit.packed === true) field?.packed?.fill(unit, coefficients, sums, room);
  else field?.fill?.(unit, coefficients, sums, bands);
  return sums;
}

/**
 * What a unit of one image needs of its target alone, for callers that keep targets; undefined where nothing.
 * @param problem - of one image; its logits are not looked at.
 */
export function targetDistances(
  plan: LossPlan,
  problem: Problem,
  { term, row }: UnitPlace,
): Float64Array | undefined {
  const { term: own } = plan.terms[term];
  if (own.field?.distances === undefined || own.field.scope !== "image") return undefined;
  const target = new Float64Array(problem.pixels);
  copyTarget(own, problem, row, 0, target);
  return own.field.distances(target, problem.spatial, row);
}
