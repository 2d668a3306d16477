/** Columns of text, the first to the left and the rest to the right. @module */

export function formatTable(
  headers: readonly string[],
  lines: readonly (readonly string[])[],
  left = 1,
): string {
  const all = [headers, ...lines];
  const widths = headers.map((_, column) => Math.max(...all.map((cells) => cells[column]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column < left ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd();
  return all.map((cells) => `  ${line(cells)}\n`).join("");
}

/** Three digits, or nothing where there is no number. */
export function digits(x: number | undefined): string {
  if (x === undefined || Number.isNaN(x)) return "";
  return Math.abs(x) >= 100 ? x.toFixed(0) : x.toPrecision(3);
}
