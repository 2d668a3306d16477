/** The reports as a table, with each exclusion's reason and each failure. @module */
import type { CaseResult, FileReport } from "./run-all.ts";

const HEADERS = ["cases", "run", "passed", "failed", "excluded"] as const;

export function countsOf(report: FileReport): readonly number[] {
  return [report.cases, report.run, report.passed, report.failed.length, report.excluded.length];
}

export function totals(reports: readonly FileReport[]): readonly number[] {
  return HEADERS.map((_, at) => reports.reduce((sum, report) => sum + countsOf(report)[at]!, 0));
}

export function formatReport(reports: readonly FileReport[]): string {
  const width = Math.max(...reports.map(({ file }) => file.length));
  const line = (name: string, cells: readonly (string | number)[]): string =>
    `${name.padEnd(width)}${cells.map((cell) => String(cell).padStart(10)).join("")}`;
  const lines = [line("", HEADERS)];
  for (const report of reports) {
    lines.push(line(report.file, countsOf(report)));
    for (const [why, count] of reasons(report.excluded)) lines.push(`    ${count} excluded, ${why}`);
    for (const { index, test, why } of report.failed) lines.push(`    FAILED [${index}] ${test}: ${why}`);
  }
  lines.push(line("all", totals(reports)));
  return `${lines.join("\n")}\n`;
}

function reasons(excluded: readonly CaseResult[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { why } of excluded) counts.set(why, (counts.get(why) ?? 0) + 1);
  return counts;
}
