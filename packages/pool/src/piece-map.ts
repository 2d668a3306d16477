/**
 * One map over the pieces of a call. The calling thread computes pieces too and never waits for a thread that has not
 * taken one; where the pieces take long it leaves them to the threads, so that its event loop keeps turning.
 *
 * @module
 */
import { type LossEngine, type PieceView, PixelgradError } from "@pixelgrad/core";
import { Board } from "./board.ts";
import type { EventLoop } from "./event-loop.ts";
import type { KeptDoubles } from "./kept-doubles.ts";
import type { MapMessage } from "./loss-job.ts";
import { type MapSpec, shareMap } from "./map-message.ts";
import { cancelled } from "./ordered-pool.ts";
import type { ServingThreads } from "./serving-threads.ts";
import type { Staging, StagingMemory } from "./staging.ts";

/** Milliseconds: a piece that takes longer on the calling thread is its last of the call. */
const LONG_PIECE = 16;

/** Milliseconds that a map which reads no logits runs here before threads are asked to help: by then most are over. */
const ALONE = 0.5;

/** Slots per thread: one it works on, one that is ready, so that it never waits for a copy. */
const SLOTS_PER_THREAD = 2;

/** What the maps of all calls of a pool share. */
export interface MapContext {
  readonly threads: number;
  readonly engine: LossEngine;
  readonly serving: ServingThreads;
  readonly staging: StagingMemory;
  /** For fields that the engine has no room for, and for the targets of units. */
  readonly kept: KeptDoubles;
  readonly eventLoop: EventLoop;
}

export class PieceMap {
  readonly #context: MapContext;
  readonly #spec: MapSpec;
  readonly #board: Board;
  /** Pieces `[0, #end)` are for everybody once ready; the calling thread takes the others, which need no slot. */
  #end: number;
  #retrieved = 0;
  #staging: Staging | undefined;
  #message: MapMessage | undefined;
  /** Slots in use: no more than threads need, as other pieces need none. */
  #slots = 0;
  /** Pieces that were ready, and that the calling thread took. */
  readonly #here = new Set<number>();
  #failure: { readonly piece: number; readonly error: unknown } | undefined;
  #died = false;
  #leaveToThreads: boolean;

  constructor(context: MapContext, spec: MapSpec) {
    const { plan } = spec.call;
    this.#context = context;
    this.#spec = spec;
    this.#board = Board.make(spec.pieces.length, spec.coefficients ? plan.secondLength : plan.firstLength);
    this.#end = spec.pieces.length;
    this.#leaveToThreads = spec.leaveToThreads;
  }

  /** Whether pieces took long. */
  get hasLongPieces(): boolean {
    return this.#leaveToThreads;
  }

  /** The sums of a piece, once the map has run. */
  sumsOf(piece: number): Float64Array {
    return this.#board.sumsOf(piece);
  }

  /** @throws the error of the first piece, in order, that failed; PixelgradError `CANCELLED`; what a thread died of. */
  async run(): Promise<void> {
    const { signal } = this.#spec;
    const wake = () => this.#board.wake();
    signal?.addEventListener("abort", wake);
    try {
      await this.#runAll();
    } finally {
      signal?.removeEventListener("abort", wake);
      await this.#settle();
      this.#context.serving.dismiss();
    }
  }

