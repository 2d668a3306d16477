/**
 * Mean over images of a score per class: what turns the scores of single images (sample-wise Dice, a Hausdorff distance)
 * into those of a data set.
 *
 * @module
 */
import { PixelgradError } from "../errors.ts";
import { meanOfDefined } from "./mean-of-defined.ts";

/** A {@link PerClassMean} as plain data. */
export interface PerClassMeanState {
  readonly sums: readonly number[];
  readonly counts: readonly number[];
  readonly infinite: readonly number[];
}

export class PerClassMean {
  /** Sum of the finite scores of each class. */
  readonly sums: Float64Array;
  /** Images with a finite score, per class. */
  readonly counts: Float64Array;
  /** Images with an infinite score, per class: not in the mean, so look here before you trust it. */
  readonly infinite: Float64Array;

  constructor(classes: number) {
    this.sums = new Float64Array(classes);
    this.counts = new Float64Array(classes);
    this.infinite = new Float64Array(classes);
  }

  /**
   * The means that {@link PerClassMean.toJSON} described.
   * @throws PixelgradError `SHAPE_MISMATCH` when its lists differ in length.
   */
  static from({ sums, counts, infinite }: PerClassMeanState): PerClassMean {
    const mean = new PerClassMean(sums.length);
    mean.#checkClasses(counts.length);
    mean.#checkClasses(infinite.length);
    mean.sums.set(sums);
    mean.counts.set(counts);
    mean.infinite.set(infinite);
    return mean;
  }

  toJSON(): PerClassMeanState {
    return {
      sums: Array.from(this.sums),
      counts: Array.from(this.counts),
      infinite: Array.from(this.infinite),
    };
  }

  /**
   * Adds the scores of one image, one per class; null does not count.
   * @throws PixelgradError `SHAPE_MISMATCH`.
   */
  add(scores: readonly (number | null)[]): this {
    this.#checkClasses(scores.length);
    scores.forEach((score, c) => {
      if (score === null) return;
      if (Number.isFinite(score)) {
        this.sums[c] += score;
        this.counts[c]++;
      } else {
        this.infinite[c]++;
      }
    });
    return this;
  }

  /**
   * Adds the images of another. Sums are floating-point: merge in the same order for the same bits.
   * @throws PixelgradError `SHAPE_MISMATCH`.
   */
  merge(other: PerClassMean): this {
    this.#checkClasses(other.sums.length);
    for (let c = 0; c < this.sums.length; c++) {
      this.sums[c] += other.sums[c];
      this.counts[c] += other.counts[c];
      this.infinite[c] += other.infinite[c];
    }
    return this;
  }

  /** Mean of each class over the images where it has a finite score; null without one. */
  perClass(): (number | null)[] {
    return Array.from(this.sums, (sum, c) => (this.counts[c] === 0 ? null : sum / this.counts[c]));
  }

  /** Mean over the classes that have a mean; null when none has. */
  mean(): number | null {
    return meanOfDefined(this.perClass());
  }

  #checkClasses(got: number): void {
    if (got === this.sums.length) return;
    throw new PixelgradError("SHAPE_MISMATCH", `A mean of ${this.sums.length} classes cannot take ${got}.`, {
      expected: [this.sums.length],
      got: [got],
    });
  }
}
