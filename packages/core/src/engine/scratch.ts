/**
 * The scratch of one engine: room for one tile of logits, probabilities, targets, gradients and sums. It is taken
 * from the arena when a plan first needs it, and again only for a plan that needs more.
 *
 * @module
 */
import type { LossPlan } from "../plan.ts";
import type { Arena } from "./arena.ts";

/** Logits of one tile, about: 128 KiB, so that a tile and its softmax and gradient stay in the L2 cache. */
const TILE_LOGITS = 32_768;
const SMALLEST_TILE = 128;
const LARGEST_TILE = 16_384;

/** Entries an `ignoreIndex` list may have. */
export const LARGEST_IGNORE_LIST = 256;

export class Scratch {
  /** Pixels of a full tile, and elements between two rows. */
  stride = 0;
  x = 0;
  p = 0;
  m = 0;
  r = 0;
  a = 0;
  target = 0;
  grad = 0;
  nextGrad = 0;
  elements = 0;
  constants = 0;
  ignored = 0;
  sums = 0;
  readonly #arena: Arena;
  #base = 0;
  #bytes = 0;
  #classes = 0;
  #sumsLength = 0;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** Makes room for the tiles of `plan`. */
  fit(plan: LossPlan): this {
    const sumsLength = Math.max(plan.firstLength, plan.secondLength);
    if (plan.classes === this.#classes && sumsLength <= this.#sumsLength) return this;
    const stride = tilePixels(plan.classes);
    const plane = stride * 4;
    const rows = stride * plan.classes * 4;
    const sizes = {
      x: rows,
      p: rows,
      m: plane,
      r: plane,
      a: plane,
      target: rows,
      grad: rows,
      nextGrad: rows,
    };
    const small = {
      elements: rows,
      constants: plan.classes * 8,
      ignored: LARGEST_IGNORE_LIST * 4,
      sums: sumsLength * 8,
    };
    const all = Object.entries({ ...sizes, ...small }).map(
      ([name, bytes]) => [name, roundUp(bytes)] as const,
    );
    const needed = all.reduce((total, [, bytes]) => total + bytes, 0);
    if (needed > this.#bytes) {
      this.#base = this.#arena.allocate(needed);
      this.#bytes = needed;
    }
    let at = this.#base;
    for (const [name, bytes] of all) {
      this[name as keyof typeof sizes | keyof typeof small] = at;
      at += bytes;
    }
    this.stride = stride;
    this.#classes = plan.classes;
    this.#sumsLength = sumsLength;
    return this;
  }
}

/** Pixels of a tile of `classes` channels; a multiple of 64. */
export function tilePixels(classes: number): number {
  const pixels = Math.floor(TILE_LOGITS / classes / 64) * 64;
  return Math.min(LARGEST_TILE, Math.max(SMALLEST_TILE, pixels));
}

/** To whole cache lines. */
function roundUp(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
