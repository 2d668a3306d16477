/**
 * Arrays of the cases as tensors, and every change of layout an adapter may ask for.
 *
 * @module
 */
import { elementCount, type Tensor } from "@pixelgrad/core";
import type { EncodedArray } from "./vectors.ts";

export function isEncodedArray(value: unknown): value is EncodedArray {
  return typeof value === "object" && value !== null && "dtype" in value && "shape" in value;
}

/** The numbers of an array, a number, a list of numbers, or one of them written as a string or as null (NaN). */
export function numbersOf(value: unknown): readonly number[] {
  if (Array.isArray(value)) return value.flatMap(numbersOf);
  if (!isEncodedArray(value)) return [value === null ? Number.NaN : Number(value)];
  if (value.data !== undefined) return value.data.map(Number);
  return new Array<number>(elementCount(value.shape)).fill(Number(value.fill));
}

/** An array as float32. What is no array stays what it is: cases that must be refused hand in such things. */
export function floats(value: unknown): Tensor<Float32Array> {
  if (!isEncodedArray(value)) return value as Tensor<Float32Array>;
  if (value.data === undefined) {
    const data = new Float32Array(elementCount(value.shape)).fill(Number(value.fill));
    return { data, dims: value.shape };
  }
  return { data: Float32Array.from(value.data, Number), dims: value.shape };
}

/** An array as it is typed, for a target. */
export function target(value: unknown): Tensor {
  if (!isEncodedArray(value) || value.data === undefined) return floats(value);
  const { dtype, shape: dims, data } = value;
  if (dtype === "int64") return { data: BigInt64Array.from(data as number[], BigInt), dims };
  if (dtype === "int32") return { data: Int32Array.from(data as number[]), dims };
  if (dtype === "uint8") return { data: Uint8Array.from(data as number[]), dims };
  return floats(value);
}

/** A label map: whole numbers, whatever type they come in. */
export function labels(value: unknown): Tensor {
  const { data, dims } = target(value);
  return data instanceof Float32Array ? { data: Int32Array.from(data), dims } : { data, dims };
}

export function reshaped<T extends Tensor>(
  { data }: T,
  dims: readonly number[],
): { data: T["data"]; dims: readonly number[] } {
  return { data, dims };
}

/** `[N, 1, ...spatial]` as `[N, ...spatial]`. */
export function withoutChannel(tensor: Tensor): Tensor {
  const [images, channels, ...spatial] = tensor.dims;
  return channels === 1 ? reshaped(tensor, [images!, ...spatial]) : tensor;
}

/** `[N, ...spatial, 1]` as `[N, ...spatial]`. */
export function withoutLast(tensor: Tensor): Tensor {
  return tensor.dims.at(-1) === 1 ? reshaped(tensor, tensor.dims.slice(0, -1)) : tensor;
}

/** Everything as pixels of one image with one channel. */
export function onePlane<T extends Tensor>(tensor: T): { data: T["data"]; dims: readonly number[] } {
  return tensor.data === undefined ? tensor : reshaped(tensor, [1, 1, tensor.data.length]);
}

/** `[N]` as N images of one channel, `[N, 1]`; other ranks as they are. */
export function column<T extends Tensor>(tensor: T): { data: T["data"]; dims: readonly number[] } {
  return tensor.dims?.length === 1 ? reshaped(tensor, [tensor.dims[0]!, 1]) : tensor;
}

/** `[C]` as one image of C channels, `[1, C]`; other ranks as they are. */
export function row<T extends Tensor>(tensor: T): { data: T["data"]; dims: readonly number[] } {
  return tensor.dims?.length === 1 ? reshaped(tensor, [1, tensor.dims[0]!]) : tensor;
}

/** A matrix with rows and columns exchanged. */
export function transposed({ data, dims }: Tensor<Float32Array>): Tensor<Float32Array> {
  const [rows, columns] = dims as [number, number];
  const swapped = data.map((_, at) => data[(at % rows) * columns + Math.floor(at / rows)]!);
  return { data: swapped, dims: [columns, rows] };
}

/** `tensor` repeated along axes of size 1 (and along missing leading axes) to `dims`. */
export function broadcast(tensor: Tensor<Float32Array>, dims: readonly number[]): Tensor<Float32Array> {
  const padded = [...new Array<number>(dims.length - tensor.dims.length).fill(1), ...tensor.dims];
  const data = new Float32Array(elementCount(dims));
  for (let at = 0; at < data.length; at++) {
    let rest = at;
    let from = 0;
    let stride = 1;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const place = rest % dims[axis]!;
      rest = Math.floor(rest / dims[axis]!);
      if (padded[axis] !== 1) from += place * stride;
      stride *= padded[axis]!;
    }
    data[at] = tensor.data[from]!;
  }
  return { data, dims };
}

/** The plain mean of each run of `length` numbers. */
export function meansOfRuns(numbers: readonly number[], length: number): readonly number[] {
  const means: number[] = [];
  for (let at = 0; at < numbers.length; at += length) means.push(mean(numbers.slice(at, at + length)));
  return means;
}

export function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, v) => sum + v, 0) / numbers.length;
}
