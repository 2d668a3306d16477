/** A tile as the SIMD maps see it: addresses in the wasm memory, and how far apart the rows of channels are. */
import type { Term } from "../term.ts";
import type { Arena } from "./arena.ts";
import type { Kernels } from "./kernels.ts";
import type { Scratch } from "./scratch.ts";
import { paddedCount } from "./staging.ts";
import type { TargetTile } from "./target-tile.ts";
import type { TeacherTile } from "./teacher-tile.ts";

/** One object for all tiles of an engine: it moves from tile to tile, and from term to term. */
export class SimdTile {
  readonly arena: Arena;
  readonly kernels: Kernels;
  classes = 0;
  /** Where the tile lies in its piece, and its pixels. */
  begin = 0;
  pixels = 0;
  /** Pixels, rounded up to whole vectors; those past the end are ignored ones. */
  count = 0;
  /** Logits, or probabilities; 0 when the map does not read them. */
  x = 0;
  xStride = 0;
  /** Pixels of the rows of logits that may be read from there on, of this tile and after it. */
  readable = 0;
  /** Softmax: e per class, then r per pixel (assembly/softmax.ts). */
  e = 0;
  r = 0;
  /** Elements between two rows of e and of the targets. */
  stride = 0;
  /** Where a term that `keeps` leaves rows for its second map, which may be those of `grad`; 0 where it must do without. */
  kept = 0;
  keptStride = 0;
  /** Scratch of a row, of three, and of a row per channel, `stride` apart. */
  own = 0;
  rows = 0;
  /** The term's field, rows of float64, `fieldStride` of them apart; 0 for a term without. */
  field = 0;
  fieldStride = 0;
  work = 0;
  /** Scratch of 4 C + 4 rows. */
  distributions = 0;
  /** Weights of the pixels, float32; 0 when all are 1. */
  weights = 0;
  /** Where the gradient goes; 0 when it is not wanted. */
  grad = 0;
  gradStride = 0;
  /** 1 where a gradient is there already, which that of the term is added to. */
  adds = 0;
  /** Where the elements go; 0 when they are not wanted. */
  elements = 0;
  elementsStride = 0;
  /** What the term's `prepare` has written: up to 12 (C + 1) float32. */
  constants = 0;
  /** The term's `table`. */
  table = 0;
  term: Term | undefined;
  readonly #targets: TargetTile;
  readonly #teacher: TeacherTile;
  readonly #scratch: Scratch;

  constructor(arena: Arena, kernels: Kernels, scratch: Scratch, targets: TargetTile, teacher: TeacherTile) {
    this.arena = arena;
    this.kernels = kernels;
    this.#scratch = scratch;
    this.#targets = targets;
    this.#teacher = teacher;
  }

  /** Moves to pixels `[begin, begin + pixels)` of the piece. */
  moveTo(begin: number, pixels: number): void {
    const { e, r, stride, own, rows, work, distributions } = this.#scratch;
    this.begin = begin;
    this.pixels = pixels;
    this.count = paddedCount(pixels);
    this.e = e;
    this.r = r;
    this.stride = stride;
    this.own = own;
    this.rows = rows;
    this.work = work;
    this.distributions = distributions;
    this.#targets.moveTo(begin, pixels);
  }

  /** Whether every target of the tile counts, whatever it is. */
  get countsAll(): boolean {
    return this.#term.ignored.length === 0 && this.#term.outOfRange === "throw";
  }

  /** Whether the call leaves classes out. */
  get isMasked(): boolean {
    return this.#targets.isMasked;
  }

  /** What the call's targets are. */
  get targetKind(): "labels" | "dense" {
    return this.#targets.kind;
  }

  /** Rows of elements of the term: one per pixel under a softmax, else one per channel. */
  get elementRows(): number {
    return this.#term.activation === "softmax" ? 1 : this.classes;
  }

  /**
   * The address of the term's targets: int32 labels of a softmax, float32 rows otherwise; negative where ignored.
   * @throws PixelgradError when one is neither valid nor ignored.
   */
  target(): number {
    return this.#targets.load(this.#term, this.#term.activation === "sigmoid");
  }

  /**
   * The address of the bytes of row `c` of the targets as the call gives them, valid or not, in whole vectors of 16; 0
   * where they are of another type, or not all of them count.
   */
  targetBytes(c: number): number {
    return this.countsAll && !this.isMasked ? this.#targets.bytes(c) : 0;
  }

  /** As {@link target}, float32 rows whatever the call gives: of labels, one-hot ones. */
  targetRows(): number {
    return this.#targets.load(this.#term, true);
  }

  /**
   * The address of the teacher's rows, written anew, `stride` apart; 0 where the call has none.
   * @throws PixelgradError when it holds a number that may not be there.
   */
  teacher(): number {
    return this.#teacher.load(this.#term, this);
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
