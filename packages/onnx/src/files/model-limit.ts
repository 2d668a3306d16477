/** How large a model file may be. @module */
import { PixelgradError } from "@pixelgrad/core";

/** Of protobuf, and so of every .onnx file: one byte less than 2 GiB. */
export const LARGEST_FILE: number = 2 ** 31 - 1;

export function tooLarge(model: string, bytes: number, advice: string): PixelgradError {
  const gigabytes = (bytes / 1e9).toFixed(1);
  return new PixelgradError(
    "MODEL_TOO_LARGE",
    `${model} has ${gigabytes} GB, and an ONNX file holds at most 2 GiB: ${advice}.`,
    { model, bytes, limit: LARGEST_FILE },
  );
}
