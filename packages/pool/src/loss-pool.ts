/**
 * Losses and gradients over worker threads. Pieces are cut by size and merged in order, so that the result has the
 * same bits as on one thread.
 *
 * @module
 */
import {
  closeCall,
  cutPieces,
  isLevels,
  joinLevelGradients,
  joinLevelValues,
  type LevelGradients,
  type LevelsExtra,
  type Loss,
  type LossCall,
  LossEngine,
  type LossExtra,
  type LossGradient,
  type LossValue,
  levelsOf,
  openCall,
  runInline,
  type Tensor,
  withGrad,
} from "@pixelgrad/core";
import type { ArrayType, ArrayTypes } from "./array-types.ts";
import { EventLoop } from "./event-loop.ts";
import { KeptDoubles } from "./kept-doubles.ts";
import type { LossJob, LossJobResult } from "./loss-job.ts";
import { LossRun } from "./loss-run.ts";
import { cancelled, OrderedPool, poolClosed } from "./ordered-pool.ts";
import type { MapContext } from "./piece-map.ts";
import { poolTensor } from "./pool-tensor.ts";
import { ServingThreads } from "./serving-threads.ts";
import { StagingMemory } from "./staging.ts";
import { hasSharedUnits } from "./unit-runs.ts";

/** Work of this many pieces or fewer runs on the calling thread, unless threads can share its units. */
const INLINE_PIECES = 1;

/** Logits below which asking threads costs more than their help saves. */
const INLINE_LOGITS = 65_536;

export interface LossPoolOptions {
  /** Default: the CPUs this process may use (affinity and container quota). The calling thread is one of them. */
  readonly threads?: number;
  /** Calls on fewer logits than this run on the calling thread alone. Default: 65 536, below which help does not pay. */
  readonly inlineLogits?: number;
}

interface Cancellable {
  /** Cancels between pieces; the call then throws `CANCELLED` once every thread is idle. */
  readonly signal?: AbortSignal;
}

export interface PoolCallOptions extends LossExtra, Cancellable {}

/** Of a call with a list of logits, under deep supervision. */
export interface PoolLevelsOptions extends LevelsExtra, Cancellable {}

type CallArguments = [
  logits: Tensor | readonly Tensor[],
  target: Tensor,
  options?: PoolCallOptions | PoolLevelsOptions | undefined,
];

export class LossPool implements AsyncDisposable {
  readonly #engine = new LossEngine();
  readonly #pool: OrderedPool<LossJob, LossJobResult>;
  readonly #context: MapContext;
  readonly #inlineLogits: number;
  /** Calls take turns: they share the threads, and two at a time would not be faster. */
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor({ threads, inlineLogits = INLINE_LOGITS }: LossPoolOptions = {}) {
    this.#pool = new OrderedPool({
      worker: new URL("./worker.js", import.meta.url),
      workerData: { memory: this.#engine.arena.memory },
      ...(threads === undefined ? {} : { threads }),
    });
    this.#inlineLogits = inlineLogits;
    this.#context = {
      threads: this.#pool.threads,
      engine: this.#engine,
      serving: new ServingThreads(this.#pool),
      staging: new StagingMemory(this.#engine),
      kept: new KeptDoubles(),
      eventLoop: new EventLoop(),
    };
  }

  get threads(): number {
    return this.#pool.threads;
  }

