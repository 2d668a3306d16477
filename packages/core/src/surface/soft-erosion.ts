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
import { type Bands, doublesOf, takeBytes } from "../bands.ts";
import { crossMean } from "./cross-mean.ts";
import { type Lines, linesOf } from "./lines.ts";

interface Step {
  /** b', the map after the erosion. */
  readonly map: Float64Array;
  /** 1 where K b - 1/2 is not cut. */
  readonly uncut: Uint8Array;
  /** max e - min e; 0 where nothing is divided. */
  readonly span: number;
  readonly highest: number;
  readonly lowest: number;
}

/** Where a line has its extremes, and which: four numbers, the places -1 where no pixel is open. */
const Extreme = { highestAt: 0, highest: 1, lowestAt: 2, lowest: 3, length: 4 } as const;

export class SoftErosions {
  readonly #open: Uint8Array;
  readonly #lines: Lines;
  readonly #bands: Bands;
  readonly #steps: Step[] = [];

  /** Numbers that erosions and their slopes take of the bands' memory. */
  static workspace(pixels: number, lines: number, erosions: number): number {
    const step = pixels + doublesOf(pixels) + Extreme.length * lines;
    return erosions * step + 3 * pixels;
  }

  /**
   * @param errors - `[...spatial]`, row-major, 0 where not open.
   * @param open - 0 for a pixel that is as if outside of the image, else 1.
   */
  constructor(
    errors: Float64Array,
    open: Uint8Array,
    spatial: readonly number[],
    erosions: number,
    bands: Bands,
  ) {
    this.#open = open;
    this.#lines = linesOf(spatial);
    this.#bands = bands;
    let map = errors;
    for (let k = 0; k < erosions; k++) {
      const step = this.#erode(map);
      this.#steps.push(step);
      map = step.map;
    }
  }

  /** sum over k of weight(k) b_k, b_1 being the map after the first erosion. */
  weightedSum(weight: (k: number) => number): Float64Array {
    const sum = this.#bands.doubles(this.#open.length);
    this.#eachPart((from, to) => {
      sum.fill(0, from, to);
      this.#steps.forEach(({ map }, k) => {
        addScaled(map, weight(k + 1), from, to, sum);
      });
    });
    return sum;
  }

  /**
   * d / d errors of sum_i share_i weightedSum_i. Of several pixels with the minimum or the maximum, the first in row-major
   * order takes its gradient.
   */
  slopes(weight: (k: number) => number, share: Float64Array): Float64Array {
    const back = this.#bands.doubles(share.length);
    const uncut = this.#bands.doubles(share.length);
    this.#eachPart((from, to) => {
      back.fill(0, from, to);
    });
    for (let k = this.#steps.length; k >= 1; k--) {
      this.#back(this.#steps[k - 1], weight(k), share, back, uncut);
    }
    return back;
  }

  #erode(before: Float64Array): Step {
    const bands = this.#bands;
    const open = this.#open;
    const { count, length } = this.#lines;
    const map = bands.doubles(open.length);
    const uncut = takeBytes(bands, open.length);
    const extremes = bands.doubles(Extreme.length * count);
    bands.each(count, length, (from, to) => {
      for (let line = from; line < to; line++) {
        crossMean(before, this.#lines, line, map);
        cutLine(map, line, length, open, uncut, extremes);
      }
    });
    const { highest, lowest, span, least } = extremesOf(extremes);
    if (span > 0) {
      this.#eachPart((from, to) => {
        for (let i = from; i < to; i++) if (open[i] !== 0) map[i] = (map[i] - least) / span;
      });
    }
    return { map, uncut, span, highest, lowest };
  }

  /**
   * Turns `back`, the gradient of an eroded map, to which `w` times the share is added, into that of the map before it.
   * @param ofUncut - overwritten.
   */
  #back(step: Step, w: number, share: Float64Array, back: Float64Array, ofUncut: Float64Array): void {
    const { map, uncut, span, highest, lowest } = step;
    const open = this.#open;
    const lines = this.#lines;
    const { count, length } = lines;
    this.#eachPart((from, to) => {
      for (let i = from; i < to; i++) {
        const sum = back[i] + w * share[i];
        const of = span > 0 && open[i] !== 0 ? sum / span : sum;
        back[i] = of;
        ofUncut[i] = of * uncut[i];
      }
    });
    if (span > 0) {
      this.#bands.each(1, open.length, () => {
        const of = ofExtremes(map, open, back);
        ofUncut[highest] += of.highest * uncut[highest];
        ofUncut[lowest] += of.lowest * uncut[lowest];
      });
    }
    this.#bands.each(count, length, (from, to) => {
      for (let line = from; line < to; line++) crossMean(ofUncut, lines, line, back);
      for (let i = from * length; i < to * length; i++) back[i] *= open[i];
    });
  }

  /** One pass over pixels that do not look at each other. */
  #eachPart(body: (from: number, to: number) => void): void {
    const { count, length } = this.#lines;
    this.#bands.each(count, length, (from, to) => body(from * length, to * length));
  }
}

function addScaled(values: Float64Array, by: number, from: number, to: number, sum: Float64Array): void {
  for (let i = from; i < to; i++) sum[i] += by * values[i];
}

/** Makes of the means of a line e of the module's equation, and notes its extremes. */
function cutLine(
  map: Float64Array,
  line: number,
  length: number,
  open: Uint8Array,
  uncut: Uint8Array,
  extremes: Float64Array,
): void {
  let highest = -1;
  let lowest = -1;
  let most = 0;
  let least = 0;
  for (let i = line * length; i < (line + 1) * length; i++) {
    if (open[i] === 0) {
      map[i] = 0;
      uncut[i] = 0;
      continue;
    }
    const e = map[i] - 0.5;
    uncut[i] = e < 0 ? 0 : 1;
    const cut = Math.max(0, e);
    map[i] = cut;
    if (highest < 0 || cut > most) {
      highest = i;
      most = cut;
    }
    if (lowest < 0 || cut < least) {
      lowest = i;
      least = cut;
    }
  }
  const at = line * Extreme.length;
  extremes[at + Extreme.highestAt] = highest;
  extremes[at + Extreme.highest] = most;
  extremes[at + Extreme.lowestAt] = lowest;
  extremes[at + Extreme.lowest] = least;
}

/** The first extremes of all lines. */
function extremesOf(extremes: Float64Array) {
  let highest = -1;
  let lowest = -1;
  let most = 0;
  let least = 0;
  for (let at = 0; at < extremes.length; at += Extreme.length) {
    if (extremes[at + Extreme.highestAt] < 0) continue;
    if (highest < 0 || extremes[at + Extreme.highest] > most) {
      highest = extremes[at + Extreme.highestAt];
      most = extremes[at + Extreme.highest];
    }
    if (lowest < 0 || extremes[at + Extreme.lowest] < least) {
      lowest = extremes[at + Extreme.lowestAt];
      least = extremes[at + Extreme.lowest];
    }
  }
  return { highest, lowest, span: most - least, least };
}

/** What comes to the extremes of the gradient of all, which is divided by their span. */
function ofExtremes(map: Float64Array, open: Uint8Array, of: Float64Array) {
  let highest = 0;
  let lowest = 0;
  for (let i = 0; i < of.length; i++) {
    if (open[i] === 0) continue;
    highest -= of[i] * map[i];
    lowest += of[i] * (map[i] - 1);
  }
  return { highest, lowest };
}
