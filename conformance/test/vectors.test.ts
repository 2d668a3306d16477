/** The cases lie beside the repository (`PIXELGRAD_VECTORS`) and are skipped where they do not. */
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { totals } from "../src/report.ts";
import { runAll } from "../src/run-all.ts";
import { vectorsFolder } from "../src/vectors.ts";

const folder = vectorsFolder();

describe.skipIf(!existsSync(folder))("test cases of other libraries", () => {
  const reports = runAll(folder) ?? [];

  test("all 789 are here, and 86 are excluded with a reason", () => {
    const [cases, run, , , excluded] = totals(reports);
    expect([cases, run, excluded]).toEqual([789, 703, 86]);
    expect(reports.flatMap((report) => report.excluded).filter(({ why }) => why === "")).toEqual([]);
  });

  test.for(reports.map((report) => [report.file, report] as const))("%s: no case fails", ([, { failed }]) => {
    expect(failed).toEqual([]);
  });
});
