/** Reads what a divergence compares. @module */
import { PixelgradError } from "../errors.ts";
import { logSoftmax, softmax } from "../reference/activations.ts";
import type { Pixel } from "../reference/pixel.ts";
import type { Term } from "../term.ts";
import type { DivergenceOptions } from "./divergence.ts";

/** Student and teacher of one pixel after the other, as probabilities and their logarithms. */
export class StudentAndTeacher {
  readonly p: Float64Array;
  readonly logp: Float64Array;
  readonly t: Float64Array;
  readonly logt: Float64Array;
  /** d loss / d input of each class, before the softmax. */
  readonly slope: Float64Array;
  readonly #id: string;
  readonly #input: Term["input"];
  readonly #temperature: number;
  readonly #least: number;

  constructor(id: string, options: DivergenceOptions, classes: number) {
    const { input = "logits", temperature = 1, clamp = "none", epsilon = 1e-7 } = options;
    this.p = new Float64Array(classes);
    this.logp = new Float64Array(classes);
    this.t = new Float64Array(classes);
    this.logt = new Float64Array(classes);
    this.slope = new Float64Array(classes);
    this.#id = id;
    this.#input = input;
    this.#temperature = temperature;
    this.#least = clamp === "none" ? Number.NEGATIVE_INFINITY : Math.fround(epsilon);
  }

  read(pixel: Pixel): void {
    this.#readInput(pixel.x, pixel.open, this.p, this.logp);
    if (pixel.teacher.length > 0) this.#readInput(pixel.teacher, pixel.open, this.t, this.logt);
    else if (pixel.y < 0) this.#readProbabilities(pixel.t, this.t, this.logt);
    else throw withoutTeacher(this.#id);
  }

  /** 1 where a probability is taken as it is, 0 where the clamp takes another in its place. */
  moves(probability: number): number {
    return this.#least > 0 && (probability < this.#least || probability > 1) ? 0 : 1;
  }

  #readInput(from: Float64Array, open: Uint8Array, plain: Float64Array, log: Float64Array): void {
    if (this.#input === "probabilities") {
      this.#readProbabilities(from, plain, log);
    } else if (this.#input === "log-probabilities") {
      log.set(from);
      for (let k = 0; k < from.length; k++) plain[k] = Math.exp(from[k]);
    } else {
      const softened = this.slope;
      for (let k = 0; k < from.length; k++) softened[k] = from[k] / this.#temperature;
      softmax(softened, plain, open);
      logSoftmax(softened, log, open);
    }
  }

  #readProbabilities(from: Float64Array, plain: Float64Array, log: Float64Array): void {
    for (let k = 0; k < from.length; k++) {
      plain[k] = this.#least > 0 ? Math.max(this.#least, Math.min(1, from[k])) : from[k];
      log[k] = Math.log(plain[k]);
    }
  }
}

/** What to throw for labels without a teacher. */
export function withoutTeacher(id: string): PixelgradError {
  return new PixelgradError(
    "EXTRA_MISSING",
    `${id} of labels needs extra.teacher, a Float32Array with the dims of the logits; without one the target has ` +
      "to be dense, the teacher's probabilities.",
    { loss: id, extra: "teacher" },
  );
}
