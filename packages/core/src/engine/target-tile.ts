/**
 * Brings the targets of a tile into scratch when a term asks for them: int32 labels, or float32 rows, one-hot where the
 * call has labels; negative where ignored. Terms that ignore the same share them.
 *
 * @module
 */
import type { Term } from "../term.ts";
import type { Arena } from "./arena.ts";
import { labelFault, targetFault } from "./faults.ts";
import type { Kernels } from "./kernels.ts";
import type { MaskTile } from "./mask-tile.ts";
import type { PieceView } from "./piece-view.ts";
import type { Scratch } from "./scratch.ts";
import { paddedCount, type Staging, type TargetPlace } from "./staging.ts";

export class TargetTile {
  /** Labels of the tile that count. */
  counted = 0;
  readonly #arena: Arena;
  readonly #kernels: Kernels;
  readonly #scratch: Scratch;
  readonly #staging: Staging;
  readonly #mask: MaskTile;
  #view: PieceView | undefined;
  #place: TargetPlace | undefined;
  /** What is written at `scratch.ignored`. */
  #ignored: readonly number[] | undefined;
  /** What the labels and the rows in scratch were loaded for. */
  #labels: Loaded | undefined;
  #rows: Loaded | undefined;
  #begin = 0;
  #pixels = 0;

  constructor(arena: Arena, kernels: Kernels, scratch: Scratch, staging: Staging, mask: MaskTile) {
    this.#arena = arena;
    this.#kernels = kernels;
    this.#scratch = scratch;
    this.#staging = staging;
    this.#mask = mask;
  }

  openPiece(view: PieceView): void {
    this.#view = view;
    this.#place = undefined;
    this.#ignored = undefined;
    this.#forget();
  }

  get isMasked(): boolean {
    return this.#mask.closesAny;
  }

  get kind(): PieceView["targetKind"] {
    return (this.#view as PieceView).targetKind;
  }

  /** Moves to pixels `[begin, begin + pixels)` of the piece. */
  moveTo(begin: number, pixels: number): void {
    this.#begin = begin;
    this.#pixels = pixels;
    this.#forget();
  }

  /**
   * The address of labels, or with `asRows` of a row per channel.
   * @throws PixelgradError when the target holds a number that is neither valid nor ignored.
   */
  load(term: Term, asRows: boolean): number {
    const view = this.#view as PieceView;
    const { labels, target } = this.#scratch;
    this.#place ??= this.#staging.loadTarget(view.rows.target, view.count);
    if (view.targetKind === "labels") {
      if (!isLoadedFor(this.#labels, term)) {
        this.#loadLabels(this.#place, view, this.#writeIgnored(term), term.outOfRange === "ignore");
        this.#labels = term;
        this.#rows = undefined;
      }
      if (term.activation === "softmax") this.#mask.checkLabels(labels, this.#begin, this.#pixels);
      if (!asRows) return labels;
    }
    if (!isLoadedFor(this.#rows, term)) {
      if (view.targetKind === "labels") {
        const { stride } = this.#scratch;
        this.#kernels.oneHotRows(labels, paddedCount(this.#pixels), view.classes, target, stride);
      } else this.#loadDense(this.#place, view, this.#writeIgnored(term));
      this.#mask.hideTargets(term, target, this.#pixels);
      this.#rows = term;
    }
    return target;
  }

  /**
   * The address of row `c` of dense targets where they are bytes next to each other, in whole vectors of them; else 0.
   * What they hold is not looked at.
   */
  bytes(c: number): number {
    const view = this.#view as PieceView;
    if (view.targetKind === "labels" || this.#pixels % BYTES_AT_ONCE !== 0) return 0;
    this.#place ??= this.#staging.loadTarget(view.rows.target, view.count);
    const { address, type, step, stride } = this.#place;
    return type === UINT8 && step === 1 ? address + c * stride + this.#begin : 0;
  }

  #forget(): void {
    this.#labels = undefined;
    this.#rows = undefined;
  }

  /** @returns how many values are ignored. */
  #writeIgnored({ ignored }: Term): number {
    if (this.#ignored !== ignored) {
      this.#arena.ints(this.#scratch.ignored, ignored.length).set(ignored);
      this.#ignored = ignored;
    }
    return ignored.length;
  }

  #loadLabels(
    { address, type, bytesPerElement }: TargetPlace,
    view: PieceView,
    ignoredCount: number,
    lenient: boolean,
  ): void {
    const kernels = this.#kernels;
    const { labels: target, ignored } = this.#scratch;
    const { classes } = view;
    const pixels = this.#pixels;
    const padded = paddedCount(pixels);
    const from = address + this.#begin * bytesPerElement;
    const skips = lenient ? 1 : 0;
    if (type === UINT8) {
      this.counted = kernels.canonicalByteLabels(
        from,
        pixels,
        padded,
        target,
        classes,
        ignored,
        ignoredCount,
        skips,
      );
    } else {
      kernels.widenLabels(from, type, pixels, target);
      this.counted = kernels.canonicalLabels(target, pixels, padded, classes, ignored, ignoredCount, skips);
    }
    if (this.counted >= 0) return;
    kernels.widenLabels(from, type, pixels, target);
    const at = this.#begin + kernels.firstBadLabel(target, pixels, classes, ignored, ignoredCount);
    const { data, offset } = view.rows.target;
    throw labelFault(view.origin, at, Number(data[offset + at]), classes);
  }

  #loadDense(place: TargetPlace, view: PieceView, ignoredCount: number): void {
    const kernels = this.#kernels;
    const { target, stride, ignored } = this.#scratch;
    const { type, step, bytesPerElement } = place;
    const pixels = this.#pixels;
    const padded = paddedCount(pixels);
    const isRow = type === FLOAT32 && step === 1;
    for (let c = 0; c < view.classes; c++) {
      const from = place.address + (c * place.stride + this.#begin * step) * bytesPerElement;
      const row = target + c * stride * 4;
      if (!isRow) kernels.widenTargets(from, type, step, pixels, row);
      if (kernels.canonicalTargets(isRow ? from : row, row, pixels, padded, ignored, ignoredCount) !== 0)
        continue;
      kernels.widenTargets(from, type, step, pixels, row);
      const at = this.#begin + kernels.firstBadTarget(row, pixels, ignored, ignoredCount);
      const { data, offset, stride: apart, step: between } = view.rows.target;
      throw targetFault(view.origin, view.classes, c, at, Number(data[offset + c * apart + at * between]));
    }
  }
}

const UINT8 = 1;
const FLOAT32 = 8;
const BYTES_AT_ONCE = 16;

/** Of a term, what its targets in scratch depend on. */
type Loaded = Pick<Term, "ignored" | "outOfRange" | "activation">;

function isLoadedFor(loaded: Loaded | undefined, { ignored, outOfRange, activation }: Term): boolean {
  return (
    loaded !== undefined &&
    loaded.ignored === ignored &&
    loaded.outOfRange === outOfRange &&
    loaded.activation === activation
  );
}
