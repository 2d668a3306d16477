/** The report of a training run: one HTML file that needs nothing else. */
import type { EvaluationResult } from "@pixelgrad/trainer";
import { percent } from "../iou-table.ts";
import { type Html, html } from "./html.ts";
import { lineChart } from "./line-chart.ts";

type Iou = Pick<EvaluationResult, "miou" | "iou">;

export interface ReportEpoch extends Iou {
  readonly epoch: number;
  readonly trainLoss: number | null;
  readonly valLoss: number;
}

export interface ReportData {
  readonly title: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly names: readonly string[];
  readonly palette: readonly (readonly [red: number, green: number, blue: number])[];
  /** The model before training. */
  readonly before?: Iou;
  readonly epochs: readonly ReportEpoch[];
  /** The epoch whose model is kept. */
  readonly best?: number;
}

const style = `
:root { color-scheme: light dark; --ink: #1c1c1e; --paper: #fff; --line: #d5d5da; --a: #2563eb; --b: #d97706 }
@media (prefers-color-scheme: dark) { :root { --ink: #ececf0; --paper: #16161a; --line: #3a3a42; --a: #7aa2ff; --b: #f5b54a } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse } th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line) }
td.number { text-align: right; font-variant-numeric: tabular-nums }
.charts { display: flex; flex-wrap: wrap; gap: 1rem } figure { margin: 0; flex: 1 1 20rem }
svg { width: 100%; height: auto } svg text { font-size: 11px; fill: currentColor }
.grid { stroke: var(--line) } path { fill: none; stroke-width: 2 } path.a { stroke: var(--a) } path.b { stroke: var(--b) }
circle.a { fill: var(--a) } circle.b { fill: var(--b) } .legend .a { color: var(--a) } .legend .b { color: var(--b) }
.swatch { display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin-right: .5em; border: 1px solid var(--line) }
.bar { display: inline-block; height: .7em; background: var(--a); border-radius: 2px }
`;

/** The whole page. */
export function renderReport(data: ReportData): string {
  const best = data.epochs.find(({ epoch }) => epoch === data.best) ?? data.epochs.at(-1);
  const page = html`<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${data.title}</title><style>${style}</style></head>
<body>
<h1>${data.title}</h1>
<p>${data.createdAt}. Best epoch ${best?.epoch ?? "–"}: mIoU ${percent(best?.miou)}, before ${percent(data.before?.miou)}.</p>
<h2>IoU per class</h2>
${iouTable(data, best)}
<h2>Training</h2>
<div class="charts">
${lineChart("Loss", [
  { name: "training", style: "a", values: data.epochs.map(({ trainLoss }) => trainLoss) },
  { name: "validation", style: "b", values: data.epochs.map(({ valLoss }) => valLoss) },
])}
${lineChart("mIoU", [{ name: "validation", style: "a", values: data.epochs.map(({ miou }) => miou) }])}
</div>
<h2>Settings</h2>
<table>${data.settings.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</table>
</body></html>
`;
  return `<!doctype html>\n${page.markup}`;
}

function iouTable({ names, palette, before }: ReportData, best: Iou | undefined): Html {
  const rows = names.map((name, i) => {
    const colour = palette[i] ?? [128, 128, 128];
    return iouRow(
      name,
      html`<span class="swatch" style="background: rgb(${colour.join(" ")})"></span>`,
      before?.iou[i],
      best?.iou[i],
    );
  });
  return html`<table><tr><th>class</th><th>before</th><th>after</th><th></th></tr>
${rows}
${iouRow("mean", html``, before?.miou, best?.miou)}</table>`;
}

function iouRow(
  name: string,
  swatch: Html,
  before: number | null | undefined,
  after: number | null | undefined,
): Html {
  const width = (8 * (after ?? 0)).toFixed(2);
  return html`<tr><th scope="row">${swatch}${name}</th><td class="number">${percent(before)}</td><td class="number">${percent(after)}</td><td><span class="bar" style="width: ${width}rem"></span></td></tr>
`;
}
