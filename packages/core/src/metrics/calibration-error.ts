/**
 * How far the confidence of predictions is from their accuracy.
 *
 *   bin b has n_b of n pixels, accuracy a_b and mean confidence c_b:
 *   l1   sum n_b / n |a_b - c_b|               expected calibration error (ECE)
 *   l2   sqrt(sum n_b / n (a_b - c_b)^2)       root mean square calibration error
 *   max  max |a_b - c_b|                       maximum calibration error (MCE)
 *
 * Bins are [b / bins, (b + 1) / bins), with edges in float32, and one more holds the pixels of confidence 1, as in
 * torchmetrics 1.9. In the paper bins are closed on the right, so that 1 shares the last: where many confidences
 * saturate, the numbers differ.
 *
 * Source: Guo et al., On Calibration of Modern Neural Networks, ICML 2017, eq. 3 and 5; torchmetrics 1.9
 * `CalibrationError` (`binary` and `multiclass`).
 *
 * @module
 */
import { classLabel } from "../class-label.ts";
import { PixelgradError } from "../errors.ts";
import { elementCount, positionOf, type Tensor, type TypedArray, tensor } from "../tensor.ts";

export type CalibrationNorm = "l1" | "l2" | "max";

/** A bin with pixels in it, as reliability diagrams show it. */
export interface ReliabilityBin {
  readonly pixels: number;
  /** Mean confidence of its pixels, 0 to 1. */
  readonly confidence: number;
  /** Share of its pixels that are right, 0 to 1. */
  readonly accuracy: number;
}

/** A {@link CalibrationError} as plain data: sums per bin, the last bin is that of confidence 1. */
export interface CalibrationErrorState {
  readonly bins: number;
  readonly counts: readonly number[];
  readonly confidences: readonly number[];
  readonly rights: readonly number[];
}

export class CalibrationError {
  readonly bins: number;
  readonly #edges: Float32Array;
  /** Pixels, the sum of their confidences, and how many are right: per bin. */
  readonly #counts: Float64Array;
  readonly #confidences: Float64Array;
  readonly #rights: Float64Array;

  /**
   * @param bins - a positive integer.
   * @throws PixelgradError `OPTION_INVALID`.
   */
  constructor(bins = 15) {
    if (!Number.isSafeInteger(bins) || bins < 1) {
      throw new PixelgradError("OPTION_INVALID", `bins must be an integer of at least 1, got ${bins}.`, {
        loss: "calibration-error",
        option: "bins",
        value: bins,
        allowed: "an integer of at least 1",
      });
    }
    this.bins = bins;
    this.#edges = Float32Array.from({ length: bins + 1 }, (_, b) => b / bins);
    this.#counts = new Float64Array(bins + 1);
    this.#confidences = new Float64Array(bins + 1);
    this.#rights = new Float64Array(bins + 1);
  }

  /**
   * The sums that {@link CalibrationError.toJSON} described.
   * @throws PixelgradError `SHAPE_MISMATCH`, `OPTION_INVALID`.
   */
  static from({ bins, counts, confidences, rights }: CalibrationErrorState): CalibrationError {
    const error = new CalibrationError(bins);
    for (const list of [counts, confidences, rights]) error.#checkBins(list.length - 1);
    error.#counts.set(counts);
    error.#confidences.set(confidences);
    error.#rights.set(rights);
    return error;
  }

