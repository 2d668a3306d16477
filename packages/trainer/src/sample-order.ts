/** The order of samples in an epoch. @module */

/**
 * A permutation of `0 .. count - 1` that depends on seed and epoch alone, so that any epoch can be made again without
 * the ones before it.
 */
export function sampleOrder(count: number, seed: number, epoch: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  let state = mix(mix(seed) ^ epoch);
  for (let i = count - 1; i > 0; i--) {
    state = mix(state + 0x9e3779b9);
    const j = state % (i + 1);
    const held = order[i] as number;
    order[i] = order[j] as number;
    order[j] = held;
  }
  return order;
}

/** A 32-bit finalizer: every input bit reaches every output bit (the constants of MurmurHash3). */
function mix(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
