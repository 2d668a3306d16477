/**
 * Brings one pixel of a piece after the other before the float64 maps, always in the same buffers.
 *
 * @module
 */
import { chainSoftmax, logSoftmax, sigmoid, softmax, softplus } from "../reference/activations.ts";
import type { Pixel } from "../reference/pixel.ts";
import type { Term } from "../term.ts";
import { labelFault, maskedLabelFault, nonFiniteFault, probabilityFault, targetFault } from "./faults.ts";
import type { PieceView, Rows } from "./piece-view.ts";

const NOTHING = new Float64Array(0);

export class PixelBuffer implements Pixel {
  readonly classes: number;
  readonly x: Float64Array;
  y = -1;
  readonly t: Float64Array;
  counted = false;
  readonly open: Uint8Array;
  weight = 1;
  field: Float64Array = NOTHING;
  readonly teacher: Float64Array;
  readonly upstream: Float64Array;
  readonly grad: Float64Array;
  readonly slope: Float64Array;
  readonly elements: Float64Array;
  readonly #view: PieceView;
  readonly #softmax: Lazy;
  readonly #logSoftmax: Lazy;
  readonly #sigmoid: Lazy;
  readonly #logSigmoid: Lazy;
  readonly #exp: Lazy;
  readonly #log: Lazy;
  readonly #input: Lazy;
  readonly #lazies: readonly Lazy[];
  #probabilities: Lazy;
  #logProbabilities: Lazy;
  #at = 0;

