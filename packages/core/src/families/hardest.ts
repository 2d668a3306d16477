/**
 * Which pixels of a unit are kept, and their mean loss.
 *
 * @module
 */
import type { FieldUnit } from "../field.ts";
import { descendingOrder } from "./descending-order.ts";
import { countedPixels } from "./ranked.ts";
import { type Ranking, rankingOf } from "./ranking.ts";

export interface HardestRule {
  readonly base: "cross-entropy" | "binary-cross-entropy";
  readonly classWeights: readonly number[];
  /** Whether pixels rank by their loss with all weights on it, or by -log p_y, to be weighed when kept (labels only). */
  readonly rankedBy: "weighted-loss" | "log-probability";
  /** Whether ignored pixels rank too, with a loss of 0. */
  readonly among: "valid" | "all";
  /** How many of the hardest are kept. */
  keep(ranking: Ranking): number;
}

/** The loss of a unit; overwrites its values by the derivatives of the loss. */
export function rankHardest(
  { rankedBy, among, classWeights, keep }: HardestRule,
  { values, target, weights }: FieldUnit,
): number {
  const members = among === "all" ? new Uint32Array(values.length).map((_, i) => i) : countedPixels(target);
  const order = descendingOrder(values, members);
  const ranked = new Float64Array(order.length).map((_, k) => values[order[k]]);
  const factorOf = (i: number) =>
    rankedBy === "weighted-loss" ? 1 : (weights?.[i] ?? 1) * classWeights[target[i]];
  const count = keep(rankingOf(ranked));
  let sum = 0;
  values.fill(0);
  for (let k = 0; k < count; k++) {
    const i = order[k];
    sum += factorOf(i) * ranked[k];
    values[i] = factorOf(i) / count;
  }
  return count === 0 ? 0 : sum / count;
}
