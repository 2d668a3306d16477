/** The losses of each file as CSV (RFC 4180, with line feeds). */
import type { BatchLoss } from "./batch-loss.ts";
import type { FilePair } from "./file-pairs.ts";

/** Columns `image`, one per loss expression, and `counted`: the pixels that counted, the most over the losses. */
export function perImageCsv(
  expressions: readonly string[],
  pairs: readonly FilePair[],
  { perFile }: Pick<BatchLoss, "perFile">,
): string {
  const rows = pairs.map(({ stem }, i) => {
    const results = perFile[i] ?? [];
    const counted = Math.max(...results.map((result) => result.counted));
    return [stem, ...results.map(({ value }) => String(value)), String(counted)];
  });
  return [["image", ...expressions, "counted"], ...rows]
    .map((row) => `${row.map(quoted).join(",")}\n`)
    .join("");
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