  constructor(view: PieceView) {
    const { classes, classMask } = view;
    const numbers = (length = classes) => new Float64Array(length);
    this.#view = view;
    this.classes = classes;
    this.x = numbers();
    this.t = numbers();
    this.open = new Uint8Array(classes);
    this.teacher = numbers(view.rows.teacher === undefined ? 0 : classes);
    this.upstream = numbers(view.rows.upstream?.channels).fill(1);
    this.grad = numbers();
    this.slope = numbers();
    this.elements = numbers();
    const { x } = this;
    const each = (f: (x: number) => number) => new Lazy(classes, (to) => mapInto(to, x, f));
    this.#softmax = new Lazy(classes, (to) => softmax(x, to, classMask));
    this.#logSoftmax = new Lazy(classes, (to) => logSoftmax(x, to, classMask));
    this.#sigmoid = each(sigmoid);
    this.#logSigmoid = each((v) => -softplus(-v));
    this.#exp = each(Math.exp);
    this.#log = each(Math.log);
    this.#input = each((v) => v);
    this.#lazies = [
      this.#softmax,
      this.#logSoftmax,
      this.#sigmoid,
      this.#logSigmoid,
      this.#exp,
      this.#log,
      this.#input,
    ];
    this.#probabilities = this.#softmax;
    this.#logProbabilities = this.#logSoftmax;
  }

  get p(): Float64Array {
    return this.#probabilities.values;
  }

  get logp(): Float64Array {
    return this.#logProbabilities.values;
  }

  /** Moves to pixel `i` of the piece and reads what all terms share; the logits only if they are looked at. */
  moveTo(i: number, readsLogits: boolean): void {
    const { logits, pixelWeights, teacher, upstream } = this.#view.rows;
    this.#at = i;
    if (readsLogits) readInto(this.x, logits, i);
    if (teacher !== undefined) readInto(this.teacher, teacher, i);
    if (upstream !== undefined) readInto(this.upstream, upstream, i);
    if (pixelWeights !== undefined) this.weight = Number(pixelWeights.data[pixelWeights.offset + i]);
    this.grad.fill(0);
    for (const lazy of this.#lazies) lazy.forget();
  }

  /**
   * Makes the pixel what `term` sees of it: its target, what of it counts, its probabilities.
   * @throws PixelgradError for a number that may not be there, with its position.
   */
  show(term: Term, readsLogits: boolean): void {
    if (this.#view.targetKind === "labels") this.#showLabel(term);
    else this.#showDense(term);
    if (readsLogits) this.#checkInput(term);
    this.slope.fill(0);
    [this.#probabilities, this.#logProbabilities] = this.#probabilitiesOf(term);
  }

  /** Chains what the term left in `slope` through its activation, into `grad`. */
  chain(term: Term): void {
    const { p, slope, grad, x, classes } = this;
    if (term.slope === "input") return;
    if (term.input !== "logits") for (let c = 0; c < classes; c++) grad[c] += slope[c];
    else if (term.activation === "softmax") chainSoftmax(p, slope, grad);
    else for (let c = 0; c < classes; c++) grad[c] += slope[c] * p[c] * sigmoid(-x[c]);
  }

  #probabilitiesOf({ input, activation }: Term): [plain: Lazy, log: Lazy] {
    if (input === "probabilities") return [this.#input, this.#log];
    if (input === "log-probabilities") return [this.#exp, this.#input];
    return activation === "softmax" ? [this.#softmax, this.#logSoftmax] : [this.#sigmoid, this.#logSigmoid];
  }

  #showLabel({ ignored, activation, outOfRange }: Term): void {
    const { classMask, origin, rows } = this.#view;
    const { data, offset, step } = rows.target;
    const label = Number(data[offset + this.#at * step]);
    const isClass = Number.isInteger(label) && label >= 0 && label < this.classes;
    this.t.fill(0);
    this.counted = !ignored.includes(label) && (isClass || outOfRange === "throw");
    this.y = this.counted ? label : -1;
    if (!this.counted) {
      this.open.fill(0);
      return;
    }
    if (!isClass) throw labelFault(origin, this.#at, label, this.classes);
    if (activation === "softmax" && classMask?.[label] === 0) throw maskedLabelFault(origin, this.#at, label);
    this.t[label] = 1;
    if (classMask === undefined) this.open.fill(1);
    else this.open.set(classMask);
  }

  #showDense({ ignored, activation, range }: Term): void {
    const { classMask, origin, rows } = this.#view;
    readInto(this.t, rows.target, this.#at);
    this.y = -1;
    this.counted = false;
    let ignoredHere = false;
    for (let c = 0; c < this.classes; c++) {
      const t = this.t[c];
      const ignoredChannel = ignored.includes(t);
      const valid = range === "any" ? Number.isFinite(t) : t >= 0 && t <= 1;
      if (!valid && !ignoredChannel) throw targetFault(origin, this.classes, c, this.#at, t);
      this.open[c] = ignoredChannel || classMask?.[c] === 0 ? 0 : 1;
      this.counted ||= this.open[c] === 1;
      ignoredHere ||= ignoredChannel;
    }
    // A softmax pixel counts as a whole or not at all; the channels of a sigmoid count one by one.
    if (activation === "softmax" && ignoredHere) {
      this.open.fill(0);
      this.counted = false;
    }
  }

  #checkInput(term: Term): void {
    const { input, nonFinite, range } = term;
    if (nonFinite === "propagate") return;
    const { classMask, origin } = this.#view;
    for (let c = 0; c < this.classes; c++) {
      const x = this.x[c];
      if (classMask?.[c] === 0) continue;
      if (!Number.isFinite(x)) throw nonFiniteFault(origin, this.classes, c, this.#at, x);
      if (input === "probabilities" && range === "unit" && !(x >= 0 && x <= 1)) {
        throw probabilityFault(origin, this.classes, c, this.#at, x);
      }
      if (this.teacher.length > 0) this.#checkTeacher(term, c);
    }
  }

  #checkTeacher({ input, range }: Term, c: number): void {
    const { origin } = this.#view;
    const z = this.teacher[c];
    if (!Number.isFinite(z))
      throw nonFiniteFault(origin, this.classes, c, this.#at, z, "extra.teacher holds");
    if (input === "probabilities" && range === "unit" && !(z >= 0 && z <= 1)) {
      throw probabilityFault(origin, this.classes, c, this.#at, z, "extra.teacher holds");
    }
  }
}

/** Numbers made when first asked for at a pixel, and then kept for all terms. */
class Lazy {
  readonly #values: Float64Array;
  readonly #make: (to: Float64Array) => void;
  #ready = false;

  constructor(length: number, make: (to: Float64Array) => void) {
    this.#values = new Float64Array(length);
    this.#make = make;
  }

  get values(): Float64Array {
    if (!this.#ready) this.#make(this.#values);
    this.#ready = true;
    return this.#values;
  }

  forget(): void {
    this.#ready = false;
  }
}

function readInto(to: Float64Array, { data, offset, stride, step }: Rows, i: number): void {
  for (let c = 0; c < to.length; c++) to[c] = Number(data[offset + c * stride + i * step]);
}

function mapInto(to: Float64Array, from: Float64Array, f: (x: number) => number): void {
  for (let i = 0; i < to.length; i++) to[i] = f(from[i]);
}
