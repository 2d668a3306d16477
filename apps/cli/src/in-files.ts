/** Errors about a pair of files: a loss knows positions, not files. */
import { isPixelgradError, PixelgradError } from "@pixelgrad/core";
import type { FilePair } from "./file-pairs.ts";

/** Runs `work`; a PixelgradError of it names the files. */
export function inFiles<T>({ logits, mask }: FilePair, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isPixelgradError(error)) throw error;
    const message = `${logits} with ${mask}: ${error.message}`;
    throw new PixelgradError(error.code, message, error.context, { cause: error });
  }
}
