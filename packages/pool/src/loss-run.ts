/**
 * One call of a loss on a pool: its maps over pieces, and over units of fields, merged in order.
 *
 * @module
 */
import {
  addSums,
  fillingPlaces,
  type ImageSums,
  type Loss,
  type LossCall,
  type LossEngine,
  makeFields,
  measuringPlaces,
  needsSecond,
  type Piece,
  type PieceView,
  type UnitPlace,
  unitAt,
  viewPiece,
  zeroSums,
} from "@pixelgrad/core";
import type { LossJob, LossJobResult } from "./loss-job.ts";
import type { OrderedPool } from "./ordered-pool.ts";
import { isResident, type Placement, placePiece } from "./placement.ts";
import type { StagingSlot } from "./staging.ts";

/** Jobs per thread and map: enough that threads end together, few enough that messages do not show. */
const JOBS_PER_THREAD = 4;

export class LossRun {
  readonly #pool: OrderedPool<LossJob, LossJobResult>;
  readonly #engine: LossEngine;
  readonly #slots: readonly StagingSlot[];
  readonly #loss: Loss;
  readonly #call: LossCall;
  readonly #signal: AbortSignal | undefined;

  constructor(
    pool: OrderedPool<LossJob, LossJobResult>,
    engine: LossEngine,
    slots: readonly StagingSlot[],
    loss: Loss,
    call: LossCall,
    signal: AbortSignal | undefined,
  ) {
    this.#pool = pool;
    this.#engine = engine;
    this.#slots = slots;
    this.#loss = loss;
    this.#call = call;
    this.#signal = signal;
  }

  /** The sums of all maps; gradient and elements are written where the call has room for them. */
  async maps(pieces: readonly Piece[]): Promise<ImageSums> {
    const { plan, problem, outputs } = this.#call;
    const first = zeroSums(problem, plan.firstLength);
    const second = zeroSums(problem, plan.secondLength);
    const fields = makeFields(plan, problem, sharedDoubles);
    const gathers = plan.hasFields ? { fields } : {};
    const viewsOf = (more: object) =>
      pieces.map((piece) => viewPiece(plan, problem, piece, { ...gathers, ...more }));
    await this.#mapPieces(viewsOf({}), undefined, first);
    await this.#mapUnits(measuringPlaces(plan, problem), fields, undefined, (sums, { term, image }) =>
      addSums(plan.firstOf(first[image]!, term), sums),
    );
    const coefficients = plan.finish(first, problem.upstream as Float32Array | undefined);
    const runsSecond = needsSecond(this.#call);
    await this.#mapUnits(
      fillingPlaces(plan, problem, runsSecond),
      fields,
      coefficients,
      (sums, { term, image }) => addSums(plan.secondOf(second[image]!, term), sums),
    );
    if (runsSecond) await this.#mapPieces(viewsOf(outputs), coefficients, second);
    return { first, second };
  }

  /** One map over all pieces; adds their sums to those of their images. */
  async #mapPieces(
    views: readonly PieceView[],
    coefficients: readonly Float64Array[] | undefined,
    sumsOfImages: readonly Float64Array[],
  ): Promise<void> {
    const engine = this.#engine;
    const slots = this.#slots;
    const readsLogits = coefficients !== undefined || this.#call.plan.firstReadsLogits;
    const groups = this.#group(views);
    const placements: Placement[][] = [];
    const job = (work: LossJob["work"]) => this.#job(work);
    function* jobs(): Generator<LossJob> {
      for (const [index, group] of groups.entries()) {
        const slot = slots[index % slots.length]!;
        const placed = group.map((view) =>
          placePiece(view, engine, slot, readsLogits, coefficients?.[view.origin.image]),
        );
        placements[index] = placed;
        yield job({ pieces: placed.map(({ piece }) => piece) });
      }
    }
    await this.#run(jobs(), (results, index) => {
      for (const [i, sums] of results.entries()) {
        addSums(sumsOfImages[groups[index]![i]!.origin.image]!, sums);
      }
      for (const placement of placements[index] ?? []) placement.retrieve();
    });
  }

  /** Measures units, or fills them where there are coefficients; one unit per job. */
  async #mapUnits(
    places: readonly UnitPlace[],
    fields: readonly (Float64Array | undefined)[],
    coefficients: readonly Float64Array[] | undefined,
    merge: (sums: Float64Array, place: UnitPlace) => void,
  ): Promise<void> {
    const { plan, problem } = this.#call;
    const job = (work: LossJob["work"]) => this.#job(work);
    function* jobs(): Generator<LossJob> {
      for (const place of places) {
        const { term, image } = place;
        const unit = unitAt(plan, problem, fields, place, sharedDoubles);
        const own = coefficients && { coefficients: plan.coefficientsOf(coefficients[image]!, term).slice() };
        yield job({ units: [{ term, unit, ...own }] });
      }
    }
    await this.#run(jobs(), (results, index) => {
      for (const sums of results) merge(sums, places[index]!);
    });
  }

  #job(work: LossJob["work"]): LossJob {
    const { id, options } = this.#loss;
    const { classes, targetKind } = this.#call.problem;
    return { loss: { id, options }, classes, targetKind, work };
  }

  #run(jobs: Iterable<LossJob>, merge: (result: LossJobResult, index: number) => void): Promise<void> {
    return this.#pool.run(jobs, merge, this.#signal && { signal: this.#signal });
  }

  /** Pieces per job: several when all arrays are shared, one when they pass through a slot. */
  #group(views: readonly PieceView[]): PieceView[][] {
    const resident = views.every((view) => isResident(view, this.#engine));
    const size = resident ? Math.ceil(views.length / (this.#pool.threads * JOBS_PER_THREAD)) : 1;
    const groups: PieceView[][] = [];
    for (let at = 0; at < views.length; at += size) groups.push(views.slice(at, at + size));
    return groups;
  }
}

/** Zeros that cross to a thread by reference. */
function sharedDoubles(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(length * 8));
}
