/** The tensors of a pair of files. */
import type { Tensor } from "@pixelgrad/core";
import { readMask, readNpy } from "@pixelgrad/dataset";
import type { FilePair } from "./file-pairs.ts";

/** All values of an 8-bit mask, none of them ignored: the losses say what they ignore. */
const AS_STORED = { classes: 256, ignore: [] };

/**
 * Reads logits, as float32 if they are floats, and the mask, labels `[1, H, W]` if it is a PNG.
 * @throws PixelgradError what `readNpy` and `readMask` throw, naming the file.
 */
export async function readPair({
  logits,
  mask,
}: FilePair): Promise<{ readonly logits: Tensor; readonly mask: Tensor }> {
  const [stored, target] = await Promise.all([
    readNpy(logits),
    mask.toLowerCase().endsWith(".png") ? readMask(mask, AS_STORED) : readNpy(mask),
  ]);
  const { data, dims } = stored;
  return {
    logits: { data: data instanceof Float64Array ? Float32Array.from(data) : data, dims },
    mask: target,
  };
}
