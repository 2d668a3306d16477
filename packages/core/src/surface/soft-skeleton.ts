/**
 * The soft skeleton of a soft mask, and its gradient.
 *
 *   I_0 = image,  I_(k+1) = least of I_k over the cross of neighbours
 *   d_k = max(0, I_k - greatest of I_(k+1) over the box of neighbours)
 *   S_0 = d_0,  S_k = S_(k-1) + max(0, d_k - S_(k-1) d_k)
 *
 * Source: Shit et al., clDice, CVPR 2021, algorithm 1, with the pooling windows of the authors' code and of MONAI 1.4:
 * 3 along each axis for the minimum, 3^d for the maximum; here for any number of axes.
 *
 * @module
 */
import { addCrossMinimumSlopes, boxMaximum, crossMinimum } from "./neighbour-pools.ts";

/** What one round keeps for the gradient. */
interface Round {
  /** I_k */
  readonly image: Float64Array;
  /** d_k */
  readonly rest: Float64Array;
  /** S_(k-1); zeros at first. */
  readonly before: Float64Array;
  /** Which pixel of I_(k+1) the opening has its value from. */
  readonly from: Int32Array;
}

export class SoftSkeleton {
  /** S, `[...spatial]`; 0 where not open. */
  readonly values: Float64Array;
  readonly #rounds: readonly Round[];
  readonly #spatial: readonly number[];

  /**
   * @param image - `[...spatial]`, row-major.
   * @param open - 0 for a pixel that is as if outside of the image.
   * @param iterations - erosions after the first round; 0 or more.
   */
  constructor(image: Float64Array, open: Uint8Array, spatial: readonly number[], iterations: number) {
    const rounds: Round[] = [];
    const closedAs = (outside: number, values: Float64Array) =>
      values.map((v, i) => (open[i] === 0 ? outside : v));
    let current = closedAs(Number.POSITIVE_INFINITY, image);
    let skeleton = new Float64Array(image.length);
    for (let k = 0; k <= iterations; k++) {
      const eroded = closedAs(Number.POSITIVE_INFINITY, crossMinimum(current, spatial));
      const opened = boxMaximum(closedAs(Number.NEGATIVE_INFINITY, eroded), spatial);
      const rest = current.map((v, i) => (open[i] === 0 ? 0 : positive(v - opened.values[i])));
      rounds.push({ image: current, rest, before: skeleton, from: opened.from });
      skeleton = skeleton.map((s, i) => s + positive(rest[i] - s * rest[i]));
      current = eroded;
    }
    this.values = skeleton;
    this.#rounds = rounds;
    this.#spatial = spatial;
  }

  /** d / d image of sum_i weights_i S_i. Where a pool has several extremes, see {@link addCrossMinimumSlopes}. */
  slopes(weights: Float64Array): Float64Array {
    const pixels = weights.length;
    const ofSkeleton = weights.slice();
    let ofEroded = new Float64Array(pixels);
    for (const { image, rest, before, from } of this.#rounds.toReversed()) {
      const ofImage = new Float64Array(pixels);
      for (let i = 0; i < pixels; i++) {
        if (!(rest[i] > 0 && rest[i] - before[i] * rest[i] > 0)) continue;
        const ofRest = ofSkeleton[i] * (1 - before[i]);
        ofSkeleton[i] -= ofSkeleton[i] * rest[i];
        ofImage[i] += ofRest;
        ofEroded[from[i]] -= ofRest;
      }
      addCrossMinimumSlopes(image, this.#spatial, ofEroded, ofImage);
      ofEroded = ofImage;
    }
    return ofEroded;
  }
}

/** max(0, v); NaN stays NaN. */
function positive(v: number): number {
  return v < 0 ? 0 : v;
}
