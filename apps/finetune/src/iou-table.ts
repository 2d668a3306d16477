/** IoU per class for people. */
import type { EvaluationResult } from "@pixelgrad/trainer";

/** A percentage, or a dash where a class is neither there nor predicted. */
export function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : `${(100 * value).toFixed(1)} %`;
}

/** One row per class and one for the mean; `before` adds a column. */
export function iouTable(
  names: readonly string[],
  after: EvaluationResult,
  before?: EvaluationResult,
): string {
  const row = (name: string, i: number | undefined): string[] => {
    const of = (result: EvaluationResult) => percent(i === undefined ? result.miou : result.iou[i]);
    return before === undefined ? [name, of(after)] : [name, of(before), of(after)];
  };
  const rows = [
    before === undefined ? ["class", "IoU"] : ["class", "before", "after"],
    ...names.map((name, i) => row(name, i)),
    row("mean", undefined),
  ];
  const widths =
    rows[0]?.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0))) ?? [];
  return rows
    .map((cells) =>
      cells
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join("  "),
    )
    .map((line) => `${line}\n`)
    .join("");
}
