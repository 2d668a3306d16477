/** Runs every case of a folder and counts. @module */
import { adapters } from "./libraries.ts";
import { runCase } from "./run-case.ts";
import { readCases, vectorFiles } from "./vectors.ts";

export interface CaseResult {
  /** Its place in the file. */
  readonly index: number;
  readonly test: string;
  readonly loss: string;
  readonly why: string;
}

export interface FileReport {
  readonly file: string;
  readonly cases: number;
  readonly run: number;
  readonly passed: number;
  readonly failed: readonly CaseResult[];
  readonly excluded: readonly CaseResult[];
}

/** The reports of the files in `folder`; undefined where there is no folder. A file without an adapter fails whole. */
export function runAll(folder: string): readonly FileReport[] | undefined {
  return vectorFiles(folder)?.map((file) => runFile(folder, file));
}

function runFile(folder: string, file: string): FileReport {
  const adapter = adapters.find((known) => known.file === file);
  const cases = readCases(folder, file);
  const failed: CaseResult[] = [];
  const excluded: CaseResult[] = [];
  cases.forEach((vector, index) => {
    const verdict =
      adapter === undefined
        ? ({ status: "failed", why: "no adapter reads this file" } as const)
        : runCase(adapter, vector);
    if (verdict.status === "passed") return;
    const list = verdict.status === "failed" ? failed : excluded;
    list.push({ index, test: vector.test, loss: vector.loss, why: verdict.why });
  });
  const run = cases.length - excluded.length;
  return { file, cases: cases.length, run, passed: run - failed.length, failed, excluded };
}
