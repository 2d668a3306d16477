/** The results as JSON: every sample, with its summary and ratios beside it. @module */
import { median, quantile } from "./measure.ts";
import { ratiosOf } from "./ratios.ts";
import type { BenchResult } from "./run-all.ts";

export function formatJson(result: BenchResult): string {
  const rows = result.rows.map(({ row, checks, series }) => ({
    row,
    checks,
    series: series.map((one) => ({
      ...one,
      median: median(one.ms),
      q1: quantile(one.ms, 0.25),
      q3: quantile(one.ms, 0.75),
      ...ratiosOf(one, series),
    })),
  }));
  return `${JSON.stringify({ ...result, rows }, null, 1)}\n`;
}
