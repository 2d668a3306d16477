/** Which values a mask holds, before any of them is taken for a class: for checking a dataset. */
import { type PngSamples, readPngSamples } from "./png-samples.ts";

export interface MaskValues {
  readonly width: number;
  readonly height: number;
  /** Bits per sample. */
  readonly depth: PngSamples["depth"];
  readonly form: PngSamples["form"];
  /** Pixels per stored value, ascending; of an RGB mask, per value of its first channel. */
  readonly counts: readonly { readonly value: number; readonly pixels: number }[];
}

/**
 * The histogram of a PNG mask as stored.
 * @throws PixelgradError `DATA_FILE_UNREADABLE`, `MASK_DAMAGED`.
 */
export async function readMaskValues(path: string): Promise<MaskValues> {
  const { width, height, depth, form, channels, samples } = await readPngSamples(path);
  const histogram = new Float64Array(2 ** depth);
  for (let i = 0; i < samples.length; i += channels) histogram[samples[i]!]!++;
  const counts = Array.from(histogram, (pixels, value) => ({ value, pixels })).filter(
    ({ pixels }) => pixels > 0,
  );
  return { width, height, depth, form, counts };
}
