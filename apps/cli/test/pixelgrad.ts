/** Runs the command: in this process, or the built bin in one of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { run } from "../dist/program.js";

export interface Outcome {
  /** A number, or the signal that ended the process. */
  readonly code: number | string | null;
  readonly out: string;
  readonly err: string;
}

export async function inProcess(
  args: readonly string[],
  signal: AbortSignal = new AbortController().signal,
): Promise<Outcome> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(args, { out: (text) => out.push(text), err: (text) => err.push(text), signal });
  return { code, out: out.join(""), err: err.join("") };
}

const BIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/** `meet` is given the process, for instance to interrupt it. */
export function inOwnProcess(
  args: readonly string[],
  meet: (child: ChildProcess) => void = () => {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const out: string[] = [];
  const err: string[] = [];
  child.stdout.on("data", (chunk) => out.push(String(chunk)));
  child.stderr.on("data", (chunk) => err.push(String(chunk)));
  meet(child);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) =>
      resolve({ code: code ?? signal, out: out.join(""), err: err.join("") }),
    );
  });
}
