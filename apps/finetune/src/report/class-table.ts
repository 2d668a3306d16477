/** The intersection over union of each class, before and after, as a table with bars. */

import { percent } from "../iou-table.ts";
import { html, type Markup } from "./html.ts";

export interface EvaluationRow {
  /** Mean over the classes that occur, in [0, 1]; null when none does. */
  readonly miou: number | null;
  /** Per class, in [0, 1]; null for a class that is neither in the masks nor predicted. */
  readonly iou: readonly (number | null)[];
}

export type Palette = readonly (readonly [red: number, green: number, blue: number])[];

/** A row for each name and one for the mean; without `before`, that column and the change are left out. */
export function classTable(
  names: readonly string[],
  palette: Palette,
  before: EvaluationRow | undefined,
  after: EvaluationRow | undefined,
): Markup {
  const columns = [
    ...(before === undefined ? [] : ["Before"]),
    ...(after === undefined ? [] : ["After"]),
    ...(before === undefined || after === undefined ? [] : ["Change"]),
  ];
  const cells = (from: number | null | undefined, to: number | null | undefined): readonly Markup[] => [
    ...(before === undefined ? [] : [barCell(from ?? null)]),
    ...(after === undefined ? [] : [barCell(to ?? null)]),
    ...(before === undefined || after === undefined
      ? []
      : [html`<td class="number">${change(from, to)}</td>`]),
  ];
  return html`<table>
<thead><tr><th scope="col">Class</th>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${names.map(
  (name, id) =>
    html`<tr><th scope="row">${swatch(palette[id])}${name}</th>${cells(before?.iou[id], after?.iou[id])}</tr>
`,
)}</tbody>
<tfoot><tr><th scope="row">Mean (mIoU)</th>${cells(before?.miou, after?.miou)}</tr></tfoot>
</table>`;
}

function swatch(colour: Palette[number] | undefined): Markup | undefined {
  if (colour === undefined) return undefined;
  return html`<span class="swatch" style="background:rgb(${colour.join(",")})"></span>`;
}

function barCell(share: number | null): Markup {
  return html`<td class="number">${percent(share)}<span class="bar"><span style="width:${100 * (share ?? 0)}%"></span></span></td>`;
}

/** In points of a percent, signed. */
function change(from: number | null | undefined, to: number | null | undefined): string {
  if (typeof from !== "number" || typeof to !== "number") return percent(null);
  const points = 100 * (to - from);
  // U+2212, as wide as the plus sign, so that the column lines up.
  return `${points < 0 ? "−" : "+"}${Math.abs(points).toFixed(1)}`;
}
