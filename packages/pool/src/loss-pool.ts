/**
 * Losses and gradients over worker threads. Pieces are cut by size and merged in order, so that the result has the
 * same bits as on one thread.
 *
 * @module
 */
import {
  addSums,
  closeCall,
  cutPieces,
  elementCount,
  type Loss,
  type LossCall,
  LossEngine,
  type LossExtra,
  type LossGradient,
  type LossValue,
  openCall,
  type PieceView,
  runInline,
  type Tensor,
  tensor,
  viewPiece,
  withGrad,
} from "@pixelgrad/core";
import { type ArrayType, type ArrayTypes, arrayTypes } from "./array-types.ts";
import type { LossJob, LossJobResult } from "./loss-job.ts";
import { cancelled, OrderedPool, poolClosed } from "./ordered-pool.ts";
import { isResident, type Placement, placePiece } from "./placement.ts";
import { StagingSlot } from "./staging.ts";

/** Work of this many pieces or fewer runs on the calling thread: one piece cannot be shared out among threads. */
const INLINE_PIECES = 1;

/** Jobs per thread and map: enough that threads end together, few enough that messages do not show. */
const JOBS_PER_THREAD = 4;

export interface LossPoolOptions {
  /** Default: the CPUs this process may use (affinity and container quota). */
  readonly threads?: number;
}

export interface PoolCallOptions extends LossExtra {
  /** Cancels between pieces; the call then throws `CANCELLED` once every thread is idle. */
  readonly signal?: AbortSignal;
}

export class LossPool implements AsyncDisposable {
  readonly #engine = new LossEngine();
  readonly #pool: OrderedPool<LossJob, LossJobResult>;
  readonly #slots: readonly StagingSlot[];
  /** Calls take turns: they share the slots, and two at a time would not be faster. */
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor({ threads }: LossPoolOptions = {}) {
    this.#pool = new OrderedPool({
      worker: new URL("./worker.js", import.meta.url),
      workerData: { memory: this.#engine.arena.memory },
      ...(threads === undefined ? {} : { threads }),
    });
    this.#slots = Array.from({ length: this.#pool.window }, () => new StagingSlot(this.#engine));
  }

  get threads(): number {
    return this.#pool.threads;
  }

  /**
   * A tensor of zeros in the memory all threads share: work on it copies nothing. It lives as long as the pool.
   */
  tensor<T extends ArrayType>(dims: readonly number[], type: T): Tensor<ArrayTypes[T]> {
    const count = elementCount(dims);
    const address = this.#engine.arena.allocate(count * arrayTypes[type].BYTES_PER_ELEMENT);
    const data = new arrayTypes[type](this.#engine.arena.bytes.buffer, address, count);
    return tensor(data, dims);
  }

  /** As `loss.value`, on the pool. */
  async value(loss: Loss, logits: Tensor, target: Tensor, options: PoolCallOptions = {}): Promise<number> {
    return (await this.evaluate(loss, logits, target, options)).value;
  }

  /** As `loss.evaluate`, on the pool. */
  async evaluate(
    loss: Loss,
    logits: Tensor,
    target: Tensor,
    options: PoolCallOptions = {},
  ): Promise<LossValue> {
    return this.#inTurn(loss, openCall(loss.plan, logits, target, false), options.signal);
  }

  /** As `loss.valueAndGrad`, on the pool. */
  async valueAndGrad(
    loss: Loss,
    logits: Tensor,
    target: Tensor,
    options: PoolCallOptions = {},
  ): Promise<LossGradient> {
    const call = openCall(loss.plan, logits, target, true, options);
    return withGrad(await this.#inTurn(loss, call, options.signal), call);
  }

  /** Waits for the calls made so far, then ends the threads; calls made later throw `POOL_CLOSED`. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#turn;
    await this.#pool.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #inTurn(loss: Loss, call: LossCall, signal: AbortSignal | undefined): Promise<LossValue> {
    if (this.#closed) throw poolClosed(this.threads);
    const result = this.#turn.then(() => this.#run(loss, call, signal));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #run(loss: Loss, call: LossCall, signal: AbortSignal | undefined): Promise<LossValue> {
    const { plan, problem, outputs } = call;
    const pieces = cutPieces(problem.images, problem.classes, problem.pixels);
    if (pieces.length <= INLINE_PIECES) {
      if (signal?.aborted) throw cancelled(0);
      return runInline(call);
    }
    const views = pieces.map((piece) => viewPiece(problem, piece, outputs));
    const first = await this.#map(loss, call, withoutOutputs(views), undefined, signal);
    const second = new Float64Array(plan.secondLength);
    if (outputs.grad !== undefined || plan.valueNeedsSecond) {
      second.set(await this.#map(loss, call, views, plan.finish(first), signal));
    }
    return closeCall(call, first, second);
  }

  /** One map over all pieces; the merged sums. */
  async #map(
    { id, options }: Loss,
    { plan, problem: { classes, targetKind } }: LossCall,
    views: readonly PieceView[],
    coefficients: Float64Array | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Float64Array> {
    const engine = this.#engine;
    const slots = this.#slots;
    const readsLogits = coefficients !== undefined || plan.firstReadsLogits;
    const groups = this.#group(views);
    const placements: Placement[][] = [];
    function* jobs(): Generator<LossJob> {
      for (const [index, group] of groups.entries()) {
        const slot = slots[index % slots.length]!;
        const placed = group.map((view) => placePiece(view, engine, slot, plan, readsLogits));
        placements[index] = placed;
        const pieces = placed.map(({ piece }) => piece);
        yield { loss: { id, options }, classes, targetKind, pieces, ...(coefficients && { coefficients }) };
      }
    }
    const total = new Float64Array(coefficients ? plan.secondLength : plan.firstLength);
    await this.#pool.run(
      jobs(),
      (results, index) => {
        for (const sums of results) addSums(total, sums);
        for (const placement of placements[index] ?? []) placement.retrieve();
      },
      signal && { signal },
    );
    return total;
  }

  /** Pieces per job: several when all arrays are shared, one when they pass through a slot. */
  #group(views: readonly PieceView[]): PieceView[][] {
    const resident = views.every((view) => isResident(view, this.#engine));
    const size = resident ? Math.ceil(views.length / (this.threads * JOBS_PER_THREAD)) : 1;
    const groups: PieceView[][] = [];
    for (let at = 0; at < views.length; at += size) groups.push(views.slice(at, at + size));
    return groups;
  }
}

/** The first map writes nothing. */
function withoutOutputs(views: readonly PieceView[]): PieceView[] {
  return views.map(({ grad: _grad, elements: _elements, ...view }) => view);
}
