/**
 * What a PNG says about itself, checked before it is decoded: fast-png allocates what the header asks for,
 * inflates without limit, and fills missing pixels with zeros.
 *
 * @module
 */
import { inflateSync } from "node:zlib";
import { beginsWith, PNG_SIGNATURE } from "./file-signature.ts";
import { MAX_PIXELS } from "./pixels.ts";

/** What a PNG's samples mean. */
export type PngForm = "grey" | "rgb" | "palette" | "grey-alpha" | "rgb-alpha";

export interface PngStructure {
  readonly width: number;
  readonly height: number;
  readonly depth: 1 | 2 | 4 | 8 | 16;
  readonly form: PngForm;
  readonly channels: number;
  /** The file with its critical chunks only: a comment that is damaged must not cost the pixels. */
  readonly critical: Uint8Array;
}

/** By colour type: the form, its channels, and the depths the standard allows. */
const COLOR_TYPES: readonly (readonly [PngForm, channels: number, depths: readonly number[]] | undefined)[] =
  [
    ["grey", 1, [1, 2, 4, 8, 16]],
    undefined,
    ["rgb", 3, [8, 16]],
    ["palette", 1, [1, 2, 4, 8]],
    ["grey-alpha", 2, [8, 16]],
    undefined,
    ["rgb-alpha", 4, [8, 16]],
  ];

const CRITICAL = ["IHDR", "PLTE", "IDAT", "IEND"];
/** Length, type and checksum around a chunk's data. */
const CHUNK_OVERHEAD = 12;

/**
 * Walks the chunks, reads the header, and checks that the compressed data holds exactly the pixels it promises.
 * @throws Error whose message is the reason.
 */
export function pngStructure(bytes: Uint8Array): PngStructure {
  if (bytes.length === 0) throw new Error("the file is empty");
  if (!beginsWith(bytes, PNG_SIGNATURE)) throw new Error("it does not begin like a PNG");
  const chunks = criticalChunks(bytes);
  const header = chunks[0];
  if (header?.type !== "IHDR" || header.data.length !== 13) throw new Error("its header is missing");
  const view = new DataView(header.data.buffer, header.data.byteOffset, 13);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const depth = view.getUint8(8);
  const [form, channels, depths] = COLOR_TYPES[view.getUint8(9)] ?? [];
  if (form === undefined || channels === undefined || !isDepth(depth) || !depths?.includes(depth)) {
    throw new Error(`it has colour type ${view.getUint8(9)} with ${depth} bits, which PNG does not have`);
  }
  if (width === 0 || height === 0 || width * height > MAX_PIXELS) {
    throw new Error(`it claims ${width} × ${height} pixels (1 to ${MAX_PIXELS} in all are read)`);
  }
  const interlaced = view.getUint8(12) === 1;
  if (interlaced && depth < 8) {
    throw new Error(
      `it is interlaced with ${depth} bits per pixel, which is not supported; save it without interlacing`,
    );
  }
  checkPixels(chunks, rawLength(width, height, (depth / 8) * channels, interlaced));
  const critical = Buffer.concat([
    bytes.subarray(0, PNG_SIGNATURE.length),
    ...chunks.map((chunk) => chunk.whole),
  ]);
  return { width, height, depth, form, channels, critical };
}

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  readonly whole: Uint8Array;
}

function criticalChunks(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  let offset = PNG_SIGNATURE.length;
  while (offset + CHUNK_OVERHEAD <= bytes.length) {
    const length = view.getUint32(offset);
    const type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    const end = offset + CHUNK_OVERHEAD + length;
    if (end > bytes.length) break;
    const data = bytes.subarray(offset + 8, offset + 8 + length);
    if (CRITICAL.includes(type)) chunks.push({ type, data, whole: bytes.subarray(offset, end) });
    if (type === "IEND") return chunks;
    offset = end;
  }
  throw new Error("it ends in the middle");
}

function checkPixels(chunks: readonly Chunk[], expected: number): void {
  const compressed = Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data));
  let length: number;
  try {
    length = inflateSync(compressed, { maxOutputLength: expected }).length;
  } catch (cause) {
    throw new Error("its compressed pixels are damaged, or more than its size has room for", { cause });
  }
  if (length !== expected) throw new Error(`it holds ${length} of ${expected} bytes of pixels`);
}

/** Bytes before compression: every row of every pass begins with its filter's number. */
function rawLength(width: number, height: number, bytesPerPixel: number, interlaced: boolean): number {
  if (!interlaced) return height * (1 + Math.ceil(width * bytesPerPixel));
  let length = 0;
  for (const [x, y, stepX, stepY] of ADAM7) {
    const columns = Math.ceil((width - x) / stepX);
    const rows = Math.ceil((height - y) / stepY);
    if (columns > 0 && rows > 0) length += rows * (1 + columns * bytesPerPixel);
  }
  return length;
}

/** The seven passes of an interlaced PNG: first column, first row, column step, row step. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

function isDepth(bits: number): bits is PngStructure["depth"] {
  return [1, 2, 4, 8, 16].includes(bits);
}
