/**
 * Which maps of a call run straight on the labels and logits of a piece, on long tiles and without a softmax beside
 * them. It depends on the plan and the call alone, never on where arrays lie: bits must not.
 *
 * @module
 */
import { FEW_CLASSES } from "../few-classes.ts";
import type { Term } from "../term.ts";
import type { KernelTerm } from "./kernel-term.ts";
import type { PieceView } from "./piece-view.ts";

/** Two second maps that run as one. */
export interface JointMaps {
  readonly overlap: KernelTerm;
  readonly crossEntropy: KernelTerm;
}

/** The second maps of an overlap term and a plain cross-entropy, where they are all there is and count the same pixels. */
export function jointMaps(view: PieceView, terms: readonly KernelTerm[]): JointMaps | undefined {
  if (terms.length !== 2 || !isBare(view, terms)) return undefined;
  const crossEntropy = terms.find(({ maps }) => maps.isPlainCrossEntropy);
  const overlap = terms.find(({ maps }) => maps.secondWithCrossEntropy);
  if (crossEntropy === undefined || overlap === undefined) return undefined;
  return countAlike(overlap.term, crossEntropy.term) ? { overlap, crossEntropy } : undefined;
}

function countAlike(a: Term, b: Term): boolean {
  return (
    a.outOfRange === b.outOfRange &&
    a.ignored.length === b.ignored.length &&
    a.ignored.every((value) => b.ignored.includes(value))
  );
}

/** Whether what the second map needs of the first is what an overlap term leaves, rather than e. */
export function keepsItsOwn(view: PieceView, terms: readonly KernelTerm[]): boolean {
  return terms.length === 1 ? terms[0].maps.keeps === true : jointMaps(view, terms) !== undefined;
}

/** Whether the first maps run straight: those that read labels alone, or leave what the second needs. */
export function isFirstStraight(view: PieceView, terms: readonly KernelTerm[]): boolean {
  if (!isBare(view, terms)) return false;
  if (terms.every(({ term }) => term.coupling === "labels")) return true;
  return (
    view.classes <= FEW_CLASSES &&
    keepsItsOwn(view, terms) &&
    terms.every(({ term, maps }) => term.coupling === "labels" || maps.straight?.first !== undefined)
  );
}

/** Whether the second map does: that of a term on its own. */
export function isSecondStraight(view: PieceView, terms: readonly KernelTerm[]): boolean {
  return (
    view.classes <= FEW_CLASSES &&
    terms.length === 1 &&
    terms[0].maps.straight?.second !== undefined &&
    isBare(view, terms)
  );
}

/** Whether nothing but labels and logits comes in, and nothing goes out per pixel but the gradient. */
function isBare({ targetKind, classMask, rows }: PieceView, terms: readonly KernelTerm[]): boolean {
  return (
    targetKind === "labels" &&
    classMask === undefined &&
    rows.pixelWeights === undefined &&
    rows.upstream === undefined &&
    terms.every(
      ({ term: { activation, input, elements } }) =>
        activation === "softmax" && input === "logits" && elements !== "pixels",
    )
  );
}
