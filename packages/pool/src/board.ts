/**
 * The board of one map, in memory that all its threads see: which piece is next, which are ready to be taken, how each
 * ended, and the sums of each in a place of its own. A piece is claimed by moving one number with Atomics; nothing is
 * locked, and no message is sent.
 *
 * @module
 */

/** The next piece to claim; `SEALED` or more once none may be claimed any more. */
const NEXT = 0;
/** Pieces `[0, READY)` may be claimed. */
const READY = 1;
/** 1 once `READY` grows no more. */
const COMPLETE = 2;
/** The first piece, in order, that failed; the number of pieces while none has. */
const FAILED = 3;
/** Claimed pieces that have ended, whichever way. */
const FINISHED = 4;
/** Moves when there may be something to claim, or nothing ever again: what helping threads wait on. */
const NEWS = 5;
/** Moves when a piece has ended: what the calling thread waits on. */
const CHANGES = 6;
/** What the board was made with. */
const COUNT = 7;
const LENGTH = 8;
const HEADER = 10;

const SEALED = 2 ** 30;
const DONE = 1;

/** Milliseconds that the calling thread looks for a change before it waits for one, which costs as much or more. */
const SPIN = 0.05;

export class Board {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;

  /** The board that another thread made in `buffer`. */
  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
  }

  /** A board of `count` pieces with `length` sums each; none is ready. */
  static make(count: number, length: number): Board {
    const buffer = new SharedArrayBuffer(sumsAt(count) + count * length * 8);
    const words = new Int32Array(buffer, 0, HEADER);
    words[COUNT] = words[FAILED] = count;
    words[LENGTH] = length;
    return new Board(buffer);
  }

  /** The next piece that is ready, which is then the caller's to end; undefined when there is none now. */
  claim(): number | undefined {
    for (;;) {
      const next = Atomics.load(this.#words, NEXT);
      if (next >= Atomics.load(this.#words, READY)) return undefined;
      if (Atomics.compareExchange(this.#words, NEXT, next, next + 1) === next) return next;
    }
  }

  /** As `claim`, but waits for pieces to get ready; undefined when there will be none. Blocks its thread. */
  claimOrWait(): number | undefined {
    for (;;) {
      const news = Atomics.load(this.#words, NEWS);
      const piece = this.claim();
      if (piece !== undefined) return piece;
      if (this.isComplete) return this.claim();
      Atomics.wait(this.#words, NEWS, news);
    }
  }

  /** Makes pieces `[0, ready)` claimable; `complete` once there will be no more. */
  publish(ready: number, complete: boolean): void {
    Atomics.store(this.#words, READY, ready);
    if (complete) Atomics.store(this.#words, COMPLETE, 1);
    this.#move(NEWS);
  }

  /** Ends all claiming; how many pieces had been claimed. */
  seal(): number {
    const claimed = Atomics.exchange(this.#words, NEXT, SEALED);
    this.publish(this.ready, true);
    return claimed;
  }

  get ready(): number {
    return Atomics.load(this.#words, READY);
  }

  /** Whether all pieces are ready that ever will be. */
  get isComplete(): boolean {
    return Atomics.load(this.#words, COMPLETE) === 1;
  }

  /** The first piece, in order, that failed so far, or `count`: later ones need not run, earlier ones must. */
  get failed(): number {
    return Atomics.load(this.#words, FAILED);
  }

  get hasFailed(): boolean {
    return this.failed < this.#words[COUNT]!;
  }

  /** How many claimed pieces have ended. */
  get finished(): number {
    return Atomics.load(this.#words, FINISHED);
  }

  isDone(piece: number): boolean {
    return Atomics.load(this.#words, HEADER + piece) === DONE;
  }

  /** Where the sums of a piece go. */
  sumsOf(piece: number): Float64Array {
    const length = this.#words[LENGTH]!;
    return new Float64Array(this.buffer, sumsAt(this.#words[COUNT]!) + piece * length * 8, length);
  }

  /** Marks a piece that succeeded. */
  done(piece: number): void {
    Atomics.store(this.#words, HEADER + piece, DONE);
  }

  /** Marks a piece that failed. */
  fail(piece: number): void {
    for (;;) {
      const failed = this.failed;
      if (failed <= piece || Atomics.compareExchange(this.#words, FAILED, failed, piece) === failed) return;
    }
  }

  /** Counts a claimed piece as ended: after this its thread touches none of its arrays. */
  finish(): void {
    Atomics.add(this.#words, FINISHED, 1);
    this.wake();
  }

  /** What `change` compares with: read it before what is waited for. */
  get changes(): number {
    return Atomics.load(this.#words, CHANGES);
  }

  /** Wakes the calling thread. */
  wake(): void {
    this.#move(CHANGES);
  }

  /** Resolves once `changes` is no longer what it was; the event loop turns unless that happens very soon. */
  async change(seen: number): Promise<void> {
    for (const end = performance.now() + SPIN; performance.now() < end; ) {
      if (this.changes !== seen) return;
    }
    const { async, value } = Atomics.waitAsync(this.#words, CHANGES, seen);
    if (async) await value;
  }

  #move(word: number): void {
    Atomics.add(this.#words, word, 1);
    Atomics.notify(this.#words, word);
  }
}

/** Where the sums begin, in bytes: at a multiple of 8. */
function sumsAt(count: number): number {
  return (HEADER + count + (count % 2)) * 4;
}
