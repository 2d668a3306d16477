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
import { type ArrayType, type ArrayTypes, arrayType, arrayTypes } from "./array-types.ts";
import type { LossJob, LossJobResult, ResidentPiece, ResidentRows } from "./loss-job.ts";
import { OrderedPool } from "./ordered-pool.ts";
import { StagingSlot } from "./staging.ts";

/**
 * Work of this many pieces (of about 262 144 logits, 0.5 ms) or fewer runs on the calling thread: a dispatch costs
 * about 0.15 ms, so there is nothing to win.
 */
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
    return this.#inTurn(loss, openCall(loss.plan, logits, target, false), options);
  }

  /** As `loss.valueAndGrad`, on the pool. */
  async valueAndGrad(
    loss: Loss,
    logits: Tensor,
    target: Tensor,
    options: PoolCallOptions = {},
  ): Promise<LossGradient> {
    const call = openCall(loss.plan, logits, target, true, options);
    return withGrad(await this.#inTurn(loss, call, options), call);
  }

  /** Waits for the running calls, then ends the threads. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #inTurn(loss: Loss, call: LossCall, options: PoolCallOptions): Promise<LossValue> {
    const result = this.#turn.then(() => this.#run(loss, call, options));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #run(loss: Loss, call: LossCall, options: PoolCallOptions): Promise<LossValue> {
    const { plan, problem, outputs } = call;
    const pieces = cutPieces(problem.images, problem.classes, problem.pixels);
    if (pieces.length <= INLINE_PIECES) return runInline(call);
    const views = pieces.map((piece) => viewPiece(problem, piece, outputs));
    const first = await this.#map(loss, call, withoutOutputs(views), undefined, options);
    const second = new Float64Array(plan.secondLength);
    if (outputs.grad !== undefined || plan.valueNeedsSecond) {
      second.set(await this.#map(loss, call, views, plan.finish(first), options));
    }
    return closeCall(call, first, second);
  }

  /** One map over all pieces; the merged sums. */
  async #map(
    { id, options: lossOptions }: Loss,
    { plan, problem }: LossCall,
    views: readonly PieceView[],
    coefficients: Float64Array | undefined,
    { signal }: PoolCallOptions,
  ): Promise<Float64Array> {
    const total = new Float64Array(coefficients ? plan.secondLength : plan.firstLength);
    const groups = this.#group(views);
    const staged: ((() => void) | undefined)[] = [];
    const slots = this.#slots;
    const self = this;
    function* jobs(): Generator<LossJob> {
      for (const [index, group] of groups.entries()) {
        const slot = slots[index % slots.length] as StagingSlot;
        const resident = group.map((view) => self.#place(view, slot, plan.elementRows, staged, index));
        yield {
          loss: { id, options: lossOptions },
          classes: problem.classes,
          targetKind: problem.targetKind,
          pieces: resident,
          ...(coefficients && { coefficients }),
        };
      }
    }
    await this.#pool.run(
      jobs(),
      (results, index) => {
        for (const sums of results) addSums(total, sums);
        staged[index]?.();
      },
      signal === undefined ? {} : { signal },
    );
    return total;
  }

  /** Pieces per job: several when all arrays are shared, one when they pass through a slot. */
  #group(views: readonly PieceView[]): PieceView[][] {
    const resident = views.every((view) =>
      arraysOf(view).every((rows) => this.#engine.arena.holds(rows.data)),
    );
    const size = resident ? Math.ceil(views.length / (this.#pool.threads * JOBS_PER_THREAD)) : 1;
    const groups: PieceView[][] = [];
    for (let at = 0; at < views.length; at += size) groups.push(views.slice(at, at + size));
    return groups;
  }

  /** Where the arrays of a piece are, or the slot they are brought to; what comes back is copied out in `staged`. */
  #place(
    view: PieceView,
    slot: StagingSlot,
    elementRows: number,
    staged: ((() => void) | undefined)[],
    index: number,
  ): ResidentPiece {
    const { count, classes, origin, logits, target, grad, elements } = view;
    const { arena } = this.#engine;
    slot.open(view);
    const input = (rows: typeof target, channels: number): ResidentRows =>
      arena.holds(rows.data) ? residentRows(rows) : slot.copyIn(rows, channels, count);
    const copies: (() => void)[] = [];
    const output = (rows: typeof logits, channels: number): ResidentRows => {
      if (arena.holds(rows.data)) return residentRows(rows);
      const resident = slot.reserve(rows, channels, count);
      copies.push(() => slot.copyOut(resident, rows, channels, count));
      return resident;
    };
    const piece: ResidentPiece = {
      count,
      origin,
      logits: input(logits, classes),
      target: input(target, view.targetKind === "dense" ? classes : 1),
      ...(grad && { grad: output(grad, classes) }),
      ...(elements && { elements: output(elements, elementRows) }),
    };
    if (copies.length > 0) staged[index] = () => copies.forEach((copy) => copy());
    return piece;
  }
}

function residentRows({ data, offset, stride }: PieceView["target"]): ResidentRows {
  const address = data.byteOffset + offset * data.BYTES_PER_ELEMENT;
  return { address, stride, type: arrayType(data) };
}

function arraysOf({ logits, target, grad, elements }: PieceView): PieceView["target"][] {
  return [logits, target, grad, elements].filter((rows) => rows !== undefined);
}

/** The first map writes nothing. */
function withoutOutputs(views: readonly PieceView[]): PieceView[] {
  return views.map(({ grad: _grad, elements: _elements, ...view }) => view);
}
