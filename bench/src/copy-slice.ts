/** One thread's part of a copy from one half of a shared memory to the other. @module */

/** Words of the control array: whose change starts a turn, how many are done, on how many threads the turn runs. */
export const TURN = 0;
export const DONE = 1;
export const THREADS = 2;

export interface CopyWork {
  readonly memory: WebAssembly.Memory;
  readonly control: SharedArrayBuffer;
  /** Bytes of a half, a multiple of 4096. */
  readonly half: number;
  /** 0 is the calling thread. */
  readonly index: number;
}

/** @returns whether the thread takes part in this turn. */
export function copySlice({ memory, control, half, index }: CopyWork): boolean {
  const threads = Atomics.load(new Int32Array(control), THREADS);
  if (index >= threads) return false;
  const pages = half / 4096;
  const [from, to] = [index, index + 1].map((i) => Math.floor((i * pages) / threads) * 4096);
  new Uint8Array(memory.buffer).copyWithin(half + from!, from!, to!);
  return true;
}
