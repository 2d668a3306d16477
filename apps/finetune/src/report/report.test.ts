import { describe, expect, test } from "vitest";
import { type ReportData, renderReport } from "./report.ts";

const report: ReportData = {
  title: "Day to night",
  createdAt: "2026-08-23 10:00",
  settings: [["loss", "cross-entropy + dice"]],
  names: ["sky", "road"],
  palette: [
    [70, 130, 200],
    [110, 80, 140],
  ],
  before: { miou: 0.25, iou: [0.5, 0] },
  epochs: [
    { epoch: 1, trainLoss: 1.2, valLoss: 1.1, miou: 0.6, iou: [0.7, 0.5] },
    { epoch: 2, trainLoss: 0.8, valLoss: 0.9, miou: 0.5, iou: [0.6, 0.4] },
  ],
  best: 1,
};

/** The cells of the row that starts with `name`. */
function row(page: string, name: string): string[] {
  const line = page.split("\n").find((candidate) => candidate.includes(`${name}</th><td`)) ?? "";
  return [...line.matchAll(/<td class="number">([^<]*)/g)].map((match) => match[1] ?? "");
}

describe("the report", () => {
  test("shows each class before, after the best epoch, and the change", () => {
    const page = renderReport(report);
    expect(row(page, "sky")).toEqual(["50.0 %", "70.0 %", "+20.0"]);
    expect(row(page, "Mean (mIoU)")).toEqual(["25.0 %", "60.0 %", "+35.0"]);
    expect(page).toContain("mIoU 25.0 % → <strong>60.0 %</strong> after epoch 1");
  });

  test("shows the last epoch when none is called the best", () => {
    const { best: _, ...rest } = report;
    expect(row(renderReport(rest), "road")).toEqual(["0.0 %", "40.0 %", "+40.0"]);
  });

  test("marks a class that got worse with a minus sign", () => {
    const page = renderReport({ ...report, before: { miou: 0.9, iou: [0.9, 0.9] } });
    expect(row(page, "sky")).toEqual(["90.0 %", "70.0 %", "−20.0"]);
  });

  test("shows a dash for a class that is absent", () => {
    const page = renderReport({
      ...report,
      before: { miou: null, iou: [null, null] },
      epochs: [{ epoch: 1, trainLoss: 1, valLoss: 1, miou: 0.4, iou: [0.4, null] }],
    });
    expect(row(page, "sky")).toEqual(["–", "40.0 %", "–"]);
    expect(row(page, "road")).toEqual(["–", "–", "–"]);
  });

  test("leaves out the columns it has no figures for", () => {
    const { before: _, ...rest } = report;
    expect(row(renderReport(rest), "sky")).toEqual(["70.0 %"]);
    expect(row(renderReport({ ...report, epochs: [] }), "sky")).toEqual(["50.0 %"]);
  });

  test("stands before the first epoch, with no number that is none", () => {
    const page = renderReport({ ...report, epochs: [] });
    expect(page).toContain("No epoch has finished.");
    expect(page).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  test("draws one epoch, and leaves out a loss and an mIoU that are null", () => {
    const page = renderReport({
      ...report,
      epochs: [{ epoch: 1, trainLoss: null, valLoss: 0.5, miou: null, iou: [null, null] }],
    });
    expect(page).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  test("escapes every text it is given", () => {
    const evil = `<script>"'&`;
    const png = Uint8Array.of(1);
    const page = renderReport({
      ...report,
      title: evil,
      createdAt: evil,
      settings: [[evil, evil]],
      names: [evil, "road"],
      examples: [{ title: evil, imagePng: png, truthPng: png, predictionPng: png }],
    });
    expect(page).not.toContain("<script");
    // Title twice, date, setting twice, class name, heading of the example and its three pictures.
    expect(page.split("&lt;script&gt;&quot;&#39;&amp;")).toHaveLength(11);
  });

  test("carries its pictures, and fetches nothing", () => {
    const buffer = Uint8Array.of(9, 9, 137, 80, 78, 71);
    const page = renderReport({
      ...report,
      examples: [{ title: "0001", imagePng: buffer.subarray(2), predictionPng: Uint8Array.of(1) }],
    });
    expect(page.match(/<img [^>]*>/g)).toEqual([
      '<img alt="image of 0001" src="data:image/png;base64,iVBORw==">',
      '<img alt="prediction of 0001" src="data:image/png;base64,AQ==">',
    ]);
    expect(page).not.toMatch(/https?:|<link|<script|url\(|@import/);
  });
});
