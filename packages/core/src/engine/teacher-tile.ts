/**
 * Brings the teacher of a tile into scratch, float32 rows like those of the logits, when a term asks for it.
 *
 * @module
 */
import type { Term } from "../term.ts";
import type { Arena } from "./arena.ts";
import { nonFiniteFault, probabilityFault } from "./faults.ts";
import type { Kernels } from "./kernels.ts";
import type { PieceView } from "./piece-view.ts";
import type { Scratch } from "./scratch.ts";
import type { Staging, TargetPlace } from "./staging.ts";
import type { SimdTile } from "./tile.ts";

export class TeacherTile {
  readonly #arena: Arena;
  readonly #kernels: Kernels;
  readonly #scratch: Scratch;
  readonly #staging: Staging;
  #view: PieceView | undefined;
  #place: TargetPlace | undefined;

  constructor(arena: Arena, kernels: Kernels, scratch: Scratch, staging: Staging) {
    this.#arena = arena;
    this.#kernels = kernels;
    this.#scratch = scratch;
    this.#staging = staging;
  }

  openPiece(view: PieceView): void {
    this.#view = view;
    this.#place = undefined;
  }

  /**
   * The address of the rows, written anew: terms may overwrite them; 0 where the call has no teacher.
   * @throws PixelgradError for a number that may not be there.
   */
  load({ input }: Term, { stride, classes, count, pixels, begin }: SimdTile): number {
    const view = this.#view as PieceView;
    const { teacher: rows } = view.rows;
    if (rows === undefined) return 0;
    this.#place ??= this.#staging.loadTarget(rows, view.count, "teacher");
    const { address, step, type, bytesPerElement } = this.#place;
    const to = this.#scratch.teacher;
    for (let c = 0; c < classes; c++) {
      const from = address + (c * this.#place.stride + begin * step) * bytesPerElement;
      const row = to + c * stride * 4;
      this.#kernels.widenTargets(from, type, step, pixels, row);
      if (count > pixels) this.#arena.floats(row + pixels * 4, count - pixels).fill(0);
    }
    const inUnit = input === "probabilities";
    const bad = this.#kernels.anyNonFinite(to, stride, classes, count) !== 0;
    if (bad || (inUnit && this.#kernels.anyOutsideUnit(to, stride, classes, count) !== 0)) {
      this.#refuse(view, to, stride, pixels, begin, inUnit);
    }
    return to;
  }

  #refuse(
    { origin, classes }: PieceView,
    rows: number,
    stride: number,
    pixels: number,
    begin: number,
    inUnit: boolean,
  ): void {
    for (let c = 0; c < classes; c++) {
      const row = this.#arena.floats(rows + c * stride * 4, pixels);
      const bad = row.findIndex((z) => !Number.isFinite(z) || (inUnit && !(z >= 0 && z <= 1)));
      if (bad < 0) continue;
      const z = row[bad];
      const fault = Number.isFinite(z) ? probabilityFault : nonFiniteFault;
      throw fault(origin, classes, c, begin + bad, z, "extra.teacher holds");
    }
  }
}
