/**
 * The arrays of a piece as rows in the engine's memory: where they are when they lie there already, else in copies
 * that are made for a whole piece at once.
 *
 * @module
 */
import type { TypedArray } from "../tensor.ts";
import type { Area, Arena } from "./arena.ts";
import { elementTypeOf } from "./element-type.ts";
import type { Kernels } from "./kernels.ts";
import type { Floats, Rows } from "./piece-view.ts";

/** Rows of float32 of which each may be read and written up to a multiple of {@link LANES}. */
export interface Place {
  readonly address: number;
  /** Elements between two rows. */
  readonly stride: number;
  readonly inPlace: boolean;
}

/** Targets of any type; element `i` of row `c` is at `c * stride + i * step`. */
export interface TargetPlace {
  readonly address: number;
  readonly stride: number;
  readonly step: number;
  readonly type: number;
  readonly bytesPerElement: number;
}

/** Pixels that the kernels take at once: tiles are padded to a multiple of it. */
export const LANES = 8;

type AreaName =
  | "logits"
  | "grad"
  | "elements"
  | "target"
  | "weights"
  | "upstream"
  | "teacher"
  | "pixels"
  | `field ${number}`;

export class Staging {
  readonly #arena: Arena;
  readonly #kernels: Kernels;
  readonly #areas = new Map<AreaName, Area>();

  constructor(arena: Arena, kernels: Kernels) {
    this.#arena = arena;
    this.#kernels = kernels;
  }

  /** Whether kernels may use the rows where they are: a copy has room for a last vector that is not whole. */
  holds({ data, step }: Rows<Floats>, count: number): boolean {
    return step === 1 && count % LANES === 0 && data instanceof Float32Array && this.#arena.holds(data);
  }

  /** The rows where they are. */
  inPlace({ data, offset, stride }: Rows<Floats>): Place {
    return { address: data.byteOffset + offset * 4, stride, inPlace: true };
  }

  /** Rows to be read. */
  load(rows: Rows<Floats>, count: number): Place {
    if (this.holds(rows, count)) return this.inPlace(rows);
    const copy = this.room("logits", rows.channels, count);
    const { data, channels, offset, stride, step } = rows;
    if (step === 1) {
      for (let c = 0; c < channels; c++) {
        const at = offset + c * stride;
        this.#row(copy, c, count).set(data.subarray(at, at + count));
      }
    } else {
      const from = this.#pixels(rows, count);
      if (!this.#arena.holds(data)) {
        this.#arena.floats(from, channels * count).set(data.subarray(offset, offset + channels * count));
      }
      this.#kernels.rowsOfPixels(from, copy.address, copy.stride, channels, count);
    }
    const padded = paddedCount(count);
    for (let c = 0; c < channels && padded > count; c++) this.#row(copy, c, padded).fill(0, count);
    return copy;
  }

  /** Rows to be written, then handed to {@link store}. */
  open(area: "grad" | "elements", rows: Rows<Floats>, count: number): Place {
    return this.holds(rows, count) ? this.inPlace(rows) : this.room(area, rows.channels, count);
  }

  /** Rows of the engine's own. */
  room(area: AreaName, channels: number, count: number): Place {
    // An odd number of cache lines, so that neighbours in a column fall in different sets.
    const stride = ((count + 15) & ~15) | 16;
    return { address: this.#take(area, channels * stride * 4), stride, inPlace: false };
  }

  /** Copies rows from a place of their own to where they belong. */
  store(place: Place, { data, channels, offset, stride, step }: Rows<Floats>, count: number): void {
    if (place.inPlace) return;
    if (step === 1) {
      for (let c = 0; c < channels; c++) data.set(this.#row(place, c, count), offset + c * stride);
      return;
    }
    const to = this.#pixels({ data, channels, offset, stride, step }, count);
    this.#kernels.pixelsOfRows(place.address, place.stride, to, channels, count);
    if (!this.#arena.holds(data)) data.set(this.#arena.floats(to, channels * count), offset);
  }

  /** The field of term `i`, whose rows are float64; `stride` counts those. */
  openField(i: number, rows: Rows<Float64Array>, count: number): Place {
    const { data, offset, stride: apart, channels } = rows;
    if (this.#holdsField(rows, count))
      return { address: data.byteOffset + offset * 8, stride: apart, inPlace: true };
    // An odd number of cache lines.
    const stride = ((count + 7) & ~7) | 8;
    return { address: this.#take(`field ${i}`, channels * stride * 8), stride, inPlace: false };
  }

  loadField(i: number, rows: Rows<Float64Array>, count: number): Place {
    const place = this.openField(i, rows, count);
    if (place.inPlace) return place;
    for (let row = 0; row < rows.channels; row++) {
      const at = rows.offset + row * rows.stride;
      this.#arena
        .doubles(place.address + row * place.stride * 8, count)
        .set(rows.data.subarray(at, at + count));
    }
    return place;
  }

  storeField({ address, stride: apart, inPlace }: Place, rows: Rows<Float64Array>, count: number): void {
    if (inPlace) return;
    const { data, channels, offset, stride } = rows;
    for (let row = 0; row < channels; row++) {
      data.set(this.#arena.doubles(address + row * apart * 8, count), offset + row * stride);
    }
  }

  /** Targets, or what else comes in arrays of any type, as they are or byte by byte. */
  loadTarget(
    { data, channels, offset, stride, step }: Rows,
    count: number,
    area: "target" | "weights" | "upstream" | "teacher" = "target",
  ): TargetPlace {
    const type = elementTypeOf(data);
    const bytesPerElement = data.BYTES_PER_ELEMENT;
    if (this.#arena.holds(data)) {
      const address = data.byteOffset + offset * bytesPerElement;
      return { address, stride, step, type, bytesPerElement };
    }
    const address = this.#take(area, channels * count * bytesPerElement);
    const bytes = this.#arena.bytes;
    const copy = (at: number, length: number, to: number) =>
      bytes.set(bytesOf(data, at, length), address + to * bytesPerElement);
    if (step === 1) for (let c = 0; c < channels; c++) copy(offset + c * stride, count, c * count);
    else copy(offset, channels * count, 0);
    return { address, stride: step === 1 ? count : 1, step, type, bytesPerElement };
  }

  /** As {@link holds}. */
  #holdsField({ data }: Rows<Float64Array>, count: number): boolean {
    return count % LANES === 0 && this.#arena.holds(data);
  }

  #row({ address, stride }: Place, c: number, count: number): Float32Array {
    return this.#arena.floats(address + c * stride * 4, count);
  }

  /** Where channels-last pixels are, or pass through. */
  #pixels({ data, channels, offset }: Rows<Floats>, count: number): number {
    return this.#arena.holds(data)
      ? data.byteOffset + offset * 4
      : this.#take("pixels", channels * count * 4);
  }

  #take(area: AreaName, bytes: number): number {
    const taken = this.#arena.fit(this.#areas.get(area), bytes);
    this.#areas.set(area, taken);
    return taken.address;
  }
}

export function paddedCount(count: number): number {
  return Math.ceil(count / LANES) * LANES;
}

function bytesOf({ buffer, byteOffset, BYTES_PER_ELEMENT: bytes }: TypedArray, at: number, length: number) {
  return new Uint8Array(buffer, byteOffset + at * bytes, length * bytes);
}