  async #runAll(): Promise<void> {
    const { eventLoop, serving } = this.#context;
    // They take a while to wake up.
    serving.warm(this.#helpers);
    const isQuick = !this.#readsLogits && !this.#leaveToThreads;
    const askAt = isQuick ? performance.now() + ALONE : 0;
    for (;;) {
      if (this.#message === undefined && performance.now() >= askAt) this.#callThreads();
      const { changes } = this.#board;
      this.#throwDeath();
      if (this.#spec.signal?.aborted) throw cancelled(this.#finished());
      this.#moveSlots();
      const piece = this.#leaveToThreads ? undefined : this.#take();
      if (piece !== undefined) {
        this.#compute(piece);
        if (eventLoop.isDue) await eventLoop.turn();
      } else if (this.#isComplete()) {
        return this.#throwFailure();
      } else {
        await this.#board.change(changes);
      }
    }
  }

  /** Every thread that took a piece ends it before the call ends. */
  async #settle(): Promise<void> {
    const { serving } = this.#context;
    const claimed = this.#board.seal();
    for (;;) {
      const { changes } = this.#board;
      if (this.#board.finished >= claimed) return;
      // The dead will not end theirs; that the others have is known once none serves.
      this.#died ||= serving.takeDeath() !== undefined;
      if (this.#died) return serving.stop();
      await this.#board.change(changes);
    }
  }

  #throwDeath(): void {
    const death = this.#context.serving.takeDeath();
    if (death === undefined) return;
    this.#died = true;
    throw death.error;
  }

  #finished(): number {
    return this.#board.finished + this.#spec.pieces.length - this.#end;
  }

  /** Threads that there are pieces for, besides those of the calling thread. */
  get #helpers(): number {
    const here = this.#leaveToThreads ? 0 : 1;
    return Math.max(0, Math.min(this.#context.threads, this.#end) - here);
  }

  /** Asks threads for help. */
  #callThreads(): void {
    const helpers = this.#helpers;
    if (helpers === 0) return;
    this.#message ??= this.#share();
    this.#slots = SLOTS_PER_THREAD * helpers;
    this.#context.serving.call(this.#message, helpers, () => this.#board.wake());
  }

  /** What threads are told; arrays that are shared whole are ready at once. */
  #share(): MapMessage {
    const { engine, staging, threads } = this.#context;
    const shared = shareMap(this.#spec, this.#board, engine, staging, SLOTS_PER_THREAD * threads);
    this.#staging = shared.staging;
    if (this.#staging === undefined) this.#board.publish(this.#end, true);
    return shared.message;
  }

  /** Takes back what threads have written to slots, and fills those that are free. */
  #moveSlots(): void {
    const board = this.#board;
    const staging = this.#staging;
    let { ready } = board;
    // Pieces after one that failed need not run.
    this.#end = Math.min(this.#end, Math.max(board.failed, ready));
    if (staging === undefined) return;
    for (; this.#retrieved < ready && board.isDone(this.#retrieved); this.#retrieved++) {
      if (this.#here.has(this.#retrieved)) continue;
      staging.copyOut(this.#view(this.#retrieved), this.#retrieved);
    }
    const full = Math.min(this.#end, this.#retrieved + this.#slots);
    while (ready < full) {
      staging.copyIn(this.#view(ready), ready, this.#readsLogits);
      ready++;
      board.publish(ready, ready === this.#end);
    }
    if (ready === this.#end && !board.isComplete) board.publish(ready, true);
  }

  get #readsLogits(): boolean {
    const { call, coefficients } = this.#spec;
    return coefficients !== undefined || call.plan.firstReadsLogits;
  }

  /** A piece for the calling thread: the last of those that are not ready, as it needs no slot, else the next. */
  #take(): number | undefined {
    const { ready } = this.#board;
    if (ready < this.#end) return --this.#end;
    const piece = this.#board.claim();
    if (piece !== undefined) this.#here.add(piece);
    return piece;
  }

  #isComplete(): boolean {
    const { ready, finished, hasFailed } = this.#board;
    if (ready < this.#end || finished < ready) return false;
    return this.#staging === undefined || hasFailed || this.#retrieved === ready;
  }

  /** Runs a piece here, on the caller's own arrays. */
  #compute(piece: number): void {
    const board = this.#board;
    if (piece <= board.failed) {
      const begin = performance.now();
      try {
        board.sumsOf(piece).set(this.#sumsHere(this.#view(piece)));
        board.done(piece);
      } catch (error) {
        board.fail(piece);
        if (board.failed === piece) this.#failure = { piece, error };
      }
      const milliseconds = performance.now() - begin;
      this.#context.eventLoop.spend(milliseconds);
      if (milliseconds > LONG_PIECE) this.#leave();
    }
    if (this.#here.has(piece)) board.finish();
  }

  #view(piece: number): PieceView {
    return this.#spec.view(this.#spec.pieces[piece]!);
  }

  #sumsHere(view: PieceView): Float64Array {
    const { call, coefficients } = this.#spec;
    const { engine } = this.#context;
    return coefficients
      ? engine.second(call.plan, view, coefficients[view.origin.image]!)
      : engine.first(call.plan, view);
  }

  /** Leaves the other pieces to all threads of the pool. */
  #leave(): void {
    this.#leaveToThreads = true;
    this.#callThreads();
  }

  #throwFailure(): void {
    if (!this.#board.hasFailed) return;
    const { failed } = this.#board;
    if (this.#failure?.piece === failed) throw this.#failure.error;
    const reported = this.#context.serving.failures().find(({ piece }) => piece === failed);
    if (reported === undefined) throw new Error(`unreachable: piece ${failed} failed without an error`);
    throw "bug" in reported.error ? reported.error.bug : PixelgradError.decode(reported.error.expected);
  }
}
