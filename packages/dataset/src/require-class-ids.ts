/** Black and white pictures where masks of class ids are expected. */
import { PixelgradError } from "@pixelgrad/core";
import type { Dataset } from "./dataset.ts";
import { IGNORED } from "./mask.ts";
import { readMaskValues } from "./mask-values.ts";

/**
 * Refuses a dataset without `binary` whose masks, of all splits, hold no other values than 0 and 255, and 255 at least
 * once: read as ids they are class 0 and ignored, and there would be nothing to learn or to measure. Reads masks up to the
 * first that holds another value, which in a dataset of ids is nearly always the first.
 * @throws PixelgradError `MASKS_BLACK_AND_WHITE`, and what `readMaskValues` throws.
 */
export async function requireClassIds(dataset: Dataset): Promise<void> {
  if (dataset.binary !== undefined) return;
  let white: string | undefined;
  for (const { mask } of Object.values(dataset.splits).flat()) {
    const { form, counts } = await readMaskValues(mask);
    // Reading an RGB mask as ids is an error of its own.
    if (form === "rgb" || form === "rgb-alpha") return;
    if (counts.some(({ value }) => value !== 0 && value !== IGNORED)) return;
    if (counts.some(({ value }) => value === IGNORED)) white ??= mask;
  }
  if (white === undefined) return;
  throw new PixelgradError(
    "MASKS_BLACK_AND_WHITE",
    `Expected masks of class ids in ${dataset.path}, got only 0 and 255 in every mask (255 first in ${white}), and 255 is ignored. If white is the second class, add "binary: { threshold: 128 }" to data.yaml; otherwise save the masks with one id per pixel.`,
    { path: dataset.path, mask: white },
  );
}
