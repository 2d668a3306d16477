/** HTML and SVG from template literals in which every value is escaped, unless it is markup already. */

/** Text that may stand in a page as it is. Only `html` makes it, so nothing reaches a page unescaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A string or number is escaped; markup, or a list of it, goes in as it is; undefined leaves nothing. */
export type Slot = string | number | Markup | readonly Markup[] | undefined;

/**
 * A tagged template: the literal parts are markup, the values are data.
 *
 * @example html`<td title="${name}">${iou}</td>`
 */
export function html(literals: TemplateStringsArray, ...slots: readonly Slot[]): Markup {
  let text = literals[0] ?? "";
  for (const [i, slot] of slots.entries()) text += fill(slot) + (literals[i + 1] ?? "");
  return new Markup(text);
}

function fill(slot: Slot): string {
  if (slot === undefined) return "";
  if (slot instanceof Markup) return slot.text;
  if (typeof slot === "object") return slot.map((markup) => markup.text).join("");
  return escapeText(String(slot));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Safe between tags and inside a quoted attribute. */
function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
