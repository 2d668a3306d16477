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
import { addBoxMaximumSlopes, addCrossMinimumSlopes, boxMaximum, crossMinimum } from "./neighbour-pools.ts";

/** What one round keeps for the gradient. */
interface Round {
  /** I_k; Infinity where closed. */
  readonly image: Float64Array;
  /** I_(k+1); -Infinity where closed. */
  readonly eroded: Float64Array;
  /** d_k */
  readonly rest: Float64Array;
  /** S_(k-1); zeros at first. */
  readonly before: Float64Array;
}

export class SoftSkeleton {
  /** S, `[...spatial]`; 0 where closed. */
  readonly values: Float64Array;
  readonly #rounds: Round[] = [];
  readonly #spatial: readonly number[];

  /**
   * @param image - `[...spatial]`, row-major.
   * @param closed - pixels that are as if outside of the image.
   * @param iterations - rounds after the first; 0 or more.
   */
  constructor(
    image: Float64Array,
    closed: readonly number[],
    spatial: readonly number[],
    iterations: number,
  ) {
    const close = (values: Float64Array, outside: number) => {
      for (const i of closed) values[i] = outside;
      return values;
    };
    this.#spatial = spatial;
    let current = close(image.slice(), Number.POSITIVE_INFINITY);
    let skeleton = new Float64Array(image.length);
    for (let k = 0; k <= iterations; k++) {
      const least = close(crossMinimum(current, spatial), Number.POSITIVE_INFINITY);
      const eroded = closed.length === 0 ? least : close(least.slice(), Number.NEGATIVE_INFINITY);
      const rest = boxMaximum(eroded, spatial);
      for (let i = 0; i < rest.length; i++) rest[i] = Math.max(0, current[i] - rest[i]);
      close(rest, 0);
      this.#rounds.push({ image: current, eroded, rest, before: skeleton });
      skeleton = skeleton.slice();
      for (let i = 0; i < rest.length; i++) skeleton[i] += Math.max(0, rest[i] - skeleton[i] * rest[i]);
      current = least;
    }
    this.values = skeleton;
  }

  /**
   * d / d image of sum_i weights_i S_i, 0 where closed. Where a pool has its extreme several times: see
   * {@link addCrossMinimumSlopes} and {@link addBoxMaximumSlopes}.
   */
  slopes(weights: Float64Array): Float64Array {
    const pixels = weights.length;
    const ofSkeleton = weights.slice();
    let ofEroded = new Float64Array(pixels);
    for (const { image, eroded, rest, before } of this.#rounds.toReversed()) {
      const ofImage = new Float64Array(pixels);
      const ofOpened = new Float64Array(pixels);
      for (let i = 0; i < pixels; i++) {
        if (!(rest[i] - before[i] * rest[i] > 0)) continue;
        ofImage[i] = ofSkeleton[i] * (1 - before[i]);
        ofOpened[i] = -ofImage[i];
        ofSkeleton[i] -= ofSkeleton[i] * rest[i];
      }
      addBoxMaximumSlopes(eroded, this.#spatial, ofOpened, ofEroded);
      addCrossMinimumSlopes(image, this.#spatial, ofEroded, ofImage);
      ofEroded = ofImage;
    }
    return ofEroded;
  }
}
