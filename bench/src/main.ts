/**
 * Losses side by side with other libraries:
 *
 *   pnpm bench [--rows bce,ce,scaling,dispatch,in-place,conv-head] [--threads 1,2] [--rounds 9] [--quick]
 *              [--peers pixelgrad,torch,tfjs,ort] [--json results.json]
 *
 * Everyone's value and gradient are compared with ours before anything is timed. Exit code 0 when all agreed, 1 when
 * anyone did not, 2 for an option that is not one. Targets that are not met are printed and do not fail.
 */
import { writeFileSync } from "node:fs";
import { formatJson } from "./json.ts";
import { type Options, parseOptions } from "./options.ts";
import { formatReport } from "./report.ts";
import { runAll } from "./run-all.ts";

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = parseOptions(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 2;
  }
  const result = await runAll(options, (next) => process.stderr.write(`${next} ...\n`));
  process.stdout.write(formatReport(result));
  if (options.json !== undefined) writeFileSync(options.json, formatJson(result));
  const agreed = result.rows.every(({ checks }) => checks.every(({ ok }) => ok));
  return agreed && (result.convHead?.ok ?? true) ? 0 : 1;
}
