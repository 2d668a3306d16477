/** Small line charts as inline SVG. */
import { type Html, html } from "./html.ts";

export interface Line {
  readonly name: string;
  /** A CSS class, which the page colours. */
  readonly style: string;
  /** y over x = 1, 2, …; null leaves a gap. */
  readonly values: readonly (number | null)[];
}

const WIDTH = 420;
const HEIGHT = 200;
const MARGIN = { left: 48, right: 12, top: 12, bottom: 28 };
const TICKS = 4;

/** Lines over epochs, from 0 to the largest value; a note in place of a chart when there is none. */
export function lineChart(title: string, lines: readonly Line[]): Html {
  const all = lines.flatMap(({ values }) => values).filter((value) => value !== null);
  const epochs = Math.max(0, ...lines.map(({ values }) => values.length));
  if (all.length === 0) return html`<p>${title}: no epochs yet.</p>`;
  const highest = Math.max(...all, Number.MIN_VALUE);
  const x = (i: number) =>
    MARGIN.left + (epochs === 1 ? 0.5 : i / (epochs - 1)) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (value: number) =>
    HEIGHT - MARGIN.bottom - (value / highest) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const ticks = Array.from({ length: TICKS + 1 }, (_, i) => (highest * i) / TICKS);
  return html`<figure><figcaption>${title}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title} over epochs">
${ticks.map((tick) => html`<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}"/><text x="${MARGIN.left - 6}" y="${(y(tick) + 4).toFixed(1)}" text-anchor="end">${tick.toPrecision(2)}</text>`)}
<text x="${x(0).toFixed(1)}" y="${HEIGHT - 8}" text-anchor="middle">1</text>
<text x="${x(epochs - 1).toFixed(1)}" y="${HEIGHT - 8}" text-anchor="middle">${epochs}</text>
${lines.map(({ style, values }) => html`<path class="${style}" d="${pathOf(values, x, y)}"/>`)}
${lines.flatMap(({ style, values }) => (values.length === 1 && values[0] !== null ? [html`<circle class="${style}" cx="${x(0)}" cy="${y(values[0] as number).toFixed(1)}" r="3"/>`] : []))}
</svg>
<p class="legend">${lines.map(({ name, style }) => html`<span class="${style}">— ${name}</span> `)}</p></figure>`;
}

function pathOf(
  values: readonly (number | null)[],
  x: (i: number) => number,
  y: (value: number) => number,
): string {
  let pen = "M";
  return values
    .map((value, i) => {
      if (value === null) {
        pen = "M";
        return "";
      }
      const step = `${pen}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = "L";
      return step;
    })
    .join("");
}
