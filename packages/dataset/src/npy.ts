/** NumPy's `.npy` arrays as tensors. */
import { elementCount, formatDims, PixelgradError, type Tensor, type TypedArray } from "@pixelgrad/core";
import { fileBytes } from "./file-bytes.ts";
import { NPY_SIGNATURE } from "./file-signature.ts";
import { type NpyHeader, parseNpyHeader } from "./npy-header.ts";
import { writeAtomically } from "./write-atomically.ts";

interface ArrayType {
  new (buffer: ArrayBufferLike, offset: number, length: number): TypedArray;
  readonly BYTES_PER_ELEMENT: number;
}

/** dtypes without byte order. Booleans are bytes 0 and 1. */
const TYPES: ReadonlyMap<string, ArrayType> = new Map<string, ArrayType>([
  ["f4", Float32Array],
  ["f8", Float64Array],
  ["i1", Int8Array],
  ["u1", Uint8Array],
  ["b1", Uint8Array],
  ["i2", Int16Array],
  ["u2", Uint16Array],
  ["i4", Int32Array],
  ["u4", Uint32Array],
  ["i8", BigInt64Array],
  ["u8", BigUint64Array],
]);

/** Larger than any array of numbers in this field; NumPy's own limit was 32 until 2.0, then 64. */
const MAX_RANK = 64;

/**
 * Reads a `.npy` file: any byte order, C or Fortran order, of the types TypedArray has, and booleans as Uint8Array.
 * @throws PixelgradError `DATA_FILE_UNREADABLE`, `ARRAY_DAMAGED`, `ARRAY_TYPE_UNSUPPORTED`.
 */
export async function readNpy(path: string): Promise<Tensor> {
  return parseNpy(await fileBytes(path, "a .npy array"), path);
}

/**
 * {@link readNpy} for bytes in memory.
 * @param path - where they came from, for messages.
 * @returns a row-major tensor: a view of `bytes` where byte order and alignment allow, otherwise a copy.
 */
export function parseNpy(bytes: Uint8Array, path: string = "the bytes"): Tensor {
  const header = readHeader(bytes, path);
  const Type = TYPES.get(header.type);
  if (!Type) {
    const half = header.type === "f2" ? " (float16)" : "";
    throw new PixelgradError(
      "ARRAY_TYPE_UNSUPPORTED",
      `Expected an array of one of the dtypes ${[...TYPES.keys()].join(", ")} in ${path}, got ${header.type}${half}. Save it with .astype("float32") or an integer type.`,
      { path, dtype: header.type },
    );
  }
  const { dims } = header;
  const count = elementCount(dims);
  const expected = count * Type.BYTES_PER_ELEMENT;
  const got = bytes.length - header.offset;
  // Compared before anything is allocated: the shape may ask for more than there is memory.
  if (got !== expected || dims.length > MAX_RANK) {
    const why =
      dims.length > MAX_RANK ? `it has ${dims.length} dimensions` : `it holds ${got} bytes of elements`;
    throw damaged(
      path,
      `its header promises ${formatDims(dims)} × ${header.type}, ${expected} bytes, but ${why}`,
    );
  }
  const stored = new Type(...elementBytes(bytes, header, Type.BYTES_PER_ELEMENT), count);
  if (!header.fortran || dims.length < 2) return { data: stored, dims };
  const data = new Type(new ArrayBuffer(expected), 0, count);
  fromFortran(stored, dims, data);
  return { data, dims };
}

/**
 * Writes a tensor as `.npy` version 1.0, little-endian, C order, through {@link writeAtomically}.
 * @throws PixelgradError `SHAPE_MISMATCH`, `DATA_FILE_UNWRITABLE`.
 */
export async function writeNpy(path: string, { data, dims }: Tensor): Promise<void> {
  if (data.length !== elementCount(dims)) {
    throw new PixelgradError(
      "SHAPE_MISMATCH",
      `Expected ${elementCount(dims)} elements for an array of dims ${formatDims(dims)} to write to ${path}, got ${data.length}.`,
      { expected: dims, got: [data.length] },
    );
  }
  const type = typeName(data);
  const shape = dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(", ")})`;
  const order = data.BYTES_PER_ELEMENT === 1 ? "|" : "<";
  const text = `{'descr': '${order}${type}', 'fortran_order': False, 'shape': ${shape}, }`;
  // The elements begin at a multiple of 64 bytes, as NumPy pads them, for memory mapping.
  const padded = `${text.padEnd(Math.ceil((10 + text.length + 1) / 64) * 64 - 11)}\n`;
  const start = Uint8Array.from([...NPY_SIGNATURE, 1, 0, padded.length & 255, padded.length >> 8]);
  const elements = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  await writeAtomically(path, Buffer.concat([start, Buffer.from(padded, "latin1"), elements]));
}

function readHeader(bytes: Uint8Array, path: string): NpyHeader {
  try {
    return parseNpyHeader(bytes);
  } catch (cause) {
    throw damaged(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function damaged(path: string, reason: string, cause?: unknown): PixelgradError {
  return new PixelgradError(
    "ARRAY_DAMAGED",
    `Expected a whole .npy array in ${path}, but ${reason}. Save it again with numpy.save.`,
    { path, reason },
    { cause },
  );
}

function typeName(data: TypedArray): string {
  if (data instanceof Uint8ClampedArray) return "u1";
  for (const [name, Type] of TYPES) if (data instanceof Type) return name;
  throw new Error("unreachable: a typed array of no known type");
}

/** Where the elements lie in the byte order of this machine (Node runs on little-endian ones), aligned. */
function elementBytes(
  bytes: Uint8Array,
  header: NpyHeader,
  width: number,
): [ArrayBufferLike, offset: number] {
  const begin = bytes.byteOffset + header.offset;
  const swapped = header.bigEndian && width > 1;
  if (begin % width === 0 && !swapped) return [bytes.buffer, begin];
  const copy = new Uint8Array(bytes.subarray(header.offset));
  if (swapped) {
    const buffer = Buffer.from(copy.buffer);
    if (width === 2) buffer.swap16();
    else if (width === 4) buffer.swap32();
    else buffer.swap64();
  }
  return [copy.buffer, 0];
}

/** Row-major from column-major: walks the output in order, its index's offset in the input beside it. */
function fromFortran(stored: TypedArray, dims: readonly number[], out: TypedArray): void {
  const strides: number[] = [];
  let stride = 1;
  for (const size of dims) {
    strides.push(stride);
    stride *= size;
  }
  const index = new Array<number>(dims.length).fill(0);
  let from = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = stored[from]!;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < dims[axis]!) break;
      from -= strides[axis]! * dims[axis]!;
      index[axis] = 0;
    }
  }
}
