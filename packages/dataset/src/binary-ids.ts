/** Grey, colour and palette pictures as classes 0 and 1. */
import type { Binary } from "./data-yaml.ts";
import type { PngSamples } from "./png-samples.ts";

/**
 * 1 where the brightness is at least `threshold`, else 0. Brightness is on the 0-255 scale whatever the depth
 * (the white of a 1-bit PNG is 255): the grey value, or of a colour its Rec. 601 luma, which for equal channels is
 * the channel itself. A palette counts by its colours, not its indices; alpha does not count.
 * @returns `[height * width]`.
 */
export function binaryIds(png: PngSamples, { threshold }: Binary): Uint8Array {
  const { samples, channels } = png;
  const ids = new Uint8Array(png.width * png.height);
  if (png.form === "palette") {
    // An index beyond the palette is drawn black by every viewer.
    const bright = png.palette.map(([r, g, b]) => (luma(r, g, b) >= threshold ? 1 : 0));
    for (let i = 0; i < ids.length; i++) ids[i] = bright[samples[i]!] ?? 0;
    return ids;
  }
  const scale = 255 / (2 ** png.depth - 1);
  if (channels < 3) {
    for (let i = 0; i < ids.length; i++) ids[i] = samples[i * channels]! * scale >= threshold ? 1 : 0;
    return ids;
  }
  for (let i = 0; i < ids.length; i++) {
    const k = i * channels;
    ids[i] = luma(samples[k]!, samples[k + 1]!, samples[k + 2]!) * scale >= threshold ? 1 : 0;
  }
  return ids;
}

/** Equal channels are returned as they are: the weighted sum would round 128 to just below it. */
function luma(red: number, green: number, blue: number): number {
  return red === green && green === blue ? red : 0.299 * red + 0.587 * green + 0.114 * blue;
}
