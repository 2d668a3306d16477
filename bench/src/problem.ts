/** Seeded logits and labels. @module */
import { elementCount } from "@pixelgrad/core";
import { seededRandom } from "@pixelgrad/core/testing";

/** `mild`: |logit| below 4. `confident`: |logit| from 8 to 28, where exponentials could become denormal. */
export const tempers = ["mild", "confident"] as const;
export type Temper = (typeof tempers)[number];

export interface Problem {
  readonly temper: Temper;
  /** `[N, C, ...spatial]` */
  readonly dims: readonly number[];
  readonly logits: Float32Array<ArrayBuffer>;
  /** `[N, ...spatial]`, below C, or 0 and 1 where C is 1. */
  readonly labels: Uint8Array<ArrayBuffer>;
}

/** How many confident logits point to the label. */
const RIGHT_SHARE = 0.9;
/** Logits lie on a grid of this step, where differences of float32 are exact: peers then differ by their own rounding only. */
const GRID = 2 ** -13;

export function problemOf(dims: readonly number[], temper: Temper, seed: number): Problem {
  const [images, classes, ...spatial] = dims as [number, number, ...number[]];
  const random = seededRandom(seed);
  const pixels = elementCount(spatial);
  const kinds = Math.max(2, classes);
  const labels = new Uint8Array(images * pixels);
  for (let i = 0; i < labels.length; i++) labels[i] = Math.floor(random() * kinds);
  const logits = new Float32Array(elementCount(dims));
  for (let at = 0, image = 0; image < images; image++) {
    for (let c = 0; c < classes; c++) {
      const own = classes === 1 ? 1 : c;
      for (let i = image * pixels, end = i + pixels; i < end; i++) {
        const x = temper === "mild" ? 8 * random() - 4 : confident(random(), labels[i] === own);
        logits[at++] = Math.round(x / GRID) * GRID;
      }
    }
  }
  return { temper, dims, logits, labels };
}

/** A logit of magnitude 8 to 28 from one uniform number, which also chooses its sign. */
function confident(r: number, isLabel: boolean): number {
  const positive = isLabel ? RIGHT_SHARE : 1 - RIGHT_SHARE;
  return r < positive ? 8 + (20 * r) / positive : -8 - (20 * (r - positive)) / (1 - positive);
}
