/**
 * What serving threads wait on between maps: a number that moves with every map and when they are to stop.
 *
 * A thread that waits holds its task, and the task the process, so it gives up after a while and is asked again when
 * there is work: an idle pool neither burns time nor keeps a process alive.
 *
 * @module
 */

const ROUND = 0;
const STOPPING = 1;

/** Milliseconds that a thread looks for the next map before it waits: the two maps of a call follow one another. */
const SPIN = 0.2;

/** Milliseconds without a map after which a thread serves no more: about as long as a process outlives its last call. */
const LINGER = 100;

export function makeRounds(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(8));
}

/** Wakes all threads that serve. */
export function nextRound(rounds: Int32Array): void {
  Atomics.add(rounds, ROUND, 1);
  Atomics.notify(rounds, ROUND);
}

/** Tells the threads that serve to stop, or lets those asked from now on serve. */
export function setStopping(rounds: Int32Array, stopping: boolean): void {
  Atomics.store(rounds, STOPPING, stopping ? 1 : 0);
  if (stopping) nextRound(rounds);
}

/**
 * Calls `work` once per round, first at once; it says whether there was any. Returns when told to stop, or without work
 * for a while. Blocks its thread.
 */
export function serveRounds(rounds: Int32Array, work: () => boolean): void {
  let workedAt = performance.now();
  for (;;) {
    const round = Atomics.load(rounds, ROUND);
    if (work()) {
      workedAt = performance.now();
      while (Atomics.load(rounds, ROUND) === round && performance.now() < workedAt + SPIN);
    }
    if (Atomics.load(rounds, STOPPING) === 1) return;
    const left = workedAt + LINGER - performance.now();
    if (left <= 0 || Atomics.wait(rounds, ROUND, round, left) === "timed-out") return;
  }
}
