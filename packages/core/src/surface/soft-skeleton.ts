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
import type { Bands } from "../bands.ts";
import { type Lines, linesOf } from "./lines.ts";
import {
  addCrossMinimumSlopes,
  boxMaximum,
  crossMinimum,
  subtractBoxMaximumSlopes,
} from "./neighbour-pools.ts";

/** Pixels that are as if outside of the image, 1 each; undefined where there are none. */
export type Closed = Uint8Array | undefined;

/** The arrays of one round. */
interface Round {
  /** I_k; Infinity where closed. */
  readonly image: Float64Array;
  /** I_(k+1); Infinity where closed. */
  readonly least: Float64Array;
  /** I_(k+1); -Infinity where closed. */
  readonly eroded: Float64Array;
  /** d_k */
  readonly rest: Float64Array;
  /** S_(k-1); undefined at first, where it is 0. */
  readonly before: Float64Array | undefined;
}

/**
 * S alone, of which no gradient is asked: its rounds take each other's memory.
 * @param image - `[...spatial]`, row-major.
 * @param iterations - rounds after the first; 0 or more.
 * @param out - `[...spatial]`, overwritten and returned; 0 where closed.
 */
export function softSkeleton(
  image: Float64Array,
  closed: Closed,
  spatial: readonly number[],
  iterations: number,
  bands: Bands,
  out: Float64Array,
): Float64Array {
  const lines = linesOf(spatial);
  const own = bands.nested();
  const images = [own.doubles(image.length), own.doubles(image.length)];
  const rest = own.doubles(image.length);
  const eroded = closed && own.doubles(image.length);
  let current = closed ? openImage(image, closed, own.doubles(image.length), lines, bands) : image;
  for (let k = 0; k <= iterations; k++) {
    const least = images[k % 2];
    const round = { image: current, least, eroded: eroded ?? least, rest, before: k === 0 ? undefined : out };
    erode(round, closed, lines, bands);
    addOpening(round, closed, lines, bands, out);
    current = least;
  }
  return out;
}

/** Numbers that {@link softSkeleton} takes of the bands' memory, and gives back. */
export const skeletonWorkspace = (pixels: number): number => 5 * pixels;

/** S, and what its gradient needs. */
export class SoftSkeleton {
  /** S, `[...spatial]`; 0 where closed. */
  readonly values: Float64Array;
  readonly #rounds: Round[] = [];
  readonly #lines: Lines;
  readonly #bands: Bands;

  /** Numbers that a skeleton and its slopes take of the bands' memory. */
  static workspace(pixels: number, iterations: number): number {
    return 4 * (iterations + 1) * pixels + 2 * pixels;
  }

  /** As {@link softSkeleton}; `image` is kept. */
  constructor(
    image: Float64Array,
    closed: Closed,
    spatial: readonly number[],
    iterations: number,
    bands: Bands,
  ) {
    const pixels = image.length;
    const lines = linesOf(spatial);
    let current = closed ? openImage(image, closed, bands.doubles(pixels), lines, bands) : image;
    let skeleton: Float64Array | undefined;
    for (let k = 0; k <= iterations; k++) {
      const least = bands.doubles(pixels);
      const eroded = closed ? bands.doubles(pixels) : least;
      const rest = bands.doubles(pixels);
      const round = { image: current, least, eroded, rest, before: skeleton };
      // S_0 is d_0.
      skeleton = skeleton ? bands.doubles(pixels) : rest;
      erode(round, closed, lines, bands);
      addOpening(round, closed, lines, bands, skeleton);
      this.#rounds.push(round);
      current = least;
    }
    this.values = skeleton as Float64Array;
    this.#lines = lines;
    this.#bands = bands;
  }

