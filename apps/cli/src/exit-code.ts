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
  "OPTION_UNSUPPORTED",
]);

/** Says what went wrong on standard error and returns the exit code. */
export function exitCodeOf(error: unknown, io: Io): number {
  if (error instanceof CommanderError) {
    // It has printed already; its own codes do not tell wrong usage from other failures.
    if (error.code === "commander.excessArguments") {
      io.err("Quote the patterns, so that the shell leaves them alone: --logits 'pred/*.npy'.\n");
    }
    return error.exitCode === 0 ? 0 : 2;
  }
  if (isPixelgradError(error, "CANCELLED")) {
    io.err(`pixelgrad: interrupted after ${error.context.done} files\n`);
    return INTERRUPTED;
  }
  if (isPixelgradError(error)) {
    io.err(`pixelgrad: ${error.message} [${error.code}]\n`);
    return USAGE.has(error.code) ? 2 : 1;
  }
  io.err(`${error instanceof Error ? error.stack : String(error)}\n`);
  return 1;
}
