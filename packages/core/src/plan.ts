/**
 * A loss ready to run on logits of a known number of classes. Its maps run on pieces anywhere; their sums are added
 * up in piece order; `finish` and `result` run once, on the totals.
 *
 * Sums and coefficients of all terms lie one behind the other in one Float64Array, so that they travel as one.
 *
 * @module
 */
import type { LossValue } from "./loss.ts";
import type { WeightedTerm } from "./term.ts";

export class LossPlan {
  readonly classes: number;
  readonly terms: readonly WeightedTerm[];
  readonly firstLength: number;
  readonly secondLength: number;

  constructor(classes: number, terms: readonly WeightedTerm[]) {
    this.classes = classes;
    this.terms = terms;
    this.firstLength = terms.reduce((length, { term }) => length + term.firstLength, 0);
    this.secondLength = terms.reduce((length, { term }) => length + term.secondLength, 0);
  }

  /** Whether the first map reads the logits: not when every divisor is known from the labels. */
  get firstReadsLogits(): boolean {
    return this.terms.some(({ term }) => term.coupling !== "labels");
  }

  /** Whether the value needs the second map. */
  get valueNeedsSecond(): boolean {
    return this.secondLength > 0;
  }

  /** Whether elements are asked for, and how many rows of pixels they have per image. */
  get elementRows(): number {
    const term = this.terms.find(({ term }) => term.writesElements)?.term;
    if (term === undefined) return 0;
    return term.activation === "softmax" ? 1 : this.classes;
  }

  /** Coefficients of the second map, from the merged sums of the first. */
  finish(first: Float64Array): Float64Array {
    const parts = this.terms.map(({ term, weight }, i) => term.finish(this.firstOf(first, i), weight));
    const coefficients = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      coefficients.set(part, at);
      at += part.length;
    }
    return coefficients;
  }

  /** The value, in all and per term, from the merged sums of both maps. */
  result(first: Float64Array, second: Float64Array): LossValue {
    let value = 0;
    let counted = 0;
    const terms = this.terms.map(({ term, weight }, i) => {
      const sums = this.firstOf(first, i);
      const termValue = term.value(sums, this.secondOf(second, i));
      value += weight * termValue;
      counted = Math.max(counted, sums[0]);
      return { id: term.id, weight, value: termValue };
    });
    return { value, counted, terms };
  }

  /** The part of the first map's sums that belongs to term `i`. */
  firstOf(first: Float64Array, i: number): Float64Array {
    return slice(first, this.terms, i, "firstLength");
  }

  /** The part of the second map's sums that belongs to term `i`. */
  secondOf(second: Float64Array, i: number): Float64Array {
    return slice(second, this.terms, i, "secondLength");
  }

  /** The part of the coefficients that belongs to term `i`. */
  coefficientsOf(coefficients: Float64Array, i: number): Float64Array {
    return slice(coefficients, this.terms, i, "coefficientLength");
  }
}

/** Adds the sums of one more piece. Call it in piece order: float64 sums depend on it. */
export function addSums(total: Float64Array, sums: Float64Array): void {
  for (let i = 0; i < total.length; i++) total[i] += sums[i];
}

function slice(
  all: Float64Array,
  terms: readonly WeightedTerm[],
  index: number,
  length: "firstLength" | "secondLength" | "coefficientLength",
): Float64Array {
  let at = 0;
  for (let i = 0; i < index; i++) at += terms[i].term[length];
  return all.subarray(at, at + terms[index].term[length]);
}
