/**
 * Other libraries' test cases through ours:
 *
 *   pnpm conformance [--json]
 *
 * Exit code 0 when all that ran passed, 1 when any failed, 2 where there are no cases.
 */
import { formatReport, totals } from "./report.ts";
import { runAll } from "./run-all.ts";
import { vectorsFolder } from "./vectors.ts";

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  const unknown = args.find((arg) => arg !== "--json");
  if (unknown !== undefined) {
    process.stderr.write(`conformance takes --json and nothing else, got ${unknown}.\n`);
    return 2;
  }
  const folder = vectorsFolder();
  const reports = runAll(folder);
  if (reports === undefined) {
    process.stderr.write(
      `There is no folder ${folder}: set PIXELGRAD_VECTORS to the folder with the cases.\n`,
    );
    return 2;
  }
  const [cases, run, passed, failed, excluded] = totals(reports);
  const summary = { cases, run, passed, failed, excluded, files: reports };
  process.stdout.write(args.includes("--json") ? `${JSON.stringify(summary)}\n` : formatReport(reports));
  return failed === 0 ? 0 : 1;
}
