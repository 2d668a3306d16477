/** What an error means to the shell: 1 bad data or a bug, 2 wrong usage, 130 interrupted. */
import { type ErrorCode, isPixelgradError } from "@pixelgrad/core";
import { CommanderError } from "commander";
import type { Io } from "./io.ts";

const INTERRUPTED = 130;

/** Errors of the command line itself, not of the files it names. */
const USAGE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "EXPRESSION_INVALID",
  "LOSS_UNKNOWN",
  "OPTION_UNKNOWN",
  "OPTION_INVALID",
  "THREADS_INVALID",
  "TRAINING_OPTION_INVALID",
]);

/** Says what went wrong on standard error and returns the exit code. */
export function exitCodeOf(error: unknown, io: Io): number {
  // Commander has printed already; its own codes do not tell wrong usage from other failures.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (io.signal.aborted || isPixelgradError(error, "CANCELLED")) {
    io.err("pixelgrad-finetune: interrupted; what was saved before is whole\n");
    return INTERRUPTED;
  }
  if (isPixelgradError(error)) {
    io.err(`pixelgrad-finetune: ${error.message} [${error.code}]\n`);
    return USAGE.has(error.code) ? 2 : 1;
  }
  io.err(`${error instanceof Error ? error.stack : String(error)}\n`);
  return 1;
}
