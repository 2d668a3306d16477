/** 8-bit RGB pixels of a PNG or JPEG file, as stored: no rotation, no colour management. */
import { PixelgradError } from "@pixelgrad/core";
import sharp, { type SharpOptions } from "sharp";
import { fileBytes } from "./file-bytes.ts";
import { beginsWith, JPEG_SIGNATURE, PNG_SIGNATURE } from "./file-signature.ts";

/** `data` is `[height, width, 3]`, red first. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** sharp's own limit, 16383 × 16383, named because masks share it. */
export const MAX_PIXELS: number = 16383 * 16383;

/**
 * Embedded profiles are not applied, as in PIL and OpenCV, with which models are trained. "error" passes over
 * the warnings that many cameras' JPEGs give, and stops at missing or wrong pixels.
 */
const SHARP_OPTIONS: SharpOptions = { failOn: "error", ignoreIcc: true, limitInputPixels: MAX_PIXELS };

/**
 * Decodes a PNG or JPEG of any depth. Grey becomes three equal channels, 16 bits become 8, alpha is dropped
 * without blending, EXIF orientation is not applied (the mask is not rotated either).
 * @throws PixelgradError `DATA_FILE_UNREADABLE`, `IMAGE_DAMAGED`.
 */
export async function readPixels(path: string): Promise<Pixels> {
  const bytes = await fileBytes(path, "an image");
  checkFormat(path, bytes);
  try {
    const { data, info } = await sharp(bytes, SHARP_OPTIONS)
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    return { width, height, data: channels === 3 ? data : threeChannels(data, channels) };
  } catch (cause) {
    throw damaged(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** An 8-bit RGB PNG. */
export async function encodePixels({ width, height, data }: Pixels): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: MAX_PIXELS })
    .png()
    .toBuffer();
}

/**
 * The size an image is stored with, in pixels, from its header.
 * @throws PixelgradError `DATA_FILE_UNREADABLE`, `IMAGE_DAMAGED`.
 */
export async function imageSize(path: string): Promise<{ readonly width: number; readonly height: number }> {
  const bytes = await fileBytes(path, "an image");
  checkFormat(path, bytes);
  try {
    const { width, height } = await sharp(bytes, SHARP_OPTIONS).metadata();
    return { width, height };
  } catch (cause) {
    throw damaged(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** sharp would also open SVG, GIF, TIFF and more, whatever the name says. */
function checkFormat(path: string, bytes: Uint8Array): void {
  if (bytes.length === 0) throw damaged(path, "the file is empty");
  if (!beginsWith(bytes, PNG_SIGNATURE) && !beginsWith(bytes, JPEG_SIGNATURE)) {
    throw damaged(path, "it begins like neither");
  }
}

function damaged(path: string, reason: string, cause?: unknown): PixelgradError {
  return new PixelgradError(
    "IMAGE_DAMAGED",
    `Expected a whole PNG or JPEG image in ${path}, but it cannot be decoded: ${reason}. Replace or remove the file.`,
    { path, reason },
    { cause },
  );
}

/** Grey, grey with alpha, or RGB with alpha as RGB. */
function threeChannels(data: Uint8Array, channels: number): Uint8Array {
  const pixels = data.length / channels;
  const rgb = new Uint8Array(pixels * 3);
  const step = channels >= 3 ? 1 : 0;
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = data[channels * i + c * step]!;
  }
  return rgb;
}
