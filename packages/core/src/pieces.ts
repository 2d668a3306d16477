/**
 * Where a batch is cut. Pieces depend on its shape alone, never on how many threads there are, and are merged in
 * this order: that is why a loss has the same bits for any number of threads.
 *
 * @module
 */

import { FEW_CLASSES } from "./few-classes.ts";

/** Pixels `[begin, begin + count)` of one image. */
export interface Piece {
  readonly image: number;
  readonly begin: number;
  readonly count: number;
}

/** Logits of one piece, about: 1 MiB, large enough that a dispatch is small beside it. */
const PIECE_LOGITS = 262_144;

/** The same of many classes: each is to have a run of some pages. */
const MANY_CLASSES_LOGITS = 614_400;

/** Pieces start at a multiple of this, so that vector lanes never straddle two of them. */
const ALIGNMENT = 64;

/** Cuts `images` of `pixels` pixels and `classes` channels, in order. */
export function cutPieces(images: number, classes: number, pixels: number): Piece[] {
  const logits = classes > FEW_CLASSES ? MANY_CLASSES_LOGITS : PIECE_LOGITS;
  const size = Math.max(ALIGNMENT, Math.floor(logits / Math.max(1, classes) / ALIGNMENT) * ALIGNMENT);
  const pieces: Piece[] = [];
  for (let image = 0; image < images; image++) {
    for (let begin = 0; begin < pixels; begin += size) {
      pieces.push({ image, begin, count: Math.min(size, pixels - begin) });
    }
  }
  return pieces;
}
