/**
 * Space in one shared WebAssembly memory. Threads take pages from it without locks: the number of the next free
 * page is an int32 in the memory itself, moved by Atomics. Nothing is given back before the memory is.
 *
 * @module
 */
import { PixelgradError } from "../errors.ts";

const PAGE = 65_536;
/** Pages an instance of the module is built for: 4 GiB. */
const MAXIMUM_PAGES = 65_536;
const INITIAL_PAGES = 16;
/** Pages that what a caller keeps leaves to the scratch of calls: 256 MiB. */
const SPARE_PAGES = 4096;
/** Past the module's own data, which ends below 2 KiB: test/memory.test.ts holds it there. */
const HEADER = 4096;
/** Bytes behind each area that vector loads may touch. */
const SLACK = 64;

/** An area that may be asked to be larger. */
export interface Area {
  readonly address: number;
  readonly bytes: number;
}

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

  /**
   * The address of `bytes` fresh bytes, a multiple of 64 KiB; vector loads may run a little past their end.
   * @throws PixelgradError `MEMORY_EXHAUSTED`; nothing is taken then.
   */
  allocate(bytes: number): number {
    const address = this.#take(bytes, MAXIMUM_PAGES);
    if (address !== undefined) return address;
    const left = this.#leftOf(MAXIMUM_PAGES);
    throw new PixelgradError(
      "MEMORY_EXHAUSTED",
      `A call needs ${bytes} bytes more of the engine's memory, of whose 4 GiB ${left} are left: make a new pool, with ` +
        "fewer tensors in it, as ordinary and shared arrays are streamed.",
      { asked: bytes, left },
    );
  }

  /** As {@link allocate}, for what is kept: undefined where it would not leave the calls enough. */
  allocateToKeep(bytes: number): number | undefined {
    return this.#take(bytes, MAXIMUM_PAGES - SPARE_PAGES);
  }

  /** Bytes that {@link allocateToKeep} can still give. */
  get left(): number {
    return this.#leftOf(MAXIMUM_PAGES - SPARE_PAGES);
  }

  /** `area`, or another where that has less than `bytes`; what it held is then given up. */
  fit(area: Area | undefined, bytes: number): Area {
    if (area !== undefined && area.bytes >= bytes) return area;
    const grown = grownSize(area, bytes);
    return { address: this.allocate(grown), bytes: grown };
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

  #take(bytes: number, maximumPages: number): number | undefined {
    const nextPage = this.#nextPage();
    const pages = Math.ceil((bytes + SLACK) / PAGE);
    for (;;) {
      const page = Atomics.load(nextPage, 0);
      if (page + pages > maximumPages) return undefined;
      if (Atomics.compareExchange(nextPage, 0, page, page + pages) !== page) continue;
      this.#growTo(page + pages);
      return page * PAGE;
    }
  }

  /** Makes the memory at least so many pages long; other threads may do so at the same time. */
  #growTo(pages: number): void {
    let missing = pages - this.memory.buffer.byteLength / PAGE;
    while (missing > 0) {
      try {
        this.memory.grow(missing);
        return;
      } catch (error) {
        // What others have grown it by meanwhile may have left less than this to the maximum; 0 makes it known here.
        const still = pages - this.memory.grow(0);
        if (still === missing) throw error;
        missing = still;
      }
    }
  }

  #leftOf(maximumPages: number): number {
    const pages = maximumPages - Atomics.load(this.#nextPage(), 0);
    return Math.max(0, pages * PAGE - SLACK);
  }

  #nextPage(): Int32Array<ArrayBufferLike> {
    return new Int32Array(this.memory.buffer, HEADER, 1);
  }
}

/**
 * The bytes of an area that has to grow. Nothing is given back, so that it at least doubles, but to no more than `most`:
 * what it leaves behind is then never more than it has.
 */
export function grownSize(
  area: Area | undefined,
  bytes: number,
  most: number = Number.POSITIVE_INFINITY,
): number {
  return Math.max(bytes, Math.min(most, 2 * (area?.bytes ?? 0)));
}
