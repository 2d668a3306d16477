/** Whether a contender computes what we compute, before anything is timed. @module */
import { relativeError } from "@pixelgrad/core/testing";
import { type Bounds, boundsOf } from "./bounds.ts";
import type { Agreement, Contender, Outcome } from "./peers/peer.ts";
import type { Temper } from "./problem.ts";
import type { Row } from "./rows.ts";

export interface Check {
  readonly name: string;
  readonly threads: number;
  readonly temper: Temper;
  readonly agreement: Agreement;
  readonly valueError: number;
  /** Absent where the contender makes no gradient. */
  readonly gradError?: number;
  readonly bounds: Bounds;
  readonly ok: boolean;
}

/** The check of one contender against `ours`; undefined where it computes no loss. */
export async function check(row: Row, contender: Contender, ours: Outcome): Promise<Check | undefined> {
  const { name, threads, temper, agreement } = contender;
  if (agreement === "nothing") return undefined;
  const { value, grad } = await contender.outcome();
  const valueError = relativeError([value], [ours.value]);
  const gradError = agreement === "value" ? 0 : relativeError(grad ?? [], ours.grad!);
  const bounds = boundsOf(row, agreement);
  return {
    name,
    threads,
    temper,
    agreement,
    valueError,
    ...(agreement !== "value" && { gradError }),
    bounds,
    ok: valueError <= bounds.value && gradError <= bounds.grad,
  };
}

export function describeMismatch(row: string, check: Check): string {
  const { name, threads, temper, agreement, valueError, gradError, bounds } = check;
  const exponential = (x: number): string => x.toExponential(1);
  const atMost = `at most ${exponential(bounds.value)} and ${exponential(bounds.grad)}`;
  const wanted = agreement === "bits" ? "the same bits" : atMost;
  const grad =
    gradError === undefined ? "" : `, its gradient by ${exponential(gradError)} of the largest entry`;
  return (
    `MISMATCH in ${row}: the value of ${name} on ${threads} thread(s), ${temper} logits, is off ours by ` +
    `${exponential(valueError)}${grad}; expected ${wanted}. The row is not timed.`
  );
}
