/**
 * The value of a loss over files: each file gives sums, and those of all files give the value.
 *
 * @module
 */
import {
  addSums,
  cutPieces,
  type FieldUnit,
  fillUnit,
  inlineEngine,
  type LossCall,
  type LossEngine,
  type LossPlan,
  type LossValue,
  makeFields,
  measureUnit,
  unitAt,
  unitPlaces,
  viewPiece,
  zeroSums,
} from "@pixelgrad/core";
import type { GatheredRow, LossSums } from "./file-job.ts";

/** The sums of one file; units of single images are complete here, those of the batch are handed on. */
export function lossSums(
  { plan, problem }: LossCall,
  engine: LossEngine,
  cancelled: () => boolean,
): LossSums {
  const first = zeroSums(problem, plan.firstLength);
  const second = zeroSums(problem, plan.secondLength);
  const fields = makeFields(plan, problem);
  // Coefficients scale gradients, and nobody wants those here: so the second map need not wait for the merge of the
  // first, and each file is read once.
  const none = new Float64Array(plan.coefficientLength);
  for (const piece of cutPieces(problem.images, problem.classes, problem.pixels)) {
    if (cancelled()) break;
    const view = viewPiece(plan, problem, piece, { fields });
    addSums(first[piece.image]!, engine.first(plan, view));
    if (plan.valueNeedsSecond) addSums(second[piece.image]!, engine.second(plan, view, none));
  }
  const units = unitPlaces(plan, problem).map((place) => ({
    ...place,
    unit: unitAt(plan, problem, fields, place, true),
    scope: plan.terms[place.term]!.term.field!.scope,
  }));
  const own = units.filter(({ scope }) => scope === "image");
  completeUnits(plan, own, first, second, engine);
  const gathered = units
    .filter(({ scope }) => scope === "batch")
    .map(({ term, row, unit: { values, target, packed = false } }) => ({
      term,
      row,
      values,
      target,
      packed,
    }));
  return { first, second, gathered };
}

/** The sums of one loss, growing file by file. */
export class LossTotal {
  readonly #plan: LossPlan;
  readonly #first: Float64Array[] = [];
  readonly #second: Float64Array[] = [];
  readonly #gathered: GatheredRow[] = [];

  constructor(plan: LossPlan) {
    this.#plan = plan;
  }

  add({ first, second, gathered }: LossSums): void {
    this.#first.push(...first);
    this.#second.push(...second);
    this.#gathered.push(...gathered);
  }

  /** The value over all files added so far. */
  result(): LossValue {
    const first = this.#first.map((sums) => sums.slice());
    const second = this.#second.map((sums) => sums.slice());
    completeUnits(this.#plan, batchUnits(this.#gathered), first, second, inlineEngine());
    return this.#plan.result(first, second);
  }
}

interface PlacedUnit {
  readonly term: number;
  readonly image: number;
  readonly unit: FieldUnit;
}

/** Measures and fills units; adds what they give to the sums of their images. */
function completeUnits(
  plan: LossPlan,
  units: readonly PlacedUnit[],
  first: readonly Float64Array[],
  second: readonly Float64Array[],
  { units: room }: LossEngine,
): void {
  if (units.length === 0 || first.every((sums) => plan.terms.every((_, i) => plan.firstOf(sums, i)[0] === 0)))
    return;
  for (const { term, image, unit } of units) {
    addSums(plan.firstOf(first[image]!, term), measureUnit(plan.terms[term]!.term, unit, room));
  }
  const coefficients = plan.finish(first);
  for (const { term, image, unit } of units) {
    const own = plan.coefficientsOf(coefficients[image]!, term);
    addSums(plan.secondOf(second[image]!, term), fillUnit(plan.terms[term]!.term, unit, own, room));
  }
}

/** The rows of all files, one behind the other, as units of one batch; files may differ in size. */
function batchUnits(gathered: readonly GatheredRow[]): PlacedUnit[] {
  const rows = new Map<string, GatheredRow[]>();
  for (const part of gathered) {
    const key = `${part.term} ${part.row}`;
    rows.set(key, [...(rows.get(key) ?? []), part]);
  }
  return [...rows.values()].map((parts) => {
    const { term, row, packed } = parts[0]!;
    const values = joined(parts.map((part) => part.values));
    const unit = {
      values,
      target: joined(parts.map(({ target }) => target)),
      packed,
      row,
      images: 1,
      spatial: [values.length],
    };
    return { term, image: 0, unit };
  });
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
