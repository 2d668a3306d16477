/**
 * Repeated soft erosion of an error map.
 *
 *   e = max(0, K b - 1/2),  b' = (e - min e) / (max e - min e)  over the image (e itself where all are the same)
 *
 * K is the mean over a pixel and its neighbours along the axes, 2 d + 1 numbers; what is outside of the image, and a pixel
 * that is not open, has 0 and no part in minimum and maximum.
 *
 * Source: Karimi and Salcudean, IEEE TMI 39, 2020 (arXiv 1904.10030), Loss_ER; kornia 0.7 HausdorffERLoss, whose automatic gradient
 * this one's is: it passes through all erosions, minima and maxima included.
 *
 * @module
 */
import { elementCount } from "../tensor.ts";

interface Step {
  /** b', the map after the erosion. */
  readonly map: Float64Array;
  /** Where K b - 1/2 is not cut. */
  readonly uncut: Uint8Array;
  /** max e - min e; 0 where nothing is divided. */
  readonly span: number;
  readonly highest: number;
  readonly lowest: number;
}

export class SoftErosions {
  readonly #open: Uint8Array;
  readonly #spatial: readonly number[];
  readonly #steps: Step[] = [];

  /**
   * @param errors - `[...spatial]`, row-major, 0 where not open.
   * @param open - 0 for a pixel that is as if outside of the image.
   */
  constructor(errors: Float64Array, open: Uint8Array, spatial: readonly number[], erosions: number) {
    this.#open = open;
    this.#spatial = spatial;
    let map = errors;
    for (let k = 0; k < erosions; k++) {
      const step = erode(map, open, spatial);
      this.#steps.push(step);
      map = step.map;
    }
  }

  /** sum over k of weight(k) b_k, b_1 being the map after the first erosion. */
  weightedSum(weight: (k: number) => number): Float64Array {
    const sum = new Float64Array(this.#open.length);
    this.#steps.forEach(({ map }, k) => {
      const w = weight(k + 1);
      for (let i = 0; i < sum.length; i++) sum[i] += w * map[i];
    });
    return sum;
  }

  /**
   * d / d errors of sum_i share_i weightedSum_i. Of several pixels with the minimum or the maximum, the first in row-major
   * order takes its gradient.
   */
  slopes(weight: (k: number) => number, share: Float64Array): Float64Array {
    let back: Float64Array = new Float64Array(share.length);
    for (let k = this.#steps.length; k >= 1; k--) {
      const w = weight(k);
      for (let i = 0; i < back.length; i++) back[i] += w * share[i];
      back = this.#back(this.#steps[k - 1], back);
    }
    return back;
  }

  /** From the gradient of an eroded map to that of the map before it. */
  #back({ map, uncut, span, highest, lowest }: Step, of: Float64Array): Float64Array {
    if (span > 0) {
      let ofHighest = 0;
      let ofLowest = 0;
      for (let i = 0; i < of.length; i++) {
        if (this.#open[i] === 0) continue;
        of[i] /= span;
        ofHighest -= of[i] * map[i];
        ofLowest += of[i] * (map[i] - 1);
      }
      of[highest] += ofHighest;
      of[lowest] += ofLowest;
    }
    for (let i = 0; i < of.length; i++) of[i] *= uncut[i];
    const back = crossMean(of, this.#spatial);
    for (let i = 0; i < back.length; i++) back[i] *= this.#open[i];
    return back;
  }
}

function erode(before: Float64Array, open: Uint8Array, spatial: readonly number[]): Step {
  const map = crossMean(before, spatial);
  const uncut = new Uint8Array(map.length);
  let highest = -1;
  let lowest = -1;
  for (let i = 0; i < map.length; i++) {
    if (open[i] === 0) {
      map[i] = 0;
      continue;
    }
    const e = map[i] - 0.5;
    uncut[i] = e < 0 ? 0 : 1;
    map[i] = Math.max(0, e);
    if (highest < 0 || map[i] > map[highest]) highest = i;
    if (lowest < 0 || map[i] < map[lowest]) lowest = i;
  }
  const span = highest < 0 ? 0 : map[highest] - map[lowest];
  if (span > 0) {
    const least = map[lowest];
    for (let i = 0; i < map.length; i++) if (open[i] !== 0) map[i] = (map[i] - least) / span;
  }
  return { map, uncut, span, highest, lowest };
}

/** The mean over each pixel and its neighbours along the axes; 0 beyond the edge. */
function crossMean(map: Float64Array, spatial: readonly number[]): Float64Array {
  const sum = map.slice();
  spatial.forEach((length, axis) => {
    const stride = elementCount(spatial.slice(axis + 1));
    for (let slab = 0; slab < map.length; slab += length * stride) {
      for (let i = slab + stride; i < slab + length * stride; i++) {
        sum[i] += map[i - stride];
        sum[i - stride] += map[i];
      }
    }
  });
  return sum.map((v) => v / (2 * spatial.length + 1));
}
