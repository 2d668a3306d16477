/** Tags, lengths and numbers of protobuf, read so that no damage leads past an end. @module */
import { damaged } from "./damaged.ts";
import { wire } from "./wire-plan.ts";

/** Reads tags and lengths, and never past an end. */
export class WireCursor {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #model: string;

  constructor(bytes: Uint8Array, model: string) {
    this.#bytes = bytes;
    this.#model = model;
  }

  tag(end: number): { readonly field: number; readonly type: number } {
    const tag = this.#varint(end);
    const field = Math.floor(tag / 8);
    if (field < 1 || field > 0x1fffffff) throw this.#damaged("has a field of no number");
    return { field, type: tag % 8 };
  }

  /** Where a length-delimited field ends, with the cursor where it starts. */
  lengthEnd(end: number): number {
    const length = this.#varint(end);
    if (length > end - this.at) throw this.#damaged("is cut short, or has a wrong length");
    return this.at + length;
  }

  skipNumber(type: number, end: number): void {
    if (type === wire.varint) this.#varint(end);
    else if (type === wire.bit32) this.at += 4;
    else if (type === wire.bit64) this.at += 8;
    else throw this.#damaged("has a field of no known kind");
    if (this.at > end) throw this.#damaged("is cut short, or has a wrong length");
  }

  countPacked(element: number, start: number, end: number): number {
    if (element === wire.varint) {
      const resume = this.at;
      let count = 0;
      for (this.at = start; this.at < end; count++) this.#varint(end);
      this.at = resume;
      return count;
    }
    const count = (end - start) / (element === wire.bit32 ? 4 : 8);
    if (!Number.isInteger(count)) throw this.#damaged("has a list of numbers that is cut short");
    return count;
  }

  mismatch(field: number): Error {
    return this.#damaged(`has another kind of value in field ${field} than the format`);
  }

  /** Exact up to 2⁵³; more is only ever skipped, or too large. */
  #varint(end: number): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 10; i++) {
      if (this.at >= end) throw this.#damaged("is cut short, or has a wrong length");
      const byte = this.#bytes[this.at++] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw this.#damaged("has a number of more than ten bytes");
  }

  #damaged(what: string): Error {
    return damaged(
      this.#model,
      `it is no protobuf message of the ONNX format: it ${what}, at byte ${this.at}`,
    );
  }
}
