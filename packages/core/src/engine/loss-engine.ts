/**
 * Runs the maps of a plan on a piece: on the SIMD kernels where a term has them for this call, tile by tile, and on
 * the float64 maps elsewhere.
 *
 * Arrays in the engine's own memory are read and written in place; all others are copied there a piece at a time
 * (staging.ts). A tile is small enough for its softmax to stay in the first-level cache, where all terms share it.
 *
 * @module
 */
import type { LossPlan } from "../plan.ts";
import type { KernelMaps } from "../term.ts";
import { Arena } from "./arena.ts";
import { nonFiniteFault, probabilityFault } from "./faults.ts";
import type { KernelTerm } from "./kernel-term.ts";
import { instantiateKernels, type Kernels } from "./kernels.ts";
import { MaskTile } from "./mask-tile.ts";
import type { PieceView, Rows } from "./piece-view.ts";
import { firstOverPixels, secondOverPixels } from "./pixel-loop.ts";
import { constantsLength, LONG_TILE, Scratch } from "./scratch.ts";
import { type Place, Staging } from "./staging.ts";
import { isFirstStraight, isSecondStraight, jointMaps, keepsItsOwn } from "./straight.ts";
import { TargetTile } from "./target-tile.ts";
import { TeacherTile } from "./teacher-tile.ts";
import { SimdTile } from "./tile.ts";
import { twinsFor } from "./twins.ts";
import { UnitRoom } from "./unit-room.ts";
import { WeightTile } from "./weight-tile.ts";

const NONE = new Float64Array(0);

export class LossEngine {
  readonly arena: Arena;
  /** Where units of fields run. */
  readonly units: UnitRoom;
  readonly #kernels: Kernels;
  readonly #scratch: Scratch;
  readonly #staging: Staging;
  readonly #mask: MaskTile;
  readonly #targets: TargetTile;
  readonly #weights: WeightTile;
  readonly #teacher: TeacherTile;
  readonly #tile: SimdTile;
  #tiles = 0;

