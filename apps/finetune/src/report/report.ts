/** `report.html`: what a run did, in one file that opens anywhere and fetches nothing. */

import { percent } from "../iou-table.ts";
import { classTable, type EvaluationRow, type Palette } from "./class-table.ts";
import { html, Markup } from "./html.ts";
import { lineChart } from "./line-chart.ts";
import { reportStyle } from "./report-style.ts";

export type { EvaluationRow } from "./class-table.ts";

export interface ReportEpoch extends EvaluationRow {
  readonly epoch: number;
  /** Null where there was none to take. */
  readonly trainLoss: number | null;
  readonly valLoss: number;
}

export interface ReportExample {
  readonly title: string;
  readonly imagePng: Uint8Array;
  readonly truthPng?: Uint8Array;
  readonly predictionPng: Uint8Array;
}

export interface ReportData {
  readonly title: string;
  /** Shown as it is. */
  readonly createdAt: string;
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly names: readonly string[];
  /** A colour for each name, 0 to 255. */
  readonly palette: Palette;
  /** The model as it was given, where it could be evaluated. */
  readonly before?: EvaluationRow;
  readonly epochs: readonly ReportEpoch[];
  /** The epoch whose model was saved; the last one when left out. */
  readonly best?: number;
  readonly examples?: readonly ReportExample[];
}

/** The whole page. Every string of `report` is text: markup in a class name is shown, not obeyed. */
export function renderReport(report: ReportData): string {
  const { title, createdAt, settings, names, palette, before, epochs, examples = [] } = report;
  const after = epochs.find(({ epoch }) => epoch === report.best) ?? epochs.at(-1);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Markup(reportStyle)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="when">${createdAt}</p>
${headline(before, after)}
</header>
<main>
<h2>Settings</h2>
<dl>
${settings.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>
<h2>Training</h2>
${epochs.length === 0 ? html`<p>No epoch has finished.</p>` : charts(epochs)}
<h2>Intersection over union</h2>
<div class="scroll">${classTable(names, palette, before, after)}</div>
${examples.length === 0 ? undefined : html`<h2>Examples</h2>\n${examples.map(renderExample)}`}
</main>
</body>
</html>
`.text;
}

function headline(before: EvaluationRow | undefined, after: ReportEpoch | undefined): Markup | undefined {
  if (after === undefined) return undefined;
  const from = before === undefined ? undefined : html`${percent(before.miou)} → `;
  return html`<p class="headline">mIoU ${from}<strong>${percent(after.miou)}</strong> after epoch ${after.epoch}</p>`;
}

function charts(epochs: readonly ReportEpoch[]): Markup {
  const line = (name: string, pick: (epoch: ReportEpoch) => number | null) => ({
    name,
    points: epochs.map((epoch) => [epoch.epoch, pick(epoch)] as const),
  });
  return html`<div class="charts">
${lineChart({
  title: "Loss",
  xLabel: "epoch",
  lines: [line("training", (epoch) => epoch.trainLoss), line("validation", (epoch) => epoch.valLoss)],
})}
${lineChart({
  title: "mIoU on validation",
  xLabel: "epoch",
  lines: [line("mIoU", (epoch) => epoch.miou)],
  yRange: [0, 1],
})}
</div>`;
}

function renderExample({ title, imagePng, truthPng, predictionPng }: ReportExample): Markup {
  return html`<section class="example">
<h3>${title}</h3>
<div class="pictures">
${picture("image", title, imagePng)}${truthPng && picture("truth", title, truthPng)}${picture("prediction", title, predictionPng)}</div>
</section>
`;
}

function picture(caption: string, title: string, png: Uint8Array): Markup {
  const base64 = Buffer.from(png.buffer, png.byteOffset, png.byteLength).toString("base64");
  return html`<figure><img alt="${caption} of ${title}" src="data:image/png;base64,${base64}"><figcaption>${caption}</figcaption></figure>
`;
}
