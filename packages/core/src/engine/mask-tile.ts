/**
 * Leaves the classes out of a tile that the call's mask closes: their logits are far below all others, so that a softmax
 * gives them nothing, and their targets ask for nothing, or do not count where channels are on their own.
 *
 * @module
 */
import type { Term } from "../term.ts";
import type { Arena } from "./arena.ts";
import { maskedLabelFault } from "./faults.ts";
import type { Kernels } from "./kernels.ts";
import type { PieceView } from "./piece-view.ts";
import type { Scratch } from "./scratch.ts";
import { paddedCount } from "./staging.ts";
import type { SimdTile } from "./tile.ts";

/** Finite, for it is multiplied by 0. */
const FAR_BELOW = -1e30;

export class MaskTile {
  readonly #arena: Arena;
  readonly #kernels: Kernels;
  readonly #scratch: Scratch;
  #view: PieceView | undefined;
  #closed: readonly number[] = [];

  constructor(arena: Arena, kernels: Kernels, scratch: Scratch) {
    this.#arena = arena;
    this.#kernels = kernels;
    this.#scratch = scratch;
  }

  openPiece(view: PieceView): void {
    const { classMask } = view;
    this.#view = view;
    this.#closed = [];
    if (classMask === undefined) return;
    this.#arena.floats(this.#scratch.open, classMask.length).set(classMask);
    this.#closed = [...classMask.keys()].filter((c) => classMask[c] === 0);
  }

  get closesAny(): boolean {
    return this.#closed.length > 0;
  }

  /** Aims the tile at a copy of its logits. */
  hideLogits(tile: SimdTile): void {
    if (!this.closesAny) return;
    const { masked } = this.#scratch;
    this.#kernels.copyRows(tile.x, tile.xStride, masked, tile.stride, tile.classes, tile.count);
    this.#fill(masked, tile.count, FAR_BELOW);
    tile.x = masked;
    tile.xStride = tile.stride;
  }

  /** Takes out of the softmax what is left of the classes. */
  hideSoftmax({ e, count }: SimdTile): void {
    this.#fill(e, count, 0);
  }

  /** @throws PixelgradError for a label whose class is closed. */
  checkLabels(labels: number, begin: number, pixels: number): void {
    if (!this.closesAny) return;
    const bad = this.#kernels.firstClosedLabel(labels, pixels, this.#scratch.open);
    if (bad < 0) return;
    const { origin, rows } = this.#view as PieceView;
    const { data, offset } = rows.target;
    throw maskedLabelFault(origin, begin + bad, Number(data[offset + begin + bad]));
  }

  hideTargets({ activation }: Term, rows: number, pixels: number): void {
    const count = paddedCount(pixels);
    if (activation === "sigmoid") this.#fill(rows, count, -1);
    else for (const c of this.#closed) this.#kernels.closeTargets(rows + c * this.#scratch.stride * 4, count);
  }

  #fill(rows: number, count: number, value: number): void {
    const { stride } = this.#scratch;
    for (const c of this.#closed) this.#arena.floats(rows + c * stride * 4, count).fill(value);
  }
}
