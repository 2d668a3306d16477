/** PNG files made by hand, independent of the libraries under test. */
import { crc32, deflateSync } from "node:zlib";

export interface PngDescription {
  readonly width: number;
  readonly height: number;
  readonly depth: 1 | 2 | 4 | 8 | 16;
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha. */
  readonly colorType: 0 | 2 | 3 | 4 | 6;
  /** `[height, width, channels]`. */
  readonly samples: ArrayLike<number>;
  readonly palette?: readonly (readonly number[])[];
  /** Chunks before the pixels. */
  readonly extra?: readonly Uint8Array[];
}

const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const;

export function pngFile({
  width,
  height,
  depth,
  colorType,
  samples,
  palette,
  extra = [],
}: PngDescription): Uint8Array {
  const perRow = width * CHANNELS[colorType];
  const rows: Uint8Array[] = [];
  for (let y = 0; y < height; y++) {
    const row = new Uint8Array(1 + Math.ceil((perRow * depth) / 8));
    for (let x = 0; x < perRow; x++) {
      const value = samples[y * perRow + x] ?? 0;
      if (depth === 16) row.set([value >> 8, value & 255], 1 + 2 * x);
      else {
        const bit = x * depth;
        row[1 + (bit >> 3)]! |= value << (8 - depth - (bit & 7));
      }
    }
    rows.push(row);
  }
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    headerChunk(width, height, depth, colorType),
    ...extra,
    ...(palette ? [chunk("PLTE", Uint8Array.from(palette.flat()))] : []),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

export function headerChunk(
  width: number,
  height: number,
  depth: number,
  colorType: number,
  interlace = 0,
): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colorType, 0, 0, interlace], 8);
  return chunk("IHDR", header);
}

export function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  whole.set(body, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}
