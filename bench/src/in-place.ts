/** How much memory a gradient in place of the logits takes besides the arrays, measured in processes of its own. @module */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The built script: Node 20 runs no TypeScript. */
const SCRIPT = fileURLToPath(new URL("../dist/in-place-process.js", import.meta.url));

export const IN_PLACE_DIMS: readonly number[] = [8, 21, 512, 512];

export interface InPlace {
  readonly where: string;
  readonly dims: readonly number[];
  readonly arraysMiB: number;
  /** The peak of resident memory during the calls, or, where an earlier peak hides it, what is resident after them, less
   * what was before. */
  readonly growthMiB: number;
}

/** Inline, and on pools of each number of threads. */
export async function measureInPlace(
  dims: readonly number[],
  threads: readonly number[],
): Promise<InPlace[]> {
  const results: InPlace[] = [];
  for (const count of [0, ...threads]) {
    const args = [SCRIPT, JSON.stringify({ dims, threads: count })];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    results.push(JSON.parse(stdout) as InPlace);
  }
  return results;
}
