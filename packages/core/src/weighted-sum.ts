/** Weighted sums of losses: terms that share an activation share one softmax pass. @module */
import type { PixelgradError } from "./errors.ts";
import type { Coupling, Loss, LossSpec } from "./loss.ts";
import { isLoss, optionInvalid } from "./options.ts";
import { lossOfTerms } from "./single-loss.ts";

/** Its id; an expression never names it, it writes `a + b`. */
export const WEIGHTED_SUM = "weighted-sum";

type TermSpec = { readonly weight: number; readonly id: string; readonly options: LossSpec["options"] };

const ORDER: readonly Coupling[] = ["labels", "sums", "gather"];

/**
 * The sum of losses times weights, as one loss. Sums of sums are flattened.
 * @throws PixelgradError `OPTION_INVALID` when there is no term, a weight is not finite, or a term has
 *   `reduction: "none"` or is itself `deep-supervision`, which have no place in a sum.
 */
export function weightedSum(terms: readonly (readonly [weight: number, loss: Loss])[]): Loss {
  checkPairs(terms);
  for (const [weight, loss] of terms) {
    if (!Number.isFinite(weight)) throw invalid(weight, "pairs whose weight is a finite number");
    if (loss.levels !== undefined) throw invalid(loss.id, `losses; ${loss.id} goes around a sum, not in it`);
    if (loss.options["reduction"] === "none") throw invalid(loss.id, "losses whose reduction is mean or sum");
  }
  const options = { terms: terms.flatMap(([weight, loss]) => specsOf(weight, loss)) };
  const coupling = terms
    .map(([, loss]) => loss.coupling)
    .reduce((a, b) => (ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b));
  return lossOfTerms({ id: WEIGHTED_SUM, options }, coupling, (classes) =>
    terms.flatMap(([weight, loss]) =>
      loss.plan(classes).terms.map((inner) => ({ weight: weight * inner.weight, term: inner.term })),
    ),
  );
}

function checkPairs(terms: unknown): void {
  if (!Array.isArray(terms) || terms.length === 0) throw invalid(terms, "at least one [weight, loss] pair");
  for (const term of terms) {
    if (!Array.isArray(term) || !isLoss(term[1])) throw invalid(term, "[weight, loss] pairs");
  }
}

/** A term as data; the terms of a sum, if it is one. */
function specsOf(weight: number, { id, options }: LossSpec): readonly TermSpec[] {
  if (id !== WEIGHTED_SUM) return [{ weight, id, options }];
  return (options["terms"] as readonly TermSpec[]).map((term) => ({ ...term, weight: weight * term.weight }));
}

function invalid(value: unknown, allowed: string): PixelgradError {
  return optionInvalid(WEIGHTED_SUM, "terms", value, allowed);
}
