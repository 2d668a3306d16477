/** Pieces of Markdown. @module */
import type { OptionValue } from "../loss.ts";

/** In code font; bars are escaped, for tables. */
export function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}

/** A table; rows of other lengths than the head are an error of the caller. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Words in a table: bars escaped. */
export function words(text: string): string {
  return text.replaceAll("|", "\\|");
}

/** An option's value as an expression writes it. */
export function optionText(value: OptionValue): string {
  if (Array.isArray(value)) return `[${value.map(optionText).join(", ")}]`;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The first letter large, as a sentence begins. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
