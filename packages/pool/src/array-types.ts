/** Typed arrays by name, so that an array in shared memory can be named in a message. @module */
import type { TypedArray } from "@pixelgrad/core";

/** The array of each element type. */
export interface ArrayTypes {
  float32: Float32Array;
  float64: Float64Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  uint32: Uint32Array;
  int64: BigInt64Array;
  uint64: BigUint64Array;
}

export type ArrayType = keyof ArrayTypes;

interface ArrayConstructor<A> {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): A;
  readonly BYTES_PER_ELEMENT: number;
}

export const arrayTypes: { readonly [T in ArrayType]: ArrayConstructor<ArrayTypes[T]> } = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
};

/** The name of an array's element type. */
export function arrayType(data: TypedArray): ArrayType {
  // A clamped array differs only in how it is written.
  if (data instanceof Uint8ClampedArray) return "uint8";
  const names = Object.keys(arrayTypes) as ArrayType[];
  const found = names.find((name) => data instanceof arrayTypes[name]);
  if (found === undefined) throw new Error(`unreachable: no element type for ${data.constructor.name}`);
  return found;
}
