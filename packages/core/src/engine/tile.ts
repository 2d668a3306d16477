/** A tile as the SIMD maps see it: addresses in the wasm memory, and how far apart the rows of channels are. */
import type { Term } from "../term.ts";
import type { Kernels } from "./kernels.ts";
import type { Scratch } from "./scratch.ts";
import { paddedCount } from "./staging.ts";
import type { TargetTile } from "./target-tile.ts";

/** One object for all tiles of an engine: it moves from tile to tile, and from term to term. */
export class SimdTile {
  readonly kernels: Kernels;
  classes = 0;
  /** Pixels. */
  pixels = 0;
  /** Pixels, rounded up to whole vectors; those past the end are ignored ones. */
  count = 0;
  /** Logits, or probabilities; 0 when the map does not read them. */
  x = 0;
  xStride = 0;
  /** Softmax: e per class, then r per pixel (assembly/softmax.ts). */
  e = 0;
  r = 0;
  /** Elements between two rows of e and of the targets. */
  stride = 0;
  /** Scratch of a row, and of three. */
  own = 0;
  rows = 0;
  /** The term's field, rows of float64, `fieldStride` of them apart; 0 for a term without. */
  field = 0;
  fieldStride = 0;
  /** Where the gradient goes; 0 when it is not wanted. */
  grad = 0;
  gradStride = 0;
  /** 1 where a gradient is there already, which that of the term is added to. */
  adds = 0;
  /** Where the elements go; 0 when they are not wanted. */
  elements = 0;
  elementsStride = 0;
  /** What the term's `prepare` has written: up to 4 C float32. */
  constants = 0;
  /** The term's `table`. */
  table = 0;
  term: Term | undefined;
  readonly #targets: TargetTile;
  readonly #scratch: Scratch;

  constructor(kernels: Kernels, scratch: Scratch, targets: TargetTile) {
    this.kernels = kernels;
    this.#scratch = scratch;
    this.#targets = targets;
  }

  /** Moves to pixels `[begin, begin + pixels)` of the piece. */
  moveTo(begin: number, pixels: number): void {
    const { e, r, stride, own, rows } = this.#scratch;
    this.pixels = pixels;
    this.count = paddedCount(pixels);
    this.e = e;
    this.r = r;
    this.stride = stride;
    this.own = own;
    this.rows = rows;
    this.#targets.moveTo(begin, pixels);
  }

  /** Whether every target of the tile counts, whatever it is. */
  get countsAll(): boolean {
    return this.#term.ignored.length === 0;
  }

  /**
   * The address of the term's targets: int32 labels, or float32 rows; negative where ignored.
   * @throws PixelgradError when one is neither valid nor ignored.
   */
  target(): number {
    this.#targets.load(this.#term);
    return this.#scratch.target;
  }

  /** How many labels count. */
  countedLabels(): number {
    if (this.countsAll) return this.pixels;
    this.target();
    return this.#targets.counted;
  }

  /** The address of scratch row `i`, 0 to 2. */
  row(i: number): number {
    return this.rows + i * this.stride * 4;
  }

  /** The address of scratch row `i` of float64: 0, 1, and from 2 one for each class. */
  doubleRow(i: number): number {
    return this.#scratch.doubles + i * this.stride * 8;
  }

  get #term(): Term {
    return this.term as Term;
  }
}
