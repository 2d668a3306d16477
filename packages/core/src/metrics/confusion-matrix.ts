/**
 * Counts of (true class, predicted class) over pixels, and what is read off them. Counts add up exactly, so matrices
 * of parts merge into the matrix of the whole in any order.
 *
 *   T = pixels of a class, P = pixels predicted as it, I = both
 *
 * A score whose divisor is 0 is null, and means over classes leave it out, as mmsegmentation's do.
 *
 * @module
 */
import { classLabel } from "../class-label.ts";
import { PixelgradError } from "../errors.ts";
import type { TypedArray } from "../tensor.ts";
import { meanOfDefined } from "./mean-of-defined.ts";
import { checkSameLength } from "./same-length.ts";

/** A {@link ConfusionMatrix} as plain data. */
export interface ConfusionMatrixState {
  readonly classes: number;
  readonly counts: readonly number[];
}

export class ConfusionMatrix {
  readonly classes: number;
  /** `counts[truth * classes + predicted]`, in pixels. */
  readonly counts: Float64Array;

  /**
   * An empty matrix, or one over counts that another made.
   * @throws PixelgradError `SHAPE_MISMATCH` when there are not `classes` times `classes` counts.
   */
  constructor(classes: number, counts: Float64Array = new Float64Array(classes * classes)) {
    if (counts.length !== classes * classes) {
      throw new PixelgradError(
        "SHAPE_MISMATCH",
        `A confusion matrix of ${classes} classes needs ${classes * classes} counts, got ${counts.length}.`,
        { expected: [classes, classes], got: [counts.length] },
      );
    }
    this.classes = classes;
    this.counts = counts;
  }

  /** The matrix that {@link ConfusionMatrix.toJSON} described. */
  static from({ classes, counts }: ConfusionMatrixState): ConfusionMatrix {
    return new ConfusionMatrix(classes, Float64Array.from(counts));
  }

  toJSON(): ConfusionMatrixState {
    return { classes: this.classes, counts: Array.from(this.counts) };
  }

  /**
   * Adds predicted and true labels of the same pixels; true labels in `ignore` do not count.
   * @throws PixelgradError `SHAPE_MISMATCH`, `LABEL_OUT_OF_RANGE`.
   */
  add(predicted: TypedArray, truth: TypedArray, ignore: readonly number[] = []): this {
    checkSameLength(predicted, truth);
    const { classes, counts } = this;
    for (let i = 0; i < truth.length; i++) {
      const t = Number(truth[i]);
      if (ignore.includes(t)) continue;
      counts[classLabel(t, classes, i) * classes + classLabel(Number(predicted[i]), classes, i)]++;
    }
    return this;
  }

  /**
   * Adds the counts of another matrix of as many classes.
   * @throws PixelgradError `SHAPE_MISMATCH`.
   */
  merge(other: ConfusionMatrix): this {
    if (other.classes !== this.classes) {
      throw new PixelgradError(
        "SHAPE_MISMATCH",
        `A confusion matrix of ${this.classes} classes cannot take one of ${other.classes}.`,
        { expected: [this.classes], got: [other.classes] },
      );
    }
    for (let i = 0; i < this.counts.length; i++) this.counts[i] += other.counts[i];
    return this;
  }

  /** Intersection over union per class, I / (T + P - I); null where a class is neither there nor predicted. */
  iou(): (number | null)[] {
    return this.#perClass((i, t, p) => ratio(i, t + p - i));
  }

  /** Mean of the IoUs that are not null; null when all are. */
  meanIou(): number | null {
    return meanOfDefined(this.iou());
  }

  /** Mean IoU with the pixels of each true class as weights, sum T IoU / sum T; null without pixels. */
  frequencyWeightedIou(): number | null {
    const weighted = this.#perClass((i, t, p) => (t === 0 ? 0 : (t * i) / (t + p - i)));
    return ratio(
      weighted.reduce<number>((sum, w) => sum + (w ?? 0), 0),
      this.#pixels(),
    );
  }

  /** Dice, which is F1, per class, 2 I / (T + P); null where a class is neither there nor predicted. */
  dice(): (number | null)[] {
    return this.#perClass((i, t, p) => ratio(2 * i, t + p));
  }

  /** Mean of the Dice scores that are not null (macro F1); null when all are. */
  meanDice(): number | null {
    return meanOfDefined(this.dice());
  }

  /** Share of the pixels predicted as a class that are of it, I / P; null where it is never predicted. */
  precision(): (number | null)[] {
    return this.#perClass((i, _, p) => ratio(i, p));
  }

  /** Share of the pixels of a class that are predicted as it, I / T (its accuracy); null where it is not there. */
  recall(): (number | null)[] {
    return this.#perClass((i, t) => ratio(i, t));
  }

  /** Mean of the recalls that are not null, over the classes that are there; null when all are. */
  meanAccuracy(): number | null {
    return meanOfDefined(this.recall());
  }

  /** Share of counted pixels whose label is right; null without pixels. */
  pixelAccuracy(): number | null {
    let right = 0;
    for (let c = 0; c < this.classes; c++) right += this.counts[c * this.classes + c];
    return ratio(right, this.#pixels());
  }

  #pixels(): number {
    return this.counts.reduce((a, b) => a + b, 0);
  }

  /** `score(I, T, P)` of each class. */
  #perClass(score: (i: number, t: number, p: number) => number | null): (number | null)[] {
    const n = this.classes;
    return Array.from({ length: n }, (_, c) => {
      let truth = 0;
      let predicted = 0;
      for (let k = 0; k < n; k++) {
        truth += this.counts[c * n + k];
        predicted += this.counts[k * n + c];
      }
      return score(this.counts[c * n + c], truth, predicted);
    });
  }
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