  /**
   * A tensor of zeros in the memory all threads share: work on it copies nothing. It lives as long as the pool, whose
   * tensors have 3.75 GiB in all. Larger batches need no tensor: ordinary arrays, and arrays over SharedArrayBuffers, may
   * be of any size, and pass through this memory piece by piece.
   * @throws PixelgradError `SHAPE_MISMATCH`; `MEMORY_EXHAUSTED`, and takes nothing, where too little is left.
   */
  tensor<T extends ArrayType>(dims: readonly number[], type: T): Tensor<ArrayTypes[T]> {
    return poolTensor(this.#engine.arena, dims, type);
  }

  /** As `loss.value`, on the pool. */
  async value(
    loss: Loss,
    logits: readonly Tensor[],
    target: Tensor,
    options?: PoolLevelsOptions,
  ): Promise<number>;
  async value(loss: Loss, logits: Tensor, target: Tensor, options?: PoolCallOptions): Promise<number>;
  async value(loss: Loss, ...call: CallArguments): Promise<number> {
    return (await this.#evaluate(loss, ...call)).value;
  }

  /** As `loss.evaluate`, on the pool. */
  async evaluate(
    loss: Loss,
    logits: readonly Tensor[],
    target: Tensor,
    options?: PoolLevelsOptions,
  ): Promise<LossValue>;
  async evaluate(loss: Loss, logits: Tensor, target: Tensor, options?: PoolCallOptions): Promise<LossValue>;
  async evaluate(loss: Loss, ...call: CallArguments): Promise<LossValue> {
    return this.#evaluate(loss, ...call);
  }

  /** As `loss.valueAndGrad`, on the pool. */
  async valueAndGrad(
    loss: Loss,
    logits: readonly Tensor[],
    target: Tensor,
    options?: PoolLevelsOptions,
  ): Promise<LevelGradients>;
  async valueAndGrad(
    loss: Loss,
    logits: Tensor,
    target: Tensor,
    options?: PoolCallOptions,
  ): Promise<LossGradient>;
  async valueAndGrad(
    loss: Loss,
    ...[logits, target, options = {}]: CallArguments
  ): Promise<LossGradient | LevelGradients> {
    const { signal, ...extra } = options;
    if (!isLevels(logits)) return this.#gradient(loss, logits, target, extra as LossExtra, signal);
    const levels = levelsOf(loss, logits, target, extra as LevelsExtra);
    const results: LossGradient[] = [];
    for (const level of levels) {
      results.push(await this.#gradient(level.loss, level.logits, level.target, level.extra, signal));
    }
    return joinLevelGradients(results);
  }

  /** Waits for the calls made so far, then ends the threads; calls made later throw `POOL_CLOSED`. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#turn;
    await this.#context.serving.stop();
    await this.#pool.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #evaluate(loss: Loss, ...[logits, target, options = {}]: CallArguments): Promise<LossValue> {
    const { signal, ...extra } = options;
    const evaluate = (loss: Loss, logits: Tensor, target: Tensor, extra: LossExtra) =>
      this.#inTurn(loss, openCall(loss.plan, logits, target, false, extra), signal);
    if (!isLevels(logits)) return evaluate(loss, logits, target, extra as LossExtra);
    const levels = levelsOf(loss, logits, target, extra as LevelsExtra);
    const results: LossValue[] = [];
    for (const level of levels) {
      results.push(await evaluate(level.loss, level.logits, level.target, level.extra));
    }
    return joinLevelValues(results);
  }

  async #gradient(
    loss: Loss,
    logits: Tensor,
    target: Tensor,
    extra: LossExtra,
    signal: AbortSignal | undefined,
  ): Promise<LossGradient> {
    const call = openCall(loss.plan, logits, target, true, extra);
    return withGrad(await this.#inTurn(loss, call, signal), call);
  }

  #inTurn(loss: Loss, call: LossCall, signal: AbortSignal | undefined): Promise<LossValue> {
    if (this.#closed) throw poolClosed(this.threads);
    const result = this.#turn.then(() => this.#run(loss, call, signal));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #run(loss: Loss, call: LossCall, signal: AbortSignal | undefined): Promise<LossValue> {
    if (signal?.aborted) throw cancelled(0);
    const { images, classes, pixels } = call.problem;
    const pieces = cutPieces(images, classes, pixels);
    const isShared = pieces.length > INLINE_PIECES || (this.threads > 1 && hasSharedUnits(call));
    if (!isShared || images * classes * pixels < this.#inlineLogits) {
      return runInline(call);
    }
    const run = new LossRun(this.#pool, this.#context, loss, call, signal);
    return closeCall(call, await run.maps(pieces));
  }
}
