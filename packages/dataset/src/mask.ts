/** A mask file as class ids. */
import { PixelgradError, type Tensor } from "@pixelgrad/core";
import { binaryIds } from "./binary-ids.ts";
import type { Binary } from "./data-yaml.ts";
import { type PngSamples, readPngSamples } from "./png-samples.ts";
import type { Size } from "./preprocess.ts";
import { resizeNearest } from "./resize-nearest.ts";

/** How a mask's values become labels; a `Dataset` is one. */
export interface MaskSpec {
  /** C: ids are `0..C-1`. */
  readonly classes: number;
  /** Values that become 255, besides 255. */
  readonly ignore: readonly number[];
  /** Threshold instead of reading ids; nothing is ignored then. */
  readonly binary?: Binary;
  /** `[height, width]` to resize to, nearest; the mask's own size when absent. */
  readonly size?: Size;
}

/** What an ignored pixel holds. */
export const IGNORED = 255;

/**
 * Reads a PNG mask. Grey values (1 to 16 bits, alpha dropped) and palette indices are ids; with `binary`, grey
 * values and colours are thresholded.
 * @returns `[1, H, W]`, each a class or 255.
 * @throws PixelgradError `DATA_FILE_UNREADABLE`, `MASK_DAMAGED`, `MASK_FORM_UNSUPPORTED` (an RGB mask without
 *   `binary`), `MASK_VALUE_UNKNOWN` (position in the mask as stored, before resizing).
 */
export async function readMask(path: string, spec: MaskSpec): Promise<Tensor<Uint8Array>> {
  return maskTensor(path, await readPngSamples(path), spec);
}

/** The second half of {@link readMask}; `path` is for messages. */
export function maskTensor(path: string, png: PngSamples, spec: MaskSpec): Tensor<Uint8Array> {
  const ids = spec.binary ? binaryIds(png, spec.binary) : labelIds(path, png, spec);
  const from: Size = [png.height, png.width];
  const size = spec.size ?? from;
  return { data: resizeNearest(ids, from, size), dims: [1, ...size] };
}

function labelIds(path: string, png: PngSamples, { classes, ignore }: MaskSpec): Uint8Array {
  if (png.form === "rgb" || png.form === "rgb-alpha") {
    throw new PixelgradError(
      "MASK_FORM_UNSUPPORTED",
      `Expected a grey or palette PNG whose values are class ids in ${path}, got an RGB PNG. Add "binary: { threshold: 128 }" to data.yaml if it shows one class in white, or save the masks with one id per pixel.`,
      { path, form: png.form },
    );
  }
  const labelOf = labels(2 ** png.depth, classes, ignore);
  const ids = new Uint8Array(png.width * png.height);
  let unknown = 0;
  let first = -1;
  for (let i = 0; i < ids.length; i++) {
    const label = labelOf[png.samples[i * png.channels]!]!;
    if (label === UNKNOWN) {
      unknown++;
      if (first < 0) first = i;
    }
    ids[i] = label;
  }
  if (unknown > 0) throw valueUnknown(path, png, classes, ignore, first, unknown);
  return ids;
}

/** Outside uint8, so that no label can be taken for it. */
const UNKNOWN = 256;

/** By stored value: its class, 255, or UNKNOWN. */
function labels(values: number, classes: number, ignore: readonly number[]): Uint16Array {
  const labelOf = Uint16Array.from({ length: values }, (_, value) => (value < classes ? value : UNKNOWN));
  for (const value of [IGNORED, ...ignore]) if (value < values) labelOf[value] = IGNORED;
  return labelOf;
}

function valueUnknown(
  path: string,
  png: PngSamples,
  classes: number,
  ignore: readonly number[],
  first: number,
  count: number,
): PixelgradError {
  const value = png.samples[first * png.channels]!;
  const position = [Math.floor(first / png.width), first % png.width] as const;
  const ignored = [...new Set([IGNORED, ...ignore])].join(", ");
  const allowed = `class ids 0 to ${classes - 1} (ignored: ${ignored})`;
  // Two classes and values beyond them: nearly always a black and white picture, softened at the edges.
  const action =
    classes <= 2
      ? 'If the masks are black and white pictures, add "binary: { threshold: 128 }" to data.yaml; otherwise name the class, or list the value under "ignore".'
      : 'Name the class in data.yaml, or list the value under "ignore".';
  return new PixelgradError(
    "MASK_VALUE_UNKNOWN",
    `Expected ${allowed} in the mask ${path}, got ${value} at row ${position[0]}, column ${position[1]}, and ${count} such pixels in all. ${action}`,
    { path, value, position, count },
  );
}
