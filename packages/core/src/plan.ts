/**
 * A loss ready to run on logits of a known number of classes. Its maps run on pieces anywhere; their sums are added
 * up per image in piece order; `finish` and `result` run once, on the sums of all images.
 *
 * Sums and coefficients of all terms lie one behind the other in one Float64Array, so that they travel as one.
 *
 * @module
 */
import type { LossValue } from "./loss.ts";
import type { ElementKind, WeightedTerm } from "./term.ts";

type Length = "firstLength" | "secondLength" | "coefficientLength";

export class LossPlan {
  readonly classes: number;
  readonly terms: readonly WeightedTerm[];
  readonly firstLength: number;
  readonly secondLength: number;
  readonly coefficientLength: number;
  readonly #offsets: Record<Length, readonly number[]>;

  constructor(classes: number, terms: readonly WeightedTerm[]) {
    this.classes = classes;
    this.terms = terms;
    this.#offsets = {
      firstLength: offsetsOf(terms, "firstLength"),
      secondLength: offsetsOf(terms, "secondLength"),
      coefficientLength: offsetsOf(terms, "coefficientLength"),
    };
    this.firstLength = this.#offsets.firstLength[terms.length]!;
    this.secondLength = this.#offsets.secondLength[terms.length]!;
    this.coefficientLength = this.#offsets.coefficientLength[terms.length]!;
  }

  /** Whether the first map reads the logits: not when every divisor is known from the labels. */
  get firstReadsLogits(): boolean {
    return this.terms.some(({ term }) => term.coupling !== "labels");
  }

  /** Whether the value needs the second map; a term with a field leaves its value when that is filled. */
  get valueNeedsSecond(): boolean {
    return this.terms.some(({ term }) => term.secondLength > 0 && term.field === undefined);
  }

  /** Whether any term gathers. */
  get hasFields(): boolean {
    return this.terms.some(({ term }) => term.field !== undefined);
  }

  /** What the elements of the result are; a sum of losses has none. */
  get elementKind(): ElementKind {
    return this.terms.length === 1 ? this.terms[0]!.term.elements : "none";
  }

  /** Rows of pixels per image that the second map writes elements to. */
  get elementRows(): number {
    const kind = this.elementKind;
    return kind === "pixels" ? 1 : kind === "logits" ? this.classes : 0;
  }

  /** Coefficients of the second map for each image, from the merged sums of the first. */
  finish(first: readonly Float64Array[], upstream?: ArrayLike<number>): Float64Array[] {
    const parts = this.terms.map(({ term, weight }, i) =>
      term.finish(
        first.map((sums) => this.firstOf(sums, i)),
        weight,
        upstream,
      ),
    );
    return first.map((_, image) => {
      const coefficients = new Float64Array(this.coefficientLength);
      for (const [i, part] of parts.entries()) {
        coefficients.set(part[image]!, this.#offsets.coefficientLength[i]!);
      }
      return coefficients;
    });
  }

  /** The value, in all and per term, from the merged sums of both maps of each image. */
  result(first: readonly Float64Array[], second: readonly Float64Array[]): LossValue {
    let value = 0;
    let counted = 0;
    const terms = this.terms.map(({ term, weight }, i) => {
      const sums = first.map((image) => this.firstOf(image, i));
      const termValue = term.value(
        sums,
        second.map((image) => this.secondOf(image, i)),
      );
      value += weight * termValue;
      counted = Math.max(
        counted,
        sums.reduce((total, image) => total + image[0]!, 0),
      );
      return { id: term.id, weight, value: termValue };
    });
    return { value, counted, terms };
  }

  /** The part of the first map's sums that belongs to term `i`. */
  firstOf(first: Float64Array, i: number): Float64Array {
    return this.#part(first, i, "firstLength");
  }

  /** The part of the second map's sums that belongs to term `i`. */
  secondOf(second: Float64Array, i: number): Float64Array {
    return this.#part(second, i, "secondLength");
  }

  /** The part of the coefficients that belongs to term `i`. */
  coefficientsOf(coefficients: Float64Array, i: number): Float64Array {
    return this.#part(coefficients, i, "coefficientLength");
  }

  #part(all: Float64Array, i: number, length: Length): Float64Array {
    const offsets = this.#offsets[length];
    return all.subarray(offsets[i], offsets[i + 1]);
  }
}

/** Adds the sums of one more piece. Call it in piece order: float64 sums depend on it. */
export function addSums(total: Float64Array, sums: Float64Array): void {
  for (let i = 0; i < total.length; i++) total[i] += sums[i];
}

function offsetsOf(terms: readonly WeightedTerm[], length: Length): readonly number[] {
  const offsets = [0];
  for (const { term } of terms) offsets.push(offsets[offsets.length - 1]! + term[length]);
  return offsets;
}
