#!/usr/bin/env node
/** `pixelgrad-finetune`: the only file that touches the process. It never exits while threads run, it lets the process end. */
import { run } from "./program.ts";

const interrupt = new AbortController();
process.on("SIGINT", () => interrupt.abort());

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

const code = await run(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  ...(process.stderr.isTTY && { terminal: process.stderr }),
  signal: interrupt.signal,
});
process.exitCode = interrupt.signal.aborted ? 130 : code;
