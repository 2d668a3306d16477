/**
 * The scratch of one engine: room for one tile's softmax, targets, gradient and sums. It is taken from the arena when
 * a plan first needs it, and again only for a plan that needs more.
 *
 * @module
 */
import { FEW_CLASSES } from "../few-classes.ts";
import type { LossPlan } from "../plan.ts";
import type { Area, Arena } from "./arena.ts";

/** Logits of one tile, about: 16 KiB, so that it stays in the first-level cache. Rows of fewer pixels are read slower. */
const TILE_LOGITS = 4096;
const SMALLEST_TILE = 256;
const LARGEST_TILE = 4096;
/** Logits of a tile of many classes: longer runs of each are worth what no longer fits the first-level cache. */
const MANY_LOGITS = 102_400;
const MANY_TILE = 512;
/** Pixels of a tile that needs room for its labels alone. */
export const LONG_TILE = 4096;

/** Entries an `ignoreIndex` list may have. */
export const LARGEST_IGNORE_LIST = 256;

/** Float32 numbers that a term may keep: 12 for each class, and 12 more. */
export function constantsLength(classes: number): number {
  return 12 * (classes + 1);
}

export class Scratch {
  /** Pixels of a full tile. */
  pixels = 0;
  /** Elements between two rows: an odd number of cache lines, so that a column spreads over the sets of the cache. */
  stride = 0;
  e = 0;
  r = 0;
  labels = 0;
  target = 0;
  grad = 0;
  own = 0;
  rows = 0;
  /** Two rows of float64, and one per class. */
  doubles = 0;
  /** Rows of a kernel's own, one per channel. */
  work = 0;
  /** Of a masked call: which classes are open, and the logits without the others. */
  open = 0;
  masked = 0;
  /** Of a weighted call: weights, upstream gradients, elements, and a gradient without them. */
  weights = 0;
  upstream = 0;
  elements = 0;
  plain = 0;
  plainSums = 0;
  /** Of divergences: the teacher, then student and teacher as distributions (assembly/distribution.ts). */
  teacher = 0;
  distributions = 0;
  constants = 0;
  tables = 0;
  ignored = 0;
  sums = 0;
  readonly #arena: Arena;
  #area: Area | undefined;
  #classes = 0;
  #terms = 0;
  #sumsLength = 0;
  #tables = 0;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** Makes room for the tiles of `plan`. */
  fit(plan: LossPlan): this {
    const sumsLength = Math.max(plan.firstLength, plan.secondLength);
    const { classes } = plan;
    const tables = plan.terms.reduce((length, { term }) => length + (term.simd?.table?.length ?? 0), 0);
    const terms = plan.terms.length;
    if (
      classes === this.#classes &&
      terms <= this.#terms &&
      sumsLength <= this.#sumsLength &&
      tables <= this.#tables
    )
      return this;
    const pixels = tilePixels(classes);
    const stride = pixels + 16;
    const row = stride * 4;
    const sizes = {
      e: row * classes,
      r: row,
      labels: (LONG_TILE + 16) * 4,
      target: row * classes,
      grad: row * classes,
      own: row,
      rows: row * 3,
      doubles: row * 2 * (2 + classes),
      tables: tables * 8,
      work: row * classes,
      open: classes * 4,
      masked: row * classes,
      weights: row,
      upstream: row * classes,
      elements: row * classes,
      plain: row * classes,
      plainSums: sumsLength * 8,
      teacher: row * classes,
      distributions: row * (4 * classes + 4),
      constants: terms * constantsLength(classes) * 4,
      ignored: LARGEST_IGNORE_LIST * 4,
      sums: sumsLength * 8,
    };
    const all = Object.entries(sizes).map(([name, bytes]) => [name, roundUp(bytes)] as const);
    const needed = all.reduce((total, [, bytes]) => total + bytes, 0);
    this.#area = this.#arena.fit(this.#area, needed);
    let at = this.#area.address;
    for (const [name, bytes] of all) {
      this[name as keyof typeof sizes] = at;
      at += bytes;
    }
    this.pixels = pixels;
    this.stride = stride;
    this.#classes = classes;
    this.#terms = terms;
    this.#sumsLength = sumsLength;
    this.#tables = tables;
    return this;
  }
}

/** Pixels of a tile of `classes` channels; a multiple of 256, as sums are of that many at once (assembly/overlap.ts). */
export function tilePixels(classes: number): number {
  if (classes > FEW_CLASSES && classes * MANY_TILE <= MANY_LOGITS) return MANY_TILE;
  const pixels = Math.floor(TILE_LOGITS / classes / SMALLEST_TILE) * SMALLEST_TILE;
  return Math.min(LARGEST_TILE, Math.max(SMALLEST_TILE, pixels));
}

/** To whole cache lines. */
function roundUp(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
