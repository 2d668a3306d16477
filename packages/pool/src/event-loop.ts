/**
 * Lets the event loop of the calling thread turn between pieces, so that timers, sockets and `AbortSignal`s get their
 * turn however long a call is.
 *
 * @module
 */

/** Milliseconds of computing after which the event loop is due. */
const TURN = 4;

export class EventLoop {
  #spent = 0;

  /** Counts milliseconds that the event loop stood still for. */
  spend(milliseconds: number): void {
    this.#spent += milliseconds;
  }

  get isDue(): boolean {
    return this.#spent > TURN;
  }

  /** Resolves after one turn. */
  async turn(): Promise<void> {
    this.#spent = 0;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
