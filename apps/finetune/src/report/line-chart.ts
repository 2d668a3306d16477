/** A line chart as inline SVG: as much of one as a report of a training run needs. */

import { axisTicks } from "./axis-ticks.ts";
import { html, type Markup } from "./html.ts";

export interface Line {
  readonly name: string;
  /** `[x, y]`, in the order of x; the line is broken where y is null or not finite. */
  readonly points: readonly (readonly [x: number, y: number | null])[];
}

export interface LineChart {
  readonly title: string;
  readonly xLabel: string;
  readonly lines: readonly Line[];
  /** The y axis covers at least this. */
  readonly yRange?: readonly [low: number, high: number];
}

const width = 480;
const height = 260;
const margin = { left: 52, right: 14, top: 12, bottom: 42 };
const xTickCount = 8;
const yTickCount = 7;

/** The chart in a `<figure>`, with a legend that does not rely on colour alone: lines differ in their dashes too. */
export function lineChart({ title, xLabel, lines, yRange = [0, 0] }: LineChart): Markup {
  const drawn = lines.map((line) => ({ ...line, points: line.points.filter(isFinitePoint) }));
  const points = drawn.flatMap((line) => line.points);
  if (points.length === 0) {
    return html`<figure><figcaption>${title}</figcaption><p>Nothing to draw yet.</p></figure>`;
  }
  const x = axisTicks(
    points.map(([value]) => value),
    xTickCount,
    1,
  );
  const y = axisTicks([...points.map(([, value]) => value), ...yRange], yTickCount, 0);
  const toX = (value: number): number => place(value, x.low, x.high, margin.left, width - margin.right);
  const toY = (value: number): number => place(value, y.low, y.high, height - margin.bottom, margin.top);

  return html`<figure>
<figcaption>${title}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${describe(title, drawn)}">
${y.ticks.map(
  (
    tick,
  ) => html`<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${toY(tick)}" y2="${toY(tick)}"/>
<text x="${margin.left - 8}" y="${toY(tick) + 4}" text-anchor="end">${y.format(tick)}</text>
`,
)}${x.ticks.map(
  (tick) =>
    html`<text x="${toX(tick)}" y="${height - margin.bottom + 18}" text-anchor="middle">${x.format(tick)}</text>
`,
)}<text x="${(margin.left + width - margin.right) / 2}" y="${height - 6}" text-anchor="middle">${xLabel}</text>
${lines.map((line, i) => drawLine(line, i, toX, toY))}</svg>
<ul class="legend">${lines.map(
    (line, i) =>
      html`<li><svg viewBox="0 0 28 8" aria-hidden="true"><path class="line line-${i}" d="M0 4H28"/></svg>${line.name}</li>`,
  )}</ul>
</figure>`;
}

/** Joins neighbouring points; every point has a dot, so that a single epoch shows. */
function drawLine(
  line: Line,
  index: number,
  toX: (value: number) => number,
  toY: (value: number) => number,
): Markup {
  let path = "";
  let pen = "M";
  const dots: Markup[] = [];
  for (const point of line.points) {
    if (!isFinitePoint(point)) {
      pen = "M";
      continue;
    }
    const [x, y] = [toX(point[0]), toY(point[1])];
    path += `${pen}${x} ${y}`;
    pen = "L";
    dots.push(html`<circle class="dot line-${index}" cx="${x}" cy="${y}" r="2.5"/>`);
  }
  return html`<path class="line line-${index}" d="${path}"/>${dots}
`;
}

type FinitePoint = readonly [x: number, y: number];

function isFinitePoint(point: readonly [number, number | null]): point is FinitePoint {
  return Number.isFinite(point[0]) && Number.isFinite(point[1]);
}

/** `value` carried from [low, high] to [from, to], in pixels with one decimal. */
function place(value: number, low: number, high: number, from: number, to: number): number {
  return Math.round(10 * (from + ((value - low) / (high - low)) * (to - from))) / 10;
}

/** What a screen reader says in place of the picture. */
function describe(
  title: string,
  lines: readonly { readonly name: string; readonly points: readonly FinitePoint[] }[],
): string {
  const ends = lines.flatMap(({ name, points }) => {
    const first = points[0];
    const last = points.at(-1);
    if (first === undefined || last === undefined) return [];
    return `${name} from ${first[1].toPrecision(3)} to ${last[1].toPrecision(3)}`;
  });
  return `${title}: ${ends.join(", ")}`;
}