  /** An engine with a memory of its own, or over the memory it shares with other threads. */
  constructor(memory?: WebAssembly.Memory) {
    this.arena = new Arena(memory);
    this.#kernels = instantiateKernels(this.arena.memory);
    this.units = new UnitRoom(this.arena, this.#kernels);
    this.#scratch = new Scratch(this.arena);
    this.#staging = new Staging(this.arena, this.#kernels);
    this.#mask = new MaskTile(this.arena, this.#kernels, this.#scratch);
    this.#targets = new TargetTile(this.arena, this.#kernels, this.#scratch, this.#staging, this.#mask);
    this.#weights = new WeightTile(this.arena, this.#kernels, this.#scratch, this.#staging);
    this.#teacher = new TeacherTile(this.arena, this.#kernels, this.#scratch, this.#staging);
    this.#tile = new SimdTile(this.arena, this.#kernels, this.#scratch, this.#targets, this.#teacher);
  }

  /** Tiles the SIMD kernels have run on: the proof that the fast path was taken. */
  get tiles(): number {
    return this.#tiles;
  }

  /** First map: the sums of one piece, and its part of the fields. */
  first(plan: LossPlan, view: PieceView): Float64Array {
    const { simd, pixel } = twinsFor(plan, view);
    const sums = new Float64Array(plan.firstLength);
    if (simd.length > 0) this.#firstOnKernels(plan, view, simd, sums);
    if (pixel.length > 0) {
      firstOverPixels({ plan, terms: pixel, view, begin: 0, count: view.count }, sums);
    }
    return sums;
  }

  /** Second map: gradient and elements where the view has room for them, and the sums of the piece. */
  second(plan: LossPlan, view: PieceView, coefficients: Float64Array): Float64Array {
    const { simd, pixel } = twinsFor(plan, view);
    const { count } = view;
    const sums = new Float64Array(plan.secondLength);
    const rows = view.rows.grad;
    // Pixel maps add to what the kernels wrote, and read logits whose place a gradient may take.
    const grad =
      rows &&
      (pixel.length === 0
        ? this.#staging.open("grad", rows, count)
        : this.#staging.room("grad", rows.channels, count));
    if (simd.length > 0) this.#secondOnKernels(plan, view, simd, coefficients, sums, grad);
    if (pixel.length > 0) {
      const own = grad && this.#rowsAt(grad, view.classes);
      if (simd.length === 0) own?.data.fill(0);
      secondOverPixels({ plan, terms: pixel, view, begin: 0, count }, coefficients, sums, own);
    }
    if (rows !== undefined && grad !== undefined) this.#staging.store(grad, rows, count);
    return sums;
  }

  #firstOnKernels(plan: LossPlan, view: PieceView, simd: readonly number[], sums: Float64Array): void {
    const scratch = this.#scratch.fit(plan);
    const own = this.arena.doubles(scratch.sums, plan.firstLength).fill(0);
    const terms = this.#prepare(plan, view, simd, (i) => plan.firstOf(own, i));
    const readsLogits = terms.some(({ term }) => term.coupling !== "labels");
    const logits = readsLogits ? this.#staging.load(view.rows.logits, view.count) : undefined;
    const softmax = readsLogits ? this.#softmaxPlace(view, terms) : undefined;
    const keepsItself = keepsItsOwn(view, terms);
    const straight = isFirstStraight(view, terms);
    const pixels = straight ? LONG_TILE : scratch.pixels;
    const tile = this.#tile;
    this.#openPiece(view);
    for (let begin = 0; begin < view.count; begin += pixels) {
      this.#moveTo(view, begin, pixels);
      if (logits !== undefined) {
        this.#aim(logits, view, begin);
        if (!straight) this.#readLogits(view, terms, begin, softmax, softmax !== undefined && !keepsItself);
      }
      this.#aimKept(keepsItself ? softmax : undefined, begin);
      for (const part of terms) {
        const { maps, sums } = part;
        this.#turnTo(part, begin);
        if (!straight || maps.straight?.first === undefined) maps.first(tile, sums);
        else if (maps.straight.first(tile, sums)) this.#refuseInput(view, false, begin);
      }
    }
    for (const [k, i] of simd.entries()) {
      const { field } = terms[k];
      const rows = view.rows.fields?.[i];
      if (field !== undefined && rows !== undefined) this.#staging.storeField(field, rows, view.count);
    }
    sums.set(own);
  }

  #secondOnKernels(
    plan: LossPlan,
    view: PieceView,
    simd: readonly number[],
    coefficients: Float64Array,
    sums: Float64Array,
    grad: Place | undefined,
  ): void {
    const scratch = this.#scratch.fit(plan);
    const own = this.arena.doubles(scratch.sums, plan.secondLength).fill(0);
    const terms = this.#prepare(plan, view, simd, (i) => plan.secondOf(own, i), coefficients);
    const softmax = this.#softmaxPlace(view, terms);
    const logits = this.#staging.load(view.rows.logits, view.count);
    const elements = view.rows.elements && this.#staging.open("elements", view.rows.elements, view.count);
    const tile = this.#tile;
    const joint = jointMaps(view, terms);
    const keepsItself = keepsItsOwn(view, terms);
    const straight = softmax === undefined && isSecondStraight(view, terms);
    const pixels = straight || (softmax !== undefined && keepsItself) ? LONG_TILE : scratch.pixels;
    // Several terms add up their gradients in scratch where that of the first may take the place of the logits.
    const addsUp = terms.length > 1 && joint === undefined && softmax === undefined;
    this.#openPiece(view);
    for (let begin = 0; begin < view.count; begin += pixels) {
      this.#moveTo(view, begin, pixels);
      this.#aim(logits, view, begin);
      this.#aimKept(keepsItself ? softmax : undefined, begin);
      const place = grad === undefined ? 0 : grad.address + begin * 4;
      tile.grad = addsUp && grad !== undefined ? scratch.grad : place;
      tile.gradStride = addsUp ? scratch.stride : (grad?.stride ?? 0);
      tile.elements = elements === undefined ? 0 : elements.address + begin * 4;
      tile.elementsStride = elements?.stride ?? 0;
      tile.adds = 0;
      if (straight) {
        const [part] = terms;
        this.#turnTo(part, begin);
        if (part.maps.straight?.second?.(tile, part.coefficients, part.sums)) {
          this.#refuseInput(view, false, begin);
        }
        continue;
      }
      const noticing = softmax === undefined ? this.#noticing(view, terms, begin) : undefined;
      if (softmax !== undefined) {
        if (!keepsItself) this.#recall(softmax, begin);
      } else if (noticing === undefined) this.#readLogits(view, terms, begin, grad);
      if (joint !== undefined) {
        const { overlap, crossEntropy } = joint;
        this.#turnTo(overlap, begin);
        overlap.maps.secondWithCrossEntropy?.(tile, crossEntropy.coefficients[0], crossEntropy.sums);
        continue;
      }
      for (const part of terms) {
        this.#turnTo(part, begin);
        this.#weights.second(part.maps, tile, part.coefficients, part.sums);
        tile.adds = 1;
      }
      if (noticing !== undefined && !Number.isFinite(noticing.sums[0])) {
        this.#readLogits(view, terms, begin, grad);
      }
      if (addsUp && grad !== undefined) {
        this.#kernels.copyRows(scratch.grad, scratch.stride, place, grad.stride, tile.classes, tile.count);
      }
    }
    if (elements !== undefined && view.rows.elements !== undefined) {
      this.#staging.store(elements, view.rows.elements, view.count);
    }
    sums.set(own);
  }

