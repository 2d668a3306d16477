/**
 * Dense row-major arrays with dimensions. An onnxruntime tensor on the CPU is one.
 *
 * @module
 */
import { PixelgradError } from "./errors.ts";

export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** `data.length` is the product of `dims`; the last dimension is contiguous. */
export interface Tensor<A extends TypedArray = TypedArray> {
  readonly data: A;
  readonly dims: readonly number[];
}

/** Number of elements of a shape; 1 for a scalar, `[]`. */
export function elementCount(dims: readonly number[]): number {
  let count = 1;
  for (const d of dims) count *= d;
  return count;
}

/** `[2, 21, 512, 512]` as `2×21×512×512`, for messages; `scalar` for `[]`. */
export function formatDims(dims: readonly number[]): string {
  return dims.length === 0 ? "scalar" : dims.join("×");
}

/**
 * A tensor over `data`, checked.
 * @throws PixelgradError `SHAPE_MISMATCH` when the length is not the product of `dims`.
 */
export function tensor<A extends TypedArray>(data: A, dims: readonly number[]): Tensor<A> {
  if (data.length !== elementCount(dims) || dims.some((d) => !Number.isInteger(d) || d < 0)) {
    throw new PixelgradError(
      "SHAPE_MISMATCH",
      `A tensor of dims ${formatDims(dims)} needs ${elementCount(dims)} elements, got ${data.length}.`,
      { expected: dims, got: [data.length] },
    );
  }
  return { data, dims };
}

/** The multi-dimensional position of a row-major offset. */
export function positionOf(offset: number, dims: readonly number[]): number[] {
  const position = new Array<number>(dims.length);
  let rest = offset;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    const d = dims[axis];
    position[axis] = rest % d;
    rest = Math.floor(rest / d);
  }
  return position;
}
