/**
 * Numbers over SharedArrayBuffers that a pool uses in one call after the other. Threads hold on to buffers that they have
 * been sent until they collect garbage, which idle ones do not: fresh ones for each call would pile up.
 *
 * @module
 */

export class KeptDoubles {
  readonly #buffers = new Map<string, SharedArrayBuffer>();

  /** So many numbers, over whatever an earlier use of the name has left there. */
  take(name: string, length: number): Float64Array<SharedArrayBuffer> {
    let buffer = this.#buffers.get(name);
    if (buffer === undefined || buffer.byteLength < length * 8) {
      buffer = atLeast(length * 8, 2 * (buffer?.byteLength ?? 0));
      this.#buffers.set(name, buffer);
    }
    return new Float64Array(buffer, 0, length);
  }
}

/** A buffer that at least doubles where there is address space for it: pages that nobody writes to take no memory. */
function atLeast(bytes: number, doubled: number): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(Math.max(bytes, doubled));
  } catch (error) {
    if (doubled <= bytes) throw error;
    return new SharedArrayBuffer(bytes);
  }
}
