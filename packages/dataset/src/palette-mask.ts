/** Class ids as a palette PNG, which viewers show in colour and which reads back as the same ids. */
import { PixelgradError } from "@pixelgrad/core";
import { encode } from "fast-png";
import { type Color, isColor } from "./palette.ts";
import { writeAtomically } from "./write-atomically.ts";

/** PASCAL VOC's colour for pixels that do not count. */
const VOID_COLOR: Color = [224, 224, 192];

/**
 * Writes an 8-bit palette PNG through {@link writeAtomically}. Pixel values are the ids. Ids beyond the palette are
 * allowed: 255 is drawn in VOC's cream, others black.
 * @param ids - `[height * width]`.
 * @throws PixelgradError `SHAPE_MISMATCH`, `PALETTE_INVALID`, `DATA_FILE_UNWRITABLE`.
 */
export async function writePaletteMask(
  path: string,
  ids: Uint8Array,
  width: number,
  height: number,
  palette: readonly Color[],
): Promise<void> {
  checkIds(ids, width, height);
  checkPalette(palette);
  let largest = 0;
  for (const id of ids) if (id > largest) largest = id;
  // An index without a colour is not a valid PNG.
  const colors = Array.from({ length: Math.max(palette.length, largest + 1) }, (_, id) => [
    ...(palette[id] ?? (id === 255 ? VOID_COLOR : [0, 0, 0])),
  ]);
  await writeAtomically(path, encode({ width, height, data: ids, depth: 8, channels: 1, palette: colors }));
}

/** @throws PixelgradError `PALETTE_INVALID` unless there are 1 to 256 colours. */
export function checkPalette(palette: readonly Color[]): void {
  if (palette.length >= 1 && palette.length <= 256 && palette.every(isColor)) return;
  const reason = `got ${palette.length} entries: ${JSON.stringify(palette.slice(0, 3))} …`;
  throw new PixelgradError(
    "PALETTE_INVALID",
    `Expected a palette of 1 to 256 colours [red, green, blue], each a whole number 0 to 255; ${reason}`,
    { reason },
  );
}

/** @throws PixelgradError `SHAPE_MISMATCH` unless `ids` has `width * height` entries, at least one. */
export function checkIds(ids: Uint8Array, width: number, height: number): void {
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (whole && ids.length === width * height) return;
  throw new PixelgradError(
    "SHAPE_MISMATCH",
    `Expected one id for each of the ${width} × ${height} pixels (width × height) of a mask, got ${ids.length}.`,
    { expected: [height, width], got: [ids.length] },
  );
}
