/** Tables of text: the first and the last column begin on the left, those between end on the right. @module */

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? "").length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const width = widths[column] as number;
        if (column === row.length - 1) return cell;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ");
  return `${[head, ...rows].map(line).join("\n")}\n`;
}

/** `7.8 M` */
export function millions(count: number): string {
  return `${(count / 1e6).toFixed(count < 1e7 ? 1 : 0)} M`;
}
