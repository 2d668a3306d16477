/** One training example: an image and its mask, at the model's size. */
import { PixelgradError, type Tensor } from "@pixelgrad/core";
import { type ImageSpec, imageTensor } from "./image.ts";
import { type MaskSpec, maskTensor } from "./mask.ts";
import type { Sample } from "./pairing.ts";
import { readPixels } from "./pixels.ts";
import { readPngSamples } from "./png-samples.ts";
import type { Size } from "./preprocess.ts";

/** `{ ...dataset, ...preprocess, layout }` is one. */
export interface SampleSpec extends ImageSpec, MaskSpec {
  readonly size: Size;
}

export interface DecodedSample {
  /** `[1, 3, H, W]` or `[1, H, W, 3]`. */
  readonly image: Tensor<Float32Array>;
  /** `[1, H, W]`, each a class or 255. */
  readonly mask: Tensor<Uint8Array>;
}

/**
 * Reads both files of a sample and brings both to `spec.size`.
 * @throws PixelgradError `MASK_SIZE_MISMATCH` when the files' own sizes differ, and what `readImage` and `readMask`
 *   throw.
 */
export async function readSample(sample: Sample, spec: SampleSpec): Promise<DecodedSample> {
  const [pixels, png] = await Promise.all([readPixels(sample.image), readPngSamples(sample.mask)]);
  if (pixels.width !== png.width || pixels.height !== png.height) {
    throw new PixelgradError(
      "MASK_SIZE_MISMATCH",
      `Expected the mask ${sample.mask} to have the size of its image ${sample.image}, ${pixels.width} × ${pixels.height} (width × height), got ${png.width} × ${png.height}. Export it again at the image's size.`,
      {
        image: sample.image,
        mask: sample.mask,
        imageSize: [pixels.height, pixels.width],
        maskSize: [png.height, png.width],
      },
    );
  }
  return { mask: maskTensor(sample.mask, png, spec), image: imageTensor(pixels, spec) };
}
