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
  makeFields,
  measuringPlaces,
  needsSecond,
  type Piece,
  type PieceOutputs,
  roomForSoftmax,
  type UnitPlace,
  unitAt,
  viewPiece,
  zeroSums,
} from "@pixelgrad/core";
import type { LossJob, LossJobResult, UnitJob } from "./loss-job.ts";
import type { OrderedPool } from "./ordered-pool.ts";
import { type MapContext, PieceMap } from "./piece-map.ts";
import { shareUnit } from "./shared-unit.ts";
import { type PlannedUnit, runUnits } from "./unit-runs.ts";

export class LossRun {
  readonly #pool: OrderedPool<LossJob, LossJobResult>;
  readonly #context: MapContext;
  readonly #loss: Loss;
  readonly #call: LossCall;
  readonly #signal: AbortSignal | undefined;
  /** Whether a piece has taken so long that the calling thread leaves them to the others. */
  #hasLongPieces = false;

  constructor(
    pool: OrderedPool<LossJob, LossJobResult>,
    context: MapContext,
    loss: Loss,
    call: LossCall,
    signal: AbortSignal | undefined,
  ) {
    this.#pool = pool;
    this.#context = context;
    this.#loss = loss;
    this.#call = call;
    this.#signal = signal;
  }

  /** The sums of all maps; gradient and elements are written where the call has room for them. */
  async maps(pieces: readonly Piece[]): Promise<ImageSums> {
    const { plan, problem, outputs } = this.#call;
    const { engine, kept } = this.#context;
    const first = zeroSums(problem, plan.firstLength);
    const second = zeroSums(problem, plan.secondLength);
    const fields = makeFields(
      plan,
      problem,
      (length, term) => engine.units.field(term, length) ?? kept.take(`field ${term}`, length),
    );
    const between = { ...(plan.hasFields && { fields }), ...this.#roomForSoftmax() };
    await this.#mapPieces(pieces, between, undefined, first);
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
    if (runsSecond) await this.#mapPieces(pieces, { ...outputs, ...between }, coefficients, second);
    return { first, second };
  }

  /** As on one thread, where all of a piece stays in place from the first map to the second, whichever thread it is on. */
  #roomForSoftmax(): Pick<PieceOutputs, "softmax"> {
    const { problem, outputs } = this.#call;
    const { arena } = this.#context.engine;
    const stays = outputs.grad !== undefined && arena.holds(outputs.grad) && arena.holds(problem.logits);
    return stays ? roomForSoftmax(problem, outputs) : {};
  }

  /** One map over all pieces; adds their sums to those of their images. */
  async #mapPieces(
    pieces: readonly Piece[],
    outputs: PieceOutputs,
    coefficients: readonly Float64Array[] | undefined,
    sumsOfImages: readonly Float64Array[],
  ): Promise<void> {
    const { plan, problem } = this.#call;
    const map = new PieceMap(this.#context, {
      loss: this.#loss,
      call: this.#call,
      pieces,
      view: (piece) => viewPiece(plan, problem, piece, outputs),
      leaveToThreads: this.#hasLongPieces,
      ...(outputs.fields && { fields: outputs.fields }),
      ...(coefficients && { coefficients }),
      ...(this.#signal && { signal: this.#signal }),
    });
    await map.run();
    this.#hasLongPieces = map.hasLongPieces;
    for (const [i, { image }] of pieces.entries()) addSums(sumsOfImages[image]!, map.sumsOf(i));
  }

  /** Measures units, or fills them where there are coefficients; merges them in order. */
  async #mapUnits(
    places: readonly UnitPlace[],
    fields: readonly (Float64Array | undefined)[],
    coefficients: readonly Float64Array[] | undefined,
    merge: (sums: Float64Array, place: UnitPlace) => void,
  ): Promise<void> {
    if (places.length === 0) return;
    const { plan, problem } = this.#call;
    const { id, options } = this.#loss;
    const { engine, kept } = this.#context;
    const jobAt = (place: UnitPlace, slot: number): UnitJob => {
      const { term, image } = place;
      // What the job before in the slot used is free again.
      let arrays = 0;
      const allocate = (length: number) => kept.take(`unit ${slot} ${arrays++}`, length);
      const unit = unitAt(plan, problem, fields, place, true, allocate);
      const own = coefficients && { coefficients: plan.coefficientsOf(coefficients[image]!, term).slice() };
      const shared = shareUnit(unit, engine.arena);
      return { loss: { id, options }, classes: problem.classes, term, unit: shared, ...own };
    };
    const planned = places.map((place): PlannedUnit => {
      const { field } = plan.terms[place.term]!.term;
      return {
        pixels: problem.pixels,
        workspace: field!.workspace?.(problem.spatial, place.row),
        job: (slot) => jobAt(place, slot),
      };
    });
    // A thread that serves takes no job.
    await this.#context.serving.stop();
    const sums = await runUnits(this.#pool, planned, kept, this.#signal);
    for (const [i, place] of places.entries()) merge(sums[i]!, place);
  }
}
