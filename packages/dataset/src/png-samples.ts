/** The stored samples of a PNG mask: grey values and palette indices as they are, one array entry each. */
import { PixelgradError } from "@pixelgrad/core";
import { decode } from "fast-png";
import { fileBytes } from "./file-bytes.ts";
import type { Color } from "./palette.ts";
import { type PngForm, type PngStructure, pngStructure } from "./png-structure.ts";

/** `samples` is `[height, width, channels]`, each in `0..2^depth - 1`. */
export interface PngSamples {
  readonly width: number;
  readonly height: number;
  readonly depth: PngStructure["depth"];
  readonly form: PngForm;
  readonly channels: number;
  readonly samples: Uint8Array | Uint16Array;
  /** The colours of a palette PNG; empty otherwise. */
  readonly palette: readonly Color[];
}

/**
 * Decodes the PNG at `path` without converting its values.
 * @throws PixelgradError `DATA_FILE_UNREADABLE`, `MASK_DAMAGED`.
 */
export async function readPngSamples(path: string): Promise<PngSamples> {
  const bytes = await fileBytes(path, "a mask");
  try {
    const { width, height, depth, form, channels, critical } = pngStructure(bytes);
    const png = decode(critical, { checkCrc: true });
    const data = png.data instanceof Uint16Array ? png.data : new Uint8Array(png.data.buffer);
    const samples = depth < 8 ? unpack(data, width, height, depth) : data;
    if (form !== "palette") return { width, height, depth, form, channels, samples, palette: [] };
    const palette = (png.palette ?? []).map(([r = 0, g = 0, b = 0]): Color => [r, g, b]);
    if (palette.length === 0) throw new Error("its palette is missing");
    return { width, height, depth, form, channels, samples, palette };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PixelgradError(
      "MASK_DAMAGED",
      `Expected a whole PNG mask in ${path}, but it cannot be decoded: ${reason}. Replace the file.`,
      { path, reason },
      { cause },
    );
  }
}

/** One entry per sample: fast-png leaves 1, 2 and 4-bit samples packed, the first in the high bits, rows padded. */
function unpack(packed: ArrayLike<number>, width: number, height: number, depth: number): Uint8Array {
  const samples = new Uint8Array(width * height);
  const bytesPerRow = Math.ceil((width * depth) / 8);
  const perByte = 8 / depth;
  const ones = 2 ** depth - 1;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const byte = packed[y * bytesPerRow + Math.floor(x / perByte)]!;
      samples[i] = (byte >> (8 - depth * ((x % perByte) + 1))) & ones;
    }
  }
  return samples;
}
