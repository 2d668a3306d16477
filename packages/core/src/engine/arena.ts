/**
 * Space in one shared WebAssembly memory. Threads take pages from it without locks: the number of the next free
 * page is an int32 in the memory itself, moved by Atomics. Nothing is given back before the memory is.
 *
 * @module
 */

const PAGE = 65_536;
/** Pages an instance of the module is built for: 4 GiB. */
const MAXIMUM_PAGES = 65_536;
const INITIAL_PAGES = 16;
/** Past the module's own data, which ends below 2 KiB: test/memory.test.ts holds it there. */
const HEADER = 4096;

export class Arena {
  readonly memory: WebAssembly.Memory;
  readonly #buffers = new WeakSet<ArrayBufferLike>();
  #bytes: Uint8Array<ArrayBufferLike>;

  /** An arena of its own, or the one that another thread made over `memory`. */
  constructor(memory?: WebAssembly.Memory) {
    this.memory =
      memory ?? new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES, shared: true });
    this.#bytes = new Uint8Array(this.memory.buffer);
    this.#buffers.add(this.memory.buffer);
    Atomics.compareExchange(this.#nextPage(), 0, 0, 1);
  }

  /** The address of `bytes` fresh bytes, a multiple of 64 KiB; vector loads may run a little past their end. */
  allocate(bytes: number): number {
    const pages = Math.ceil((bytes + 64) / PAGE);
    const page = Atomics.add(this.#nextPage(), 0, pages);
    const missing = page + pages - this.memory.buffer.byteLength / PAGE;
    // Another thread may grow at the same time; growing by what this one misses is then more than enough.
    if (missing > 0) this.memory.grow(missing);
    return page * PAGE;
  }

  /** The memory as bytes, looked at anew because it may have grown. */
  get bytes(): Uint8Array<ArrayBufferLike> {
    if (this.#bytes.byteLength !== this.memory.buffer.byteLength) {
      this.#bytes = new Uint8Array(this.memory.buffer);
      this.#buffers.add(this.memory.buffer);
    }
    return this.#bytes;
  }

  floats(address: number, length: number): Float32Array<ArrayBufferLike> {
    return new Float32Array(this.bytes.buffer, address, length);
  }

  ints(address: number, length: number): Int32Array<ArrayBufferLike> {
    return new Int32Array(this.bytes.buffer, address, length);
  }

  doubles(address: number, length: number): Float64Array<ArrayBufferLike> {
    return new Float64Array(this.bytes.buffer, address, length);
  }

  /** Whether an array lives in this memory: its `byteOffset` is then an address. */
  holds(array: ArrayBufferView): boolean {
    return this.#buffers.has(array.buffer);
  }

  #nextPage(): Int32Array<ArrayBufferLike> {
    return new Int32Array(this.memory.buffer, HEADER, 1);
  }
}