  #prepare(
    plan: LossPlan,
    { rows: { fields }, count, targetKind }: PieceView,
    simd: readonly number[],
    sumsOf: (i: number) => Float64Array,
    coefficients?: Float64Array,
  ): KernelTerm[] {
    const length = constantsLength(plan.classes);
    let tables = this.#scratch.tables;
    return simd.map((i) => {
      const { term } = plan.terms[i];
      const maps = term.simd as KernelMaps;
      const constants = this.#scratch.constants + i * length * 4;
      const own = coefficients && plan.coefficientsOf(coefficients, i);
      maps.prepare?.(this.arena.floats(constants, length), own, targetKind);
      const table = tables;
      if (maps.table !== undefined) this.arena.doubles(table, maps.table.length).set(maps.table);
      tables += (maps.table?.length ?? 0) * 8;
      const rows = fields?.[i];
      const field =
        rows &&
        (own === undefined
          ? this.#staging.openField(i, rows, count)
          : this.#staging.loadField(i, rows, count));
      return { term, maps, sums: sumsOf(i), coefficients: own ?? NONE, constants, table, field };
    });
  }

  #turnTo({ term, constants, table, field }: KernelTerm, begin: number): void {
    const tile = this.#tile;
    tile.term = term;
    tile.constants = constants;
    tile.table = table;
    tile.field = field === undefined ? 0 : field.address + begin * 8;
    tile.fieldStride = field?.stride ?? 0;
  }

  /**
   * Where the first map leaves the e of the softmax, or what a term `keeps`, for the second: where the gradient will be. Both maps must decide
   * alike, from the view and the plan.
   */
  #softmaxPlace({ rows, count }: PieceView, terms: readonly KernelTerm[]): Place | undefined {
    const { softmax, logits } = rows;
    const kept =
      softmax !== undefined &&
      terms.some(({ term }) => term.activation === "softmax" && term.coupling !== "labels") &&
      this.#staging.holds(softmax, count) &&
      this.#staging.holds(logits, count);
    return kept ? this.#staging.inPlace(softmax) : undefined;
  }

  #openPiece(view: PieceView): void {
    this.#mask.openPiece(view);
    this.#targets.openPiece(view);
    this.#weights.openPiece(view);
    this.#teacher.openPiece(view);
  }

  #moveTo({ classes, count }: PieceView, begin: number, pixels: number): void {
    this.#tile.classes = classes;
    this.#tile.moveTo(begin, Math.min(pixels, count - begin));
    this.#weights.moveTo(this.#tile, begin);
    this.#tiles++;
  }

  #aim({ address, stride, inPlace }: Place, { origin, count }: PieceView, begin: number): void {
    this.#tile.x = address + begin * 4;
    this.#tile.xStride = stride;
    this.#tile.readable = Math.min((inPlace ? origin.pixels - origin.begin : count) - begin, 2 * LONG_TILE);
  }

  #aimKept(place: Place | undefined, begin: number): void {
    this.#tile.kept = place === undefined ? 0 : place.address + begin * 4;
    this.#tile.keptStride = place?.stride ?? 0;
  }

  /**
   * Checks the logits of the tile, and makes its softmax; `written` is what the tile will be written to, with `keeps`
   * where its e is kept.
   */
  #readLogits(
    view: PieceView,
    terms: readonly KernelTerm[],
    begin: number,
    written: Place | undefined,
    keeps = false,
  ): void {
    const kernels = this.#kernels;
    this.#mask.hideLogits(this.#tile);
    const { x, xStride, e, r, own, stride, classes, count, readable } = this.#tile;
    const { pixels } = this.#scratch;
    const hasNext = 2 * pixels <= readable && !this.#mask.closesAny;
    const [soon, soonStride] = hasNext ? [x + pixels * 4, xStride] : [e, stride];
    const [to, toStride] =
      written === undefined ? [e, stride] : [written.address + begin * 4, written.stride];
    const isSoftmax = terms.some(({ term }) => term.activation === "softmax" && term.input === "logits");
    const softmax = keeps ? kernels.keptSoftmax : kernels.softmax;
    const bad = isSoftmax
      ? softmax(x, xStride, e, stride, own, r, classes, count, soon, soonStride, to, toStride)
      : kernels.anyNonFinite(x, xStride, classes, count);
    if (isSoftmax) this.#mask.hideSoftmax(this.#tile);
    if (keeps && this.#mask.closesAny) kernels.copyRows(e, stride, to, toStride, classes, count);
    const inUnit = terms.some(({ term }) => term.input === "probabilities");
    const outside = inUnit ? kernels.anyOutsideUnit(x, xStride, classes, count) : 0;
    if (bad !== 0 || outside !== 0) this.#refuseInput(view, inUnit, begin);
  }

  /** The term that by itself notices a logit of the tile that is not finite, which must be there still to be named. */
  #noticing({ rows }: PieceView, terms: readonly KernelTerm[], begin: number): KernelTerm | undefined {
    const tile = this.#tile;
    const [part] = terms;
    const isWeighed = rows.pixelWeights !== undefined || rows.upstream !== undefined;
    if (terms.length > 1 || isWeighed || tile.grad === tile.x) return undefined;
    this.#turnTo(part, begin);
    return part.maps.noticesNonFinite?.(tile) ? part : undefined;
  }

  #recall({ address, stride }: Place, begin: number): void {
    const { e, r, stride: eStride, classes, count } = this.#tile;
    this.#kernels.recallSoftmax(address + begin * 4, stride, e, eStride, r, classes, count);
  }

  /** @throws PixelgradError for the first number of the tile that may not be there. */
  #refuseInput(view: PieceView, inUnit: boolean, begin: number): void {
    const { x, xStride, pixels } = this.#tile;
    for (let c = 0; c < view.classes; c++) {
      const row = x + c * xStride * 4;
      const bad = this.#kernels.firstNonFinite(row, pixels);
      if (bad >= 0) throw nonFiniteFault(view.origin, view.classes, c, begin + bad, this.#floatAt(row, bad));
      const outside = inUnit ? this.#kernels.firstOutsideUnit(row, pixels) : -1;
      if (outside >= 0) {
        throw probabilityFault(view.origin, view.classes, c, begin + outside, this.#floatAt(row, outside));
      }
    }
  }

  #floatAt(address: number, i: number): number {
    return this.arena.floats(address, i + 1)[i];
  }

  #rowsAt({ address, stride }: Place, channels: number): Rows<Float32Array> {
    return { data: this.arena.floats(address, channels * stride), channels, offset: 0, stride, step: 1 };
  }
}
