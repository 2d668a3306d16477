/** Whether the target and the extras of a call are what a term takes. @module */
import { PixelgradError } from "./errors.ts";
import { type Problem, sameExtent } from "./problem.ts";
import { formatDims, type Tensor } from "./tensor.ts";
import type { Term } from "./term.ts";

/**
 * @throws PixelgradError `SHAPE_MISMATCH` when a term that takes labels gets dense targets or the other way round;
 *   `EXTRA_MISSING` when it cannot do without a tensor that the call does not bring.
 */
export function checkTarget(term: Term, problem: Problem): void {
  const { classes, targetKind } = problem;
  const lonely = classes === 1 && term.activation === "softmax" && term.input === "logits";
  if (lonely || (term.targets !== "either" && term.targets !== targetKind)) throw wrongKind(term, problem);
  for (const extra of term.needs ?? []) {
    if (problem[extra] !== undefined) continue;
    throw new PixelgradError(
      "EXTRA_MISSING",
      `${term.id} needs extra.${extra}, a Float32Array with the dims of the logits, ` +
        `${formatDims(problem.logitsDims)}: pass it as the third argument.`,
      { loss: term.id, extra },
    );
  }
}

function wrongKind(
  term: Term,
  { images, spatial, classes, targetKind, logitsDims, targetDims }: Problem,
): PixelgradError {
  const wanted = targetKind === "labels" ? "dense targets" : "labels";
  const expected = targetKind === "labels" ? logitsDims : [images, ...spatial];
  const hint =
    targetKind === "labels"
      ? ` Labels with ${classes} channels are for a softmax loss; for one sigmoid per class set oneVsRest: true, or ` +
        "make them one-hot with oneHot()."
      : classes === 1
        ? " A softmax over one channel is always 1: use a sigmoid loss (binary-cross-entropy), or more channels."
        : " Make labels of them: of each pixel, the class whose entry is the largest.";
  return new PixelgradError(
    "SHAPE_MISMATCH",
    `${term.id} (${term.activation}) of logits ${formatDims(logitsDims)} takes ${wanted} ${formatDims(expected)}, got ` +
      `${formatDims(targetDims)}.${hint}`,
    { expected, got: targetDims },
  );
}

/**
 * Checks `extra.upstream` against the elements of a loss.
 * @throws PixelgradError `SHAPE_MISMATCH`, or `OPTION_CONFLICT` for a loss that returns no elements.
 */
export function checkUpstream(
  loss: string,
  elementDims: readonly number[] | undefined,
  upstream: Tensor,
): void {
  if (elementDims === undefined) {
    throw new PixelgradError(
      "OPTION_CONFLICT",
      `${loss}: extra.upstream is the gradient of the elements, which only reduction "none" returns. Set it, or leave ` +
        "upstream out.",
      { loss, options: ["reduction", "upstream"] },
    );
  }
  if (sameExtent(upstream.dims, elementDims)) return;
  throw new PixelgradError(
    "SHAPE_MISMATCH",
    `${loss}: extra.upstream must have the dims of the elements, ${formatDims(elementDims)}, got ` +
      `${formatDims(upstream.dims)}.`,
    { expected: elementDims, got: upstream.dims },
  );
}
