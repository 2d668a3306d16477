/** From light on the sensor to bytes: glare around what is bright, exposure, noise. */

import { seededRandom } from "@pixelgrad/core/testing";
import type { Domain } from "./scene-light.ts";

const camera = {
  day: { exposure: 0.8, glare: 0.05, noise: 3 },
  night: { exposure: 0.95, glare: 0.2, noise: 3 },
} as const;

/**
 * Develops a picture.
 *
 * @param light - `[height, width, 3]`, linear, 1 is white.
 * @returns `[height, width, 3]`.
 */
export function develop(
  light: Float64Array,
  width: number,
  height: number,
  domain: Domain,
  seed: number,
): Uint8Array {
  const { exposure, glare, noise } = camera[domain];
  const random = seededRandom(seed);
  const halo = blur(
    light.map((value) => Math.max(0, value - 0.7)),
    width,
    height,
  );
  return Uint8Array.from(light, (value, i) => {
    const exposed = exposure * (value + glare * halo[i]!);
    // Bright light saturates slowly instead of clipping; the root is the display's gamma of about 2.
    const tone = (exposed * (1 + exposed / 4)) / (1 + exposed);
    // The sum of three uniform numbers in [-1, 1) is close to a normal one of deviation 1.
    const grain = 2 * (random() + random() + random()) - 3;
    return Math.min(255, Math.max(0, Math.round(255 * Math.sqrt(tone * 1.25) + noise * grain)));
  });
}

/** Two box blurs of radius 3 in each direction. */
function blur(image: Float64Array, width: number, height: number): Float64Array {
  let blurred = image;
  for (let pass = 0; pass < 2; pass++) {
    blurred = boxBlur(blurred, 3, width, height, 3 * width);
    blurred = boxBlur(blurred, 3 * width, height, width, 3);
  }
  return blurred;
}

/** Averages 7 neighbours along an axis of `length` entries `step` apart; `lines` such rows lie `lineStep` apart. */
function boxBlur(
  image: Float64Array,
  step: number,
  length: number,
  lines: number,
  lineStep: number,
): Float64Array {
  const radius = 3;
  const out = new Float64Array(image.length);
  for (let line = 0; line < lines; line++) {
    for (let channel = 0; channel < 3; channel++) {
      const start = line * lineStep + channel;
      for (let i = 0; i < length; i++) {
        let sum = 0;
        for (let k = Math.max(0, i - radius); k <= Math.min(length - 1, i + radius); k++) {
          sum += image[start + k * step]!;
        }
        out[start + i * step] = sum / (2 * radius + 1);
      }
    }
  }
  return out;
}
