/** Rebuilds a loss from data: in a worker, or from a file. @module */

import { catalogue } from "./catalogue.ts";
import { DEEP_SUPERVISION, deepSupervision } from "./deep-supervision.ts";
import type { LossDefinition } from "./definition.ts";
import { PixelgradError } from "./errors.ts";
import type { Loss, LossSpec } from "./loss.ts";
import { nearestName } from "./nearest-name.ts";
import { isLossSpec, optionInvalid } from "./options.ts";
import { defineLoss } from "./single-loss.ts";
import { WEIGHTED_SUM, weightedSum } from "./weighted-sum.ts";

/**
 * The loss that `{ id, options }` describes; the inverse of taking `id` and `options` from a {@link Loss}.
 * @throws PixelgradError `LOSS_UNKNOWN` (naming the nearest), `OPTION_UNKNOWN`, `OPTION_INVALID`, and `TYPE_MISMATCH` for
 *   what is no such object.
 */
export function lossFrom(spec: LossSpec): Loss {
  if (!isLossSpec(spec)) {
    const got = JSON.stringify(spec) ?? String(spec);
    throw new PixelgradError("TYPE_MISMATCH", `A loss as data is { id, options }, got ${got}.`, {
      expected: "{ id, options }",
      got,
    });
  }
  const { id, options } = spec;
  if (id === DEEP_SUPERVISION) {
    const { loss, ...rest } = options;
    if (!isLossSpec(loss)) throw optionInvalid(id, "loss", loss, "a loss, { id, options }");
    return deepSupervision(lossFrom(loss), rest);
  }
  if (id !== WEIGHTED_SUM) return defineLoss(findDefinition(id), options);
  const terms = options["terms"];
  if (!Array.isArray(terms)) return weightedSum([]);
  return weightedSum(
    (terms as readonly (LossSpec & { readonly weight: number })[]).map((term) => [
      term?.weight,
      lossFrom(term),
    ]),
  );
}

/** The definition of a loss id. */
export function findDefinition(id: string): LossDefinition {
  const found = catalogue.find((definition) => definition.id === id);
  if (found !== undefined) return found;
  const ids = [...catalogue.map((definition) => definition.id), DEEP_SUPERVISION];
  const nearest = nearestName(id, ids);
  throw new PixelgradError(
    "LOSS_UNKNOWN",
    `There is no loss '${id}': did you mean '${nearest}'? Known are ${ids.join(", ")}.`,
    { id, nearest },
  );
}
