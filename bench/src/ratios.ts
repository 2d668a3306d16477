/** Ratios of the series of one row, round by round. @module */
import { pairedRatio } from "./measure.ts";
import { MEMCPY } from "./peers/memory-copy.ts";
import { INLINE, POOL } from "./peers/pixelgrad.ts";
import type { Series } from "./run-row.ts";

export interface Ratios {
  /** A peer's time over that of our pool on as many threads and the same logits. */
  readonly overOurs?: number | undefined;
  /** Over the copy of the logits. */
  readonly overMemcpy?: number | undefined;
  /** Confident over mild. */
  readonly overMild?: number | undefined;
  /** How much faster than the same on one thread. */
  readonly speedup?: number | undefined;
}

export function ratiosOf(series: Series, all: readonly Series[]): Ratios {
  const over = (name: string, threads: number, temper: Series["temper"]) => {
    const other = find(all, name, threads, temper);
    return other && pairedRatio(series.ms, other.ms);
  };
  const { name, threads, temper } = series;
  if (name === MEMCPY) return {};
  const single = threads > 1 ? find(all, name, 1, temper) : undefined;
  return {
    ...(name !== POOL && name !== INLINE && { overOurs: over(POOL, threads, temper) }),
    overMemcpy: over(MEMCPY, 1, "mild"),
    ...(temper === "confident" && { overMild: over(name, threads, "mild") }),
    speedup: single && pairedRatio(single.ms, series.ms),
  };
}

export function find(
  all: readonly Series[],
  name: string,
  threads: number,
  temper: Series["temper"],
): Series | undefined {
  return all.find((s) => s.name === name && s.threads === threads && s.temper === temper);
}