  /**
   * d / d image of sum_i weights_i S_i, 0 where closed. Where a pool has its extreme several times: see
   * {@link addCrossMinimumSlopes} and {@link subtractBoxMaximumSlopes}.
   * @param weights - overwritten.
   */
  slopes(weights: Float64Array): Float64Array {
    let ofEroded = this.#bands.doubles(weights.length);
    let ofImage = this.#bands.doubles(weights.length);
    this.#eachPart((from, to) => {
      ofEroded.fill(0, from, to);
    });
    for (const round of this.#rounds.toReversed()) {
      this.#eachPart((from, to) => takeRest(round, from, to, weights, ofImage));
      this.#eachSlabs((line, from, end) => {
        subtractBoxMaximumSlopes(round.eroded, this.#lines, line, ofImage, ofEroded, from, end);
      });
      this.#eachSlabs((line, from, end) => {
        addCrossMinimumSlopes(round.image, this.#lines, line, ofEroded, ofImage, from, end);
      });
      [ofEroded, ofImage] = [ofImage, ofEroded];
    }
    return ofEroded;
  }

  /** One pass over pixels that do not look at each other. */
  #eachPart(body: (from: number, to: number) => void): void {
    const { count, length } = this.#lines;
    this.#bands.each(count, length, (from, to) => body(from * length, to * length));
  }

  /**
   * One pass over slabs along the first axis, whose lines send numbers to neighbours: `body` gets each line of a band, and
   * those next to it, with the pixels that are the band's own.
   */
  #eachSlabs(body: (line: number, from: number, end: number) => void): void {
    const { count, length, axes } = this.#lines;
    const slabs = axes.length === 0 ? 1 : axes[0].length;
    const perSlab = count / slabs;
    // Bands of so many slabs that those next to them are few, and so many bands that threads share them evenly.
    const together = Math.ceil(Math.sqrt(slabs));
    this.#bands.each(Math.ceil(slabs / together), together * perSlab * length, (from, to) => {
      const first = from * together;
      const end = Math.min(slabs, to * together);
      const lastLine = Math.min(slabs, end + 1) * perSlab;
      for (let line = Math.max(0, first - 1) * perSlab; line < lastLine; line++) {
        body(line, first * perSlab * length, end * perSlab * length);
      }
    });
  }
}

/** The image, with Infinity where closed. */
function openImage(
  image: Float64Array,
  closed: Uint8Array,
  open: Float64Array,
  { count, length }: Lines,
  bands: Bands,
): Float64Array {
  bands.each(count, length, (from, to) => {
    for (let i = from * length; i < to * length; i++) {
      open[i] = closed[i] === 0 ? image[i] : Number.POSITIVE_INFINITY;
    }
  });
  return open;
}

function erode({ image, least, eroded }: Round, closed: Closed, lines: Lines, bands: Bands): void {
  const { count, length } = lines;
  bands.each(count, length, (from, to) => {
    for (let line = from; line < to; line++) crossMinimum(image, lines, line, least);
    if (closed === undefined) return;
    for (let i = from * length; i < to * length; i++) {
      eroded[i] = closed[i] === 0 ? least[i] : Number.NEGATIVE_INFINITY;
      if (closed[i] !== 0) least[i] = Number.POSITIVE_INFINITY;
    }
  });
}

function addOpening(round: Round, closed: Closed, lines: Lines, bands: Bands, skeleton: Float64Array): void {
  const { count, length } = lines;
  const greatest = new Float64Array(length);
  bands.each(count, length, (from, to) => {
    for (let line = from; line < to; line++) {
      boxMaximum(round.eroded, lines, line, greatest);
      addRest(round, line * length, greatest, closed, skeleton);
    }
  });
}

/** d_k and S_k of a line at `at`, whose opened I_k is `greatest`. */
function addRest(
  { image, rest, before }: Round,
  at: number,
  greatest: Float64Array,
  closed: Closed,
  skeleton: Float64Array,
): void {
  for (let k = 0, i = at; k < greatest.length; k++, i++) {
    const d = image[i] - greatest[k];
    rest[i] = d > 0 && (closed === undefined || closed[i] === 0) ? d : 0;
    const taken = before === undefined ? 0 : before[i];
    const more = rest[i] - taken * rest[i];
    skeleton[i] = taken + Math.max(0, more);
  }
}

/** Of the gradient of S_k: what goes to I_k, less that to its opening, and what is left for S_(k-1). */
function takeRest(
  { rest, before }: Round,
  from: number,
  to: number,
  ofSkeleton: Float64Array,
  ofImage: Float64Array,
): void {
  for (let i = from; i < to; i++) {
    const taken = before === undefined ? 0 : before[i];
    if (rest[i] - taken * rest[i] > 0) {
      ofImage[i] = ofSkeleton[i] * (1 - taken);
      ofSkeleton[i] -= ofSkeleton[i] * rest[i];
    } else ofImage[i] = 0;
  }
}
