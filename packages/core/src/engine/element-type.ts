/** How the kernels number the types of arrays (assembly/targets.ts). */
import type { TypedArray } from "../tensor.ts";

const TYPES = [
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
  Float32Array,
  Float64Array,
];

export function elementTypeOf(data: TypedArray): number {
  return data instanceof Uint8ClampedArray
    ? TYPES.indexOf(Uint8Array)
    : TYPES.findIndex((type) => data instanceof type);
}
