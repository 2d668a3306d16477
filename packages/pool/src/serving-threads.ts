/**
 * The threads of a pool that help with maps: each runs one long task, and reads a map from a port of its own whenever
 * it is woken.
 *
 * @module
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { FailureMessage, LossJob, LossJobResult, MapMessage } from "./loss-job.ts";
import type { OrderedPool } from "./ordered-pool.ts";
import { makeRounds, nextRound, setStopping } from "./rounds.ts";

interface Serving {
  readonly port: MessagePort;
  readonly ended: Promise<void>;
}

/** The map that threads help with now. */
interface Current {
  readonly message: MapMessage;
  threads: number;
  /** Called when a thread has died. */
  readonly onDeath: () => void;
}

export class ServingThreads {
  readonly #pool: OrderedPool<LossJob, LossJobResult>;
  readonly #rounds = makeRounds();
  readonly #serving: (Serving | undefined)[] = [];
  #current: Current | undefined;
  #failures: FailureMessage[] = [];
  #death: { readonly error: unknown } | undefined;

  constructor(pool: OrderedPool<LossJob, LossJobResult>) {
    this.#pool = pool;
  }

  /** Wakes so many threads, which will be asked to help soon. */
  warm(threads: number): void {
    for (let i = 0; i < threads; i++) this.#serving[i] ??= this.#start(i);
  }

  /** Asks so many threads to help with a map, or so many more. */
  call(message: MapMessage, threads: number, onDeath: () => void): void {
    const before = this.#current?.message === message ? this.#current.threads : 0;
    this.#current = { message, threads, onDeath };
    for (let i = before; i < threads; i++) this.#post(i, message);
    nextRound(this.#rounds);
  }

  /** The map is over: nobody is asked to help with it any more. */
  dismiss(): void {
    this.#current = undefined;
    if (this.failures().length > 0) this.#failures = [];
  }

  /** The failures reported so far of pieces of the current map. */
  failures(): readonly FailureMessage[] {
    for (const serving of this.#serving) if (serving) this.#readFailures(serving.port);
    return this.#failures;
  }

  /** What a thread died of since this was last asked. */
  takeDeath(): { readonly error: unknown } | undefined {
    const death = this.#death;
    this.#death = undefined;
    return death;
  }

  /** Resolves once no thread serves. */
  async stop(): Promise<void> {
    this.#current = undefined;
    setStopping(this.#rounds, true);
    await Promise.all(this.#serving.map((serving) => serving?.ended));
    setStopping(this.#rounds, false);
  }

  #post(i: number, message: MapMessage): void {
    this.#serving[i] ??= this.#start(i);
    this.#serving[i].port.postMessage(message);
  }

  #start(i: number): Serving {
    const { port1: port, port2 } = new MessageChannel();
    const task = this.#pool.runAlone({ serve: { port: port2, rounds: this.#rounds } }, [port2]);
    const ended = task.then(
      () => this.#end(i, port),
      (error: unknown) => {
        this.#death = { error };
        this.#end(i, port);
      },
    );
    return { port, ended };
  }

  #end(i: number, port: MessagePort): void {
    this.#readFailures(port);
    port.close();
    this.#serving[i] = undefined;
    const current = this.#current;
    if (current === undefined) return;
    if (this.#death) current.onDeath();
    // It had given up waiting just before the map was posted.
    else if (i < current.threads) this.#post(i, current.message);
  }

  #readFailures(port: MessagePort): void {
    for (;;) {
      const received = receiveMessageOnPort(port);
      if (received === undefined) return;
      this.#failures.push(received.message as FailureMessage);
    }
  }
}
