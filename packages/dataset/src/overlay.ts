/** An image with its classes drawn over it, for people. */
import { PixelgradError } from "@pixelgrad/core";
import type { Color } from "./palette.ts";
import { checkIds, checkPalette } from "./palette-mask.ts";
import { encodePixels, readPixels } from "./pixels.ts";
import { resizeNearest } from "./resize-nearest.ts";
import { writeAtomically } from "./write-atomically.ts";

/**
 * Writes an RGB PNG of the image's size: `(1 - opacity) * image + opacity * color`. Ids of another size are
 * stretched, nearest; where an id has no colour (255), the image shows unchanged.
 * @param ids - `[height * width]`.
 * @param opacity - 0 (image only) to 1 (colours only).
 * @throws PixelgradError `SHAPE_MISMATCH`, `PALETTE_INVALID`, `OPACITY_OUT_OF_RANGE`, `IMAGE_DAMAGED`, `DATA_FILE_UNREADABLE`,
 *   `DATA_FILE_UNWRITABLE`.
 */
export async function writeOverlay(
  path: string,
  imagePath: string,
  ids: Uint8Array,
  width: number,
  height: number,
  palette: readonly Color[],
  opacity: number = 0.5,
): Promise<void> {
  checkIds(ids, width, height);
  checkPalette(palette);
  if (!(opacity >= 0 && opacity <= 1)) {
    throw new PixelgradError("OPACITY_OUT_OF_RANGE", `Expected an opacity from 0 to 1, got ${opacity}.`, {
      opacity,
    });
  }
  const image = await readPixels(imagePath);
  const stretched = resizeNearest(ids, [height, width], [image.height, image.width]);
  const data = Uint8Array.from(image.data);
  for (let i = 0; i < stretched.length; i++) {
    const color = palette[stretched[i]!];
    if (!color) continue;
    for (let c = 0; c < 3; c++) {
      data[3 * i + c] = Math.round((1 - opacity) * data[3 * i + c]! + opacity * color[c as 0 | 1 | 2]);
    }
  }
  await writeAtomically(path, await encodePixels({ width: image.width, height: image.height, data }));
}
