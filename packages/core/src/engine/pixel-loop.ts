/**
 * Runs the float64 maps of terms over pixels: what losses without a SIMD kernel run on, what the options that a
 * kernel lacks run on, and the oracle of the kernels.
 *
 * @module
 */
import type { LossPlan } from "../plan.ts";
import type { Term } from "../term.ts";
import type { Floats, PieceView, Rows } from "./piece-view.ts";
import { PixelBuffer } from "./pixel-buffer.ts";

/** A stretch of a piece: pixels `[begin, begin + count)`, and the terms, by index, that run on it. */
export interface PixelStretch {
  readonly plan: LossPlan;
  readonly terms: readonly number[];
  readonly view: PieceView;
  readonly begin: number;
  readonly count: number;
}

/** First maps: adds to `sums`, the sums of all terms of the plan; fills fields. */
export function firstOverPixels({ plan, terms, view, begin, count }: PixelStretch, sums: Float64Array): void {
  const pixel = new PixelBuffer(view);
  const readsLogits = terms.some((i) => plan.terms[i].term.coupling !== "labels");
  const parts = terms.map((i) => new TermPart(plan, view, i, plan.firstOf(sums, i)));
  for (let at = begin; at < begin + count; at++) {
    pixel.moveTo(at, readsLogits);
    for (const { term, sums, field } of parts) {
      pixel.show(term, readsLogits);
      if (field !== undefined) pixel.field = field.values;
      term.pixel.first(pixel, sums);
      field?.store(at);
    }
  }
}

/** Second maps: adds to `sums`, and the gradient to `grad`, which starts at pixel `begin`; writes elements. */
export function secondOverPixels(
  { plan, terms, view, begin, count }: PixelStretch,
  coefficients: Float64Array,
  sums: Float64Array,
  grad: Rows<Floats> | undefined,
): void {
  const pixel = new PixelBuffer(view);
  const { elements } = view.rows;
  const parts = terms.map(
    (i) => new TermPart(plan, view, i, plan.secondOf(sums, i), plan.coefficientsOf(coefficients, i)),
  );
  for (let at = begin; at < begin + count; at++) {
    pixel.moveTo(at, true);
    for (const { term, sums, coefficients, field } of parts) {
      pixel.show(term, true);
      if (field !== undefined) pixel.field = field.load(at);
      pixel.elements.fill(0);
      term.pixel.second(pixel, coefficients, sums);
      pixel.chain(term);
    }
    if (elements !== undefined) writeRows(elements, at, pixel.elements);
    if (grad !== undefined) addToRows(grad, at - begin, pixel.grad);
  }
}

const NONE = new Float64Array(0);

class TermPart {
  readonly term: Term;
  readonly sums: Float64Array;
  readonly coefficients: Float64Array;
  readonly field: PixelField | undefined;

  constructor(
    plan: LossPlan,
    view: PieceView,
    i: number,
    sums: Float64Array,
    coefficients: Float64Array = NONE,
  ) {
    this.term = plan.terms[i].term;
    this.sums = sums;
    this.coefficients = coefficients;
    const rows = view.rows.fields?.[i];
    this.field = rows && new PixelField(rows);
  }
}

/** A term's field at one pixel. */
class PixelField {
  readonly values: Float64Array;
  readonly #rows: Rows<Float64Array>;

  constructor(rows: Rows<Float64Array>) {
    this.values = new Float64Array(rows.channels);
    this.#rows = rows;
  }

  load(at: number): Float64Array {
    const { data, offset, stride } = this.#rows;
    for (let row = 0; row < this.values.length; row++) this.values[row] = data[offset + row * stride + at];
    return this.values;
  }

  store(at: number): void {
    writeRows(this.#rows, at, this.values);
  }
}

function writeRows(
  { data, channels, offset, stride, step }: Rows<Floats>,
  at: number,
  values: Float64Array,
): void {
  for (let c = 0; c < channels; c++) data[offset + c * stride + at * step] = values[c];
}

function addToRows(
  { data, channels, offset, stride, step }: Rows<Floats>,
  at: number,
  values: Float64Array,
): void {
  for (let c = 0; c < channels; c++) data[offset + c * stride + at * step] += values[c];
}
