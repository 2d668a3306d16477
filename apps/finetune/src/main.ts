#!/usr/bin/env node
/** `pixelgrad-finetune`: the only file that touches the process, which is never ended while threads run. */
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
process.exitCode = code;
// All threads have ended. While Node takes itself down it no longer listens, and one more interrupt would kill it.
if (interrupt.signal.aborted) process.exit(130);
