/**
 * Counts of (true class, predicted class) over pixels, and what is read off them. Counts add up exactly, so matrices
 * of parts merge into the matrix of the whole in any order.
 *
 * @module
 */
import { classLabel } from "../class-label.ts";
import { PixelgradError } from "../errors.ts";
import type { TypedArray } from "../tensor.ts";

export class ConfusionMatrix {
  readonly classes: number;
  /** `counts[truth * classes + predicted]`, in pixels. */
  readonly counts: Float64Array;

  /** An empty matrix, or one over counts that another made. */
  constructor(classes: number, counts: Float64Array = new Float64Array(classes * classes)) {
    this.classes = classes;
    this.counts = counts;
  }

  /**
   * Adds predicted and true labels of the same pixels; true labels in `ignore` do not count.
   * @throws PixelgradError `SHAPE_MISMATCH`, `LABEL_OUT_OF_RANGE`.
   */
  add(predicted: TypedArray, truth: TypedArray, ignore: readonly number[] = []): this {
    if (predicted.length !== truth.length) {
      throw new PixelgradError(
        "SHAPE_MISMATCH",
        `${truth.length} true labels need as many predicted ones, got ${predicted.length}.`,
        { expected: [truth.length], got: [predicted.length] },
      );
    }
    for (let i = 0; i < truth.length; i++) {
      const t = Number(truth[i]);
      if (ignore.includes(t)) continue;
      this.counts[
        classLabel(t, this.classes, i) * this.classes + classLabel(Number(predicted[i]), this.classes, i)
      ]++;
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

  /** Intersection over union per class, 0 to 1; null where a class is neither there nor predicted. */
  iou(): (number | null)[] {
    const n = this.classes;
    return Array.from({ length: n }, (_, c) => {
      let truth = 0;
      let predicted = 0;
      for (let k = 0; k < n; k++) {
        truth += this.counts[c * n + k];
        predicted += this.counts[k * n + c];
      }
      const intersection = this.counts[c * n + c];
      const union = truth + predicted - intersection;
      return union === 0 ? null : intersection / union;
    });
  }

  /** Mean of the IoUs that are not null; null when all are. */
  meanIou(): number | null {
    const present = this.iou().filter((iou) => iou !== null);
    return present.length === 0 ? null : present.reduce((a, b) => a + b, 0) / present.length;
  }

  /** Share of counted pixels whose label is right; null without pixels. */
  pixelAccuracy(): number | null {
    let right = 0;
    for (let c = 0; c < this.classes; c++) right += this.counts[c * this.classes + c];
    const all = this.counts.reduce((a, b) => a + b, 0);
    return all === 0 ? null : right / all;
  }
}
