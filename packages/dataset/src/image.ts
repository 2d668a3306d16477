/** An image file as a model's input. */
import type { Tensor } from "@pixelgrad/core";
import { type Pixels, readPixels } from "./pixels.ts";
import type { Preprocess, Size } from "./preprocess.ts";
import { resizeBilinear } from "./resize-bilinear.ts";

/** A {@link Preprocess} whose size is known, and where the model wants its channels. */
export interface ImageSpec extends Preprocess {
  /** `[height, width]` of the model's input, in pixels. */
  readonly size: Size;
  readonly layout: "NCHW" | "NHWC";
}

/**
 * Decodes, stretches and normalizes one PNG or JPEG image of any size. Grey becomes three equal channels, 16 bits
 * become 8, alpha is dropped without blending; EXIF orientation and colour profiles are not applied. Stretched
 * bilinearly with pixel centres at half-integers, antialiased when shrinking (as PIL does it).
 * @returns `[1, 3, H, W]` or `[1, H, W, 3]`: `(x - mean[c]) / std[c]` with `x` in 0..255, channels in the order
 *   of `color`.
 * @throws PixelgradError `DATA_FILE_UNREADABLE`, `IMAGE_DAMAGED`.
 */
export async function readImage(path: string, spec: ImageSpec): Promise<Tensor<Float32Array>> {
  return imageTensor(await readPixels(path), spec);
}

/** The second half of {@link readImage}, for callers that need the decoded size too. */
export function imageTensor(
  { data, height, width }: Pixels,
  { size, color, mean, std, layout }: ImageSpec,
): Tensor<Float32Array> {
  const stretched = resizeBilinear(data, [height, width], size);
  const plane = size[0] * size[1];
  const values = new Float32Array(3 * plane);
  // Element (c, i) of the result is at c * channel + i * pixel.
  const [channel, pixel] = layout === "NCHW" ? [plane, 1] : [1, 3];
  for (let c = 0; c < 3; c++) {
    const source = color === "bgr" ? 2 - c : c;
    const shift = mean[c]!;
    const scale = std[c]!;
    for (let i = 0; i < plane; i++)
      values[c * channel + i * pixel] = (stretched[3 * i + source]! - shift) / scale;
  }
  return { data: values, dims: layout === "NCHW" ? [1, 3, ...size] : [1, ...size, 3] };
}
