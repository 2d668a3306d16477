/** What a command may touch of the world, so that tests run commands in their own process. */
export interface Io {
  /** Writes to standard output: results. */
  out(text: string): void;
  /** Writes to standard error: progress, warnings, errors. */
  err(text: string): void;
  /** Standard error, when a person watches it: progress is then a bar instead of lines. */
  readonly terminal?: NodeJS.WritableStream;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
}
