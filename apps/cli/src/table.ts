/** Losses for people: a row per loss, and one per term of a sum. */
import type { BatchLoss } from "./batch-loss.ts";

/** Digits of a value; float32 logits carry no more. */
const DIGITS = 7;

export function lossTable(
  expressions: readonly string[],
  { results, images, classes }: Pick<BatchLoss, "results" | "images" | "classes">,
): string {
  const rows = [["loss", "value", "counted"]];
  results.forEach(({ value, counted, terms }, i) => {
    rows.push([expressions[i]!, value.toPrecision(DIGITS), String(counted)]);
    if (terms.length < 2) return;
    for (const term of terms) {
      const factor = term.weight === 1 ? "" : `${term.weight} * `;
      rows.push([`  ${factor}${term.id}`, term.value.toPrecision(DIGITS), ""]);
    }
  });
  const [names, values, counts] = [0, 1, 2].map((c) => Math.max(...rows.map((row) => row[c]!.length)));
  const lines = rows.map(([name, value, counted]) =>
    `${name!.padEnd(names!)}  ${value!.padStart(values!)}  ${counted!.padStart(counts!)}`.trimEnd(),
  );
  const size = `${images} ${images === 1 ? "image" : "images"}, ${classes} ${classes === 1 ? "channel" : "channels"}`;
  return `${[...lines, "", size].join("\n")}\n`;
}
