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
 * @throws PixelgradError `TYPE_MISMATCH`, `SHAPE_MISMATCH` when the length is not the product of `dims`.
 */
export function tensor<A extends TypedArray>(data: A, dims: readonly number[]): Tensor<A> {
  checkTensor("A tensor", { data, dims });
  return { data, dims };
}

/**
 * @param what - what the tensor is, to begin the message with.
 * @throws PixelgradError `TYPE_MISMATCH` for what is no tensor, `SHAPE_MISMATCH` when its length is not that of its dims.
 */
export function checkTensor(what: string, tensor: Tensor): void {
  if (!isTypedArray(tensor?.data) || !Array.isArray(tensor.dims)) {
    const got = describe(tensor);
    throw new PixelgradError(
      "TYPE_MISMATCH",
      `${what} must be a tensor, { data: typed array, dims: number[] }, got ${got}.`,
      { expected: "{ data, dims }", got },
    );
  }
  const { data, dims } = tensor;
  const whole = dims.every((d) => Number.isInteger(d) && d >= 0);
  if (whole && data.length === elementCount(dims)) return;
  const wanted = whole ? `${elementCount(dims)} elements` : "dims that are whole numbers of at least 0";
  throw new PixelgradError(
    "SHAPE_MISMATCH",
    `${what} of dims ${formatDims(dims)}: expected ${wanted}, got ${whole ? data.length : `[${dims}]`}.`,
    { expected: dims, got: [data.length] },
  );
}

function isTypedArray(data: unknown): data is TypedArray {
  return ArrayBuffer.isView(data) && !(data instanceof DataView);
}

/** What came in the place of a tensor. */
function describe(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (!("data" in value && "dims" in value))
    return `an object with ${Object.keys(value).join(", ") || "nothing"}`;
  const nameOf = (part: unknown) => (part as object | null)?.constructor?.name ?? String(part);
  return `{ data: ${nameOf(value.data)}, dims: ${nameOf(value.dims)} }`;
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