  toJSON(): CalibrationErrorState {
    return {
      bins: this.bins,
      counts: Array.from(this.#counts),
      confidences: Array.from(this.#confidences),
      rights: Array.from(this.#rights),
    };
  }

  /**
   * Adds pixels. With several channels, the confidence of a pixel is its largest probability and it is right when that
   * channel (the first of equals) is its label; with one channel, the confidence is the probability of label 1 and
   * the accuracy how often that is the label.
   *
   * @param probabilities - `[N, C, ...spatial]`, 0 to 1.
   * @param truth - labels `[N, ...spatial]`; those in `ignore` do not count.
   * @throws PixelgradError `SHAPE_MISMATCH`, `PROBABILITY_OUT_OF_RANGE`, `LABEL_OUT_OF_RANGE`.
   */
  add(probabilities: Tensor, truth: TypedArray, ignore: readonly number[] = []): this {
    const { data, dims } = tensor(probabilities.data, probabilities.dims);
    const [images, classes, ...spatial] = dims as [number, number, ...number[]];
    const pixels = elementCount(spatial);
    if (truth.length !== images * pixels) {
      throw new PixelgradError(
        "SHAPE_MISMATCH",
        `Probabilities of ${images * pixels} pixels need as many labels, got ${truth.length}.`,
        { expected: [images, ...spatial], got: [truth.length] },
      );
    }
    for (let i = 0; i < truth.length; i++) {
      const label = Number(truth[i]);
      if (ignore.includes(label)) continue;
      const at = Math.floor(i / pixels) * classes * pixels + (i % pixels);
      let best = 0;
      let confidence = -1;
      for (let c = 0; c < classes; c++) {
        const p = Number(data[at + c * pixels]);
        if (!(p >= 0 && p <= 1)) throw notAProbability(p, positionOf(at + c * pixels, dims));
        if (p > confidence) {
          confidence = p;
          best = c;
        }
      }
      const id = classLabel(label, classes === 1 ? 2 : classes, i);
      const b = this.#binOf(confidence);
      this.#counts[b]++;
      this.#confidences[b] += confidence;
      if (classes === 1 ? id === 1 : id === best) this.#rights[b]++;
    }
    return this;
  }

  /**
   * Adds the pixels of another of as many bins. Sums are floating-point: merge in the same order for the same bits.
   * @throws PixelgradError `SHAPE_MISMATCH`.
   */
  merge(other: CalibrationError): this {
    this.#checkBins(other.bins);
    for (let b = 0; b <= this.bins; b++) {
      this.#counts[b] += other.#counts[b];
      this.#confidences[b] += other.#confidences[b];
      this.#rights[b] += other.#rights[b];
    }
    return this;
  }

  /** The error in the given norm, 0 to 1; null without pixels. */
  error(norm: CalibrationNorm = "l1"): number | null {
    const bins = this.reliability();
    const all = bins.reduce((sum, { pixels }) => sum + pixels, 0);
    if (all === 0) return null;
    const gaps = bins.map(({ accuracy, confidence }) => Math.abs(accuracy - confidence));
    switch (norm) {
      case "l1":
        return gaps.reduce((sum, gap, b) => sum + (bins[b].pixels / all) * gap, 0);
      case "l2":
        return Math.sqrt(gaps.reduce((sum, gap, b) => sum + (bins[b].pixels / all) * gap ** 2, 0));
      case "max":
        return Math.max(...gaps);
    }
  }

  /** The bins that have pixels, by confidence. */
  reliability(): ReliabilityBin[] {
    return Array.from(this.#counts, (pixels, b) => ({
      pixels,
      confidence: this.#confidences[b] / pixels,
      accuracy: this.#rights[b] / pixels,
    })).filter(({ pixels }) => pixels > 0);
  }

  #binOf(confidence: number): number {
    const rounded = Math.fround(confidence);
    const b = Math.floor(rounded * this.bins);
    // An edge that float32 rounded down lies just below b / bins; one that it rounded up has no float32 before it.
    return b < this.bins && rounded >= this.#edges[b + 1] ? b + 1 : b;
  }

  #checkBins(got: number): void {
    if (got === this.bins) return;
    throw new PixelgradError("SHAPE_MISMATCH", `Calibration over ${this.bins} bins cannot take ${got}.`, {
      expected: [this.bins],
      got: [got],
    });
  }
}

function notAProbability(value: number, position: readonly number[]): PixelgradError {
  return new PixelgradError(
    "PROBABILITY_OUT_OF_RANGE",
    `${value} at [${position.join(", ")}] is no probability: expected 0 to 1. Apply softmax or sigmoid to logits.`,
    { value, position },
  );
}
